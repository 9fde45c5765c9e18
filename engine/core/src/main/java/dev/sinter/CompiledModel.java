package dev.sinter;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Backends;
import dev.sinter.compile.Features;
import dev.sinter.compile.Goal;
import dev.sinter.compile.Graph;
import dev.sinter.compile.Measure;
import dev.sinter.compile.ModelCompiler;
import dev.sinter.compile.Objective;
import dev.sinter.data.Dataset;
import dev.sinter.data.InputScale;
import dev.sinter.data.Stream;
import dev.sinter.errors.InputException;
import dev.sinter.optimizers.ExtendedOptimizer;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.Fusion;
import dev.sinter.program.Program;
import dev.sinter.program.Shape;
import dev.sinter.program.Value;
import dev.sinter.report.Summary;
import dev.sinter.report.SummaryOptions;
import dev.sinter.saving.Compilation;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * What stands behind a {@link Model}: its layers as a graph, what it is compiled for, the state of
 * its training, and the engine while there is one.
 */
final class CompiledModel {
  private final String name;
  private final Architecture architecture;
  private final Turns turns;
  private final TrainingState state;
  private final Advice advice;
  private @Nullable Graph graph; // null until built
  private @Nullable Optimizer optimizer; // null until compiled
  private List<Goal> goals = List.of(); // one for each output, once compiled

  private String backendName = Backends.AUTO;
  private BackendOptions backendOptions = BackendOptions.DEFAULT;
  private @Nullable Backend backend; // null until asked for
  private @Nullable Engine engine; // null until needed
  private int fittedBatchSize = Fit.epochs(0).batchSize();
  private volatile boolean trainingStopped; // after this epoch
  private volatile boolean trainingHalted; // after this chunk

  CompiledModel(String name, Architecture architecture, Turns turns) {
    this.name = name;
    this.architecture = architecture;
    this.turns = turns;
    this.state = new TrainingState(turns);
    this.advice = new Advice(name);
    Features input = architecture.input();
    this.graph = input == null ? null : architecture.graph(input);
  }

  Architecture architecture() {
    return architecture;
  }

  /** Sets the seed; refused once the weights exist. */
  void seed(long value) {
    if (state.hasWeights()) {
      throw InputException.of(
          "model " + name,
          "the seed before the first weights",
          "seed " + value + " after",
          "Set it right after creating the model");
    }
    state.seed(value);
  }

  /** Chooses a backend; null options keep those that were chosen. */
  void backend(String value, @Nullable BackendOptions options) {
    requireIdle("backend");
    backend = null;
    backendName = value;
    backendOptions = options == null ? backendOptions : options;
    close(); // last: a lost device ends it, and the next backend is chosen by then
  }

  Backend backend() {
    if (backend == null) {
      backend = Backends.open(backendName, backendOptions);
    }
    return backend;
  }

  void compile(Compilation value) {
    value.optimizer().rule(); // a faulty one is refused before anything changes
    List<Goal> byOutput = byOutput(value.goals());
    close();
    optimizer = value.optimizer();
    goals = byOutput;
    state.restart(value.optimizer());
  }

  /** Returns a goal for each output, in their order. */
  private List<Goal> byOutput(List<Goal> given) {
    List<String> outputs = architecture.outputs();
    Map<String, Goal> named = new LinkedHashMap<>();
    if (given.size() == 1 && given.get(0).output() == null) {
      outputs.forEach(output -> named.put(output, given.get(0)));
    } else {
      given.forEach(goal -> named.put(String.valueOf(goal.output()), goal));
    }
    if (!named.keySet().equals(Set.copyOf(outputs)) || named.size() < given.size()) {
      throw InputException.of(
          "compile, model " + name,
          "one goal for each output of " + outputs,
          given.stream().map(Goal::output).toList(),
          "Name a goal for each output");
    }
    return outputs.stream()
        .map(output -> named.get(output).output(outputs.size() == 1 ? null : output))
        .toList();
  }

  /** Returns what the model is compiled for; null before. */
  @Nullable Compilation compilation() {
    return optimizer == null ? null : new Compilation(optimizer, goals);
  }

  void build(int features) {
    build(graph != null ? graph : architecture.graph(features));
  }

  String name() {
    return name;
  }

  /** Returns whether the shape of its inputs is known. */
  boolean isPlanned() {
    return graph != null;
  }

  /** Builds the model as it was planned. */
  void build(Graph built) {
    graph = built;
    if (!state.hasWeights()) {
      state.initialize(built);
    }
  }

  /** Trains; the data is checked in its turn. */
  History fit(Model model, Supplier<FitData> checked, Fit options) {
    final long startNanos = System.nanoTime();
    requireCompiled("fit");
    requireIdle("fit");
    FitData data = checked.get();
    trainingStopped = false;
    trainingHalted = false;
    fittedBatchSize = data.batchSize();
    begin(data.samples().inputScale());
    SampleSet validation = data.validation();
    if (validation != null) {
      TrainingState.warnOfScale(name, state.inputScale(), validation.inputScale());
    }
    Engine current = engine();
    turns.training(true); // the engine must stay
    try {
      return new Trainer(model, this, current, data, options).run(startNanos);
    } finally {
      turns.training(false);
    }
  }

  /** Warns of classes that training lacks. */
  void adviseOfSplit(Dataset fitted, Dataset split) {
    advice.split(fitted, split, goals);
  }

  /** Notes what is trained on, and warns of what hardly learns. */
  void begin(InputScale scale) {
    state.scaledAs(scale);
    advise(graph("fit"));
  }

  private void advise(Graph built) {
    for (int i = 0; i < goals.size(); i++) {
      Graph.Node end = built.endNodes().get(i);
      advice.outputs(architecture.layer(end.layer()), end, goals.get(i).loss());
    }
  }

  /** Checks that a stream fits, builds the model for it, and returns its samples. */
  StreamSamples samples(String where, Stream data) {
    requireCompiled(where);
    Graph planned = planned(where, data.featureShape());
    DataCheck check = new DataCheck(where, planned);
    check.shape(data.featureShape());
    LabelCheck labels = new LabelCheck(where, planned, goals);
    labels.requireColumns(data.source().labelColumns());
    build(planned);
    return new StreamSamples(data, check, labels, Map.of());
  }

  /** Checks that a dataset fits, and builds the model for it. */
  void check(String where, Dataset data) {
    requireCompiled(where);
    DataCheck.samples(where, data.size());
    Graph planned = planned(where, data.featureShape());
    DataCheck check = new DataCheck(where, planned);
    check.inputs(data);
    check.labels(data, goals);
    build(planned); // only now: refused data must not shape the model
  }

  /** Returns the graph for samples of a shape; the model is not built for them. */
  Graph planned(String where, int[] featureShape) {
    return graph != null ? graph : architecture.graph(DataCheck.features(where, featureShape));
  }

  private ModelCompiler compiler(Graph built, Fusion fusion) {
    Objective objective = optimizer == null ? null : new Objective(optimizer.rule(), goals, false);
    built.requireRoom(name, objective == null ? 0 : objective.rule().slots().size());
    return new ModelCompiler(built, objective, 1, fusion);
  }

  /** Returns the engine, with the state in it. */
  Engine engine() {
    if (engine != null && engine.isCrowded() && !turns.isTraining()) {
      close();
    }
    if (engine == null) {
      Graph built = graph("engine");
      ModelCompiler compiler = compiler(built, backend().fusion());
      Engine opened = new Engine(backend(), compiler, built.widest());
      try {
        state.layout(compiler.state(), starts());
        state.moveTo(opened);
        engine = opened;
      } finally {
        if (engine == null) {
          opened.close();
        }
      }
    }
    return engine;
  }

  /** Gives the weights their moving averages, if the optimizer keeps any. */
  void takeAverages() {
    if (optimizer != null && optimizer.options().average() != null) {
      state.takeSlot(optimizer.rule().slots().indexOf(ExtendedOptimizer.AVERAGE));
    }
  }

  private List<Double> starts() {
    return optimizer == null ? List.of() : optimizer.rule().starts();
  }

  /** Moves the state to the host and closes the session, even where its device is lost. */
  void close() {
    requireIdle("close, compile or backend");
    if (engine != null) {
      try (Engine closing = engine) {
        engine = null;
        state.moveToHost(closing);
      }
    }
  }

  /** Returns the state, whose arrays are named once optimizer and weights are known. */
  TrainingState state(String where) {
    requireCompiled(where);
    Graph built = graph(where);
    build(built);
    if (engine == null) {
      state.layout(compiler(built, Fusion.NONE).state(), starts());
    }
    return state;
  }

  /** Returns the state as it is. */
  TrainingState state() {
    return state;
  }

  /** Returns the state with the weights made. */
  TrainingState weights(String where) {
    build(graph(where));
    return state;
  }

  /** Returns the network with copies of the weights as they are. */
  Predictor.Snapshot snapshot(String where) {
    TrainingState now = weights(where);
    Graph built = graph(where);
    built.requireRoom(name, 0);
    Map<Value, float[][]> rows = new LinkedHashMap<>();
    for (Value value : now.weights()) {
      Shape shape = value.shape();
      float[] all = now.get(value).floats();
      float[][] split = new float[shape.rows()][];
      for (int i = 0; i < split.length; i++) {
        split[i] = Arrays.copyOfRange(all, i * shape.columns(), (i + 1) * shape.columns());
      }
      rows.put(value, split);
    }
    return Predictor.Snapshot.of(name, built, rows, state.inputScale());
  }

  /** Returns the network as it is, to predict with on a backend as this one. */
  Predictor predictor() {
    String chosen = backend == null ? backendName : backend.name();
    BackendOptions options = backendOptions;
    return new Predictor(snapshot("predictor"), () -> Backends.open(chosen, options));
  }

  List<ModelLayer> layers() {
    Graph built = graph("layers");
    return architecture.names().stream()
        .map(each -> new ModelLayer(this, each, architecture.layer(each), built.layer(each)))
        .toList();
  }

  ModelLayer layer(String layerName) {
    return layers().stream()
        .filter(layer -> layer.name().equals(layerName))
        .findFirst()
        .orElseThrow(
            () ->
                InputException.of(
                    "model " + name,
                    "a layer of " + architecture.names(),
                    "\"" + layerName + "\"",
                    "Correct the name"));
  }

  /** Returns the graph of a built model. */
  Graph graph(String where) {
    if (graph == null) {
      throw InputException.of(
          where,
          "a built model",
          "model " + name + ", which has not seen data",
          "Start it with an Input, or call build");
    }
    return graph;
  }

  Program trainingProgram(int batchSize, int labelColumns, Fusion fusion) {
    requireCompiled("trainingProgram");
    return compiler(graph("trainingProgram"), fusion).train(batchSize, labelColumns);
  }

  String summary(SummaryOptions options, int batchSize) {
    Summary.Optimizer used =
        optimizer == null
            ? null
            : new Summary.Optimizer(
                optimizer.name(), optimizer.rule().slots(), state.iterations() > 0);
    if (graph == null) {
      return new Summary(name, ModelSummary.layers(architecture), used, null).text(options);
    }
    ModelCompiler compiler = compiler(graph, Fusion.NONE);
    boolean trains = optimizer != null && !graph.parameters().isEmpty();
    Program step =
        trains ? Engine.sized(batchSize, () -> compiler.train(batchSize, labelColumns())) : null;
    List<Summary.Layer> rows = ModelSummary.layers(architecture, graph);
    return new Summary(name, rows, used, ModelSummary.memory(compiler.state(), step)).text(options);
  }

  /** Returns whether a schedule decides the learning rate. */
  boolean isScheduled() {
    return optimizer != null && optimizer.options().schedule() != null;
  }

  void learningRate(double value) {
    Optimizer compiled = requireCompiled("setLearningRate");
    if (isScheduled()) {
      throw InputException.of(
          "setLearningRate",
          "an optimizer with a constant learning rate",
          "one with a schedule",
          "Compile with a number, or leave the learning rate to the schedule");
    }
    state.learningRate(compiled.learningRate(value).learningRate());
  }

  int fittedBatchSize() {
    return fittedBatchSize;
  }

  List<Goal> goals() {
    return goals;
  }

  /** Returns the labels and the results of a training or an evaluation. */
  Targets targets(boolean weighted) {
    List<Measure> measures = Measure.of(goals, graph("metrics"), weighted);
    return new Targets(labelColumns(), weighted, measures);
  }

  /** Returns the names of what training reports. */
  List<String> resultNames() {
    return Objective.resultNames(goals);
  }

  int labelColumns() {
    List<Graph.Node> ends = graph("labels").endNodes();
    return IntStream.range(0, goals.size())
        .map(i -> goals.get(i).loss().labelColumns(ends.get(i).outputs().size()))
        .sum();
  }

  /** Called by any thread, out of turn. */
  void stopTraining() {
    trainingStopped = true;
    if (!turns.isMine()) {
      trainingHalted = true;
    }
  }

  boolean isTrainingStopped() {
    return trainingStopped;
  }

  /** Returns whether another thread, or an interrupt of this one, ends the training at once. */
  boolean isTrainingHalted() {
    if (Thread.currentThread().isInterrupted()) { // stays set; holds where a callback clears it
      trainingHalted = true;
    }
    return trainingHalted;
  }

  /** Returns whose turn it is. */
  Turns turns() {
    return turns;
  }

  private Optimizer requireCompiled(String where) {
    if (optimizer == null) {
      throw InputException.of(
          where,
          "a compiled model",
          "model " + name + " without optimizer and loss",
          "Call compile first");
    }
    return optimizer;
  }

  /** Refuses a call from within fit. */
  void requireIdle(String where) {
    if (turns.isTraining()) {
      throw InputException.of(
          where,
          "model " + name + " at rest",
          "a call from within fit",
          "Call stopTraining there, and this after fit");
    }
  }
}
