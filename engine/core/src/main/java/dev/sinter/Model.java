package dev.sinter;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Backends;
import dev.sinter.backend.Resident;
import dev.sinter.compile.Architecture;
import dev.sinter.compile.ModelCompiler;
import dev.sinter.compile.Objective;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Input;
import dev.sinter.layers.Layer;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.Program;
import dev.sinter.program.Value;
import dev.sinter.report.Summary;
import dev.sinter.report.SummaryOptions;
import dev.sinter.report.Terminal;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A network with weights: compile, fit, evaluate, predict.
 *
 * <p>Weights live on the backend once the model is compiled and has seen data; {@link #close} gives
 * that memory back. Not for use by several threads at once.
 */
public abstract sealed class Model implements AutoCloseable permits Sequential {
  private static final Logger LOG = LoggerFactory.getLogger(Model.class);

  private final String name;
  private final List<Layer> layers;
  private final List<String> layerNames;
  private Architecture architecture; // null until built
  private Weights weights; // null until built and needed
  private Engine engine; // null until needed
  private Backend backend; // null until asked for

  private String backendName = Backends.AUTO;
  private BackendOptions backendOptions = BackendOptions.DEFAULT;
  private long seed = 1;

  private Optimizer optimizer; // null until compiled
  private Loss loss;
  private List<Metric> metrics = List.of();
  private double learningRate;
  private long iterations;
  private int epochsTrained;
  private int fittedBatchSize = Fit.epochs(0).batchSize();
  private boolean trainingStopped;
  private boolean training; // within fit: the engine must stay
  private float[] fittedScale; // factor and offset of the last training data, or null

  Model(String name, List<Layer> layersAndInput) {
    this.name = name;
    boolean hasInput = !layersAndInput.isEmpty() && layersAndInput.get(0) instanceof Input;
    this.layers = layersAndInput.subList(hasInput ? 1 : 0, layersAndInput.size());
    if (layers.isEmpty()) {
      throw InputException.of("model " + name, "at least one layer", "none", "Add a Dense layer");
    }
    this.layerNames = LayerNames.of(layers);
    if (hasInput) {
      architecture = architecture(((Input) layersAndInput.get(0)).features());
    }
  }

  /** Returns the model's name. */
  public String name() {
    return name;
  }

  /**
   * Sets the seed of initial weights and shuffles; default 1. The same seed gives the same weights,
   * to the bit, on one backend.
   *
   * @throws InputException once the weights exist
   */
  public Model seed(long value) {
    if (weights != null) {
      throw InputException.of(
          "model " + name,
          "the seed before the first weights",
          "seed " + value + " after",
          "Set it right after creating the model");
    }
    this.seed = value;
    return this;
  }

  /** Chooses a backend by name, or {@code auto}; weights are kept, optimizer state is not. */
  public Model backend(String value) {
    return backend(value, backendOptions);
  }

  /** Chooses a backend and its options; weights are kept, optimizer state is not. */
  public Model backend(String value, BackendOptions options) {
    releaseEngine();
    this.backend = null;
    this.backendName = value;
    this.backendOptions = options;
    return this;
  }

  /** Returns the backend in use, opening it if need be. */
  public Backend backend() {
    if (backend == null) {
      backend = Backends.open(backendName, backendOptions);
    }
    return backend;
  }

  /** Configures training. Weights are kept, optimizer state starts anew. */
  public void compile(Optimizer newOptimizer, Loss newLoss, Metric... newMetrics) {
    Objects.requireNonNull(newOptimizer, "optimizer");
    Objects.requireNonNull(newLoss, "loss");
    List<Metric> checkedMetrics = List.of(newMetrics);
    releaseEngine();
    this.optimizer = newOptimizer;
    this.loss = newLoss;
    this.metrics = checkedMetrics;
    this.learningRate = newOptimizer.learningRate();
  }

  /**
   * Configures training by Keras's names, as in {@code compile("rmsprop",
   * "sparse_categorical_crossentropy", "accuracy")}.
   */
  public void compile(String newOptimizer, String newLoss, String... newMetrics) {
    compile(
        Optimizer.of(newOptimizer),
        Loss.of(newLoss),
        Arrays.stream(newMetrics).map(Metric::of).toArray(Metric[]::new));
  }

  /**
   * Builds the model for samples of some features, if it is not built: makes its initial weights.
   */
  public void build(int features) {
    if (architecture == null) {
      architecture = architecture(features);
    }
    if (weights == null) {
      weights = new Weights(architecture, seed);
    }
  }

  /**
   * Trains.
   *
   * @throws InputException when the data does not fit the model
   * @throws dev.sinter.errors.RunException when the loss stops being finite; the message names
   *     epoch and step
   */
  public History fit(Dataset data, Fit options) {
    final long startNanos = System.nanoTime();
    requireCompiled("fit");
    requireIdle("fit");
    Dataset fitted = data;
    Dataset validation = options.validationData();
    if (validation == null && options.validationSplit() > 0) {
      int split = (int) Math.floor(data.size() * (1 - options.validationSplit()));
      fitted = data.take(split);
      validation = data.skip(split);
      requireSamples("fit, validation split", validation);
    }
    check("fit", fitted);
    fittedBatchSize = options.batchSize();
    fittedScale = new float[] {fitted.scaleFactor(), fitted.scaleOffset()};
    if (validation != null) {
      check("fit, validation data", validation);
      warnOfScale(validation);
    }
    trainingStopped = false;
    training = true;
    try {
      return new Trainer(this, engine(), fitted, validation, options, labelColumns())
          .run(startNanos);
    } finally {
      training = false;
    }
  }

  /** Trains on rows with class labels. */
  public History fit(float[][] x, int[] y, Fit options) {
    return fit(Dataset.of(x, y), options);
  }

  /** Trains on rows with target rows. */
  public History fit(float[][] x, float[][] y, Fit options) {
    return fit(Dataset.of(x, y), options);
  }

  /** Returns loss and metrics on a dataset. */
  public Evaluation evaluate(Dataset data) {
    requireCompiled("evaluate");
    check("evaluate", data);
    warnOfScale(data);
    Engine current = engine();
    try (Resident resident = current.upload(data, true)) {
      return new Evaluation(Runner.evaluate(current, data, resident, labelColumns(), metrics));
    }
  }

  /** Returns loss and metrics on rows with class labels. */
  public Evaluation evaluate(float[][] x, int[] y) {
    return evaluate(Dataset.of(x, y));
  }

  /** Returns loss and metrics on rows with target rows. */
  public Evaluation evaluate(float[][] x, float[][] y) {
    return evaluate(Dataset.of(x, y));
  }

  /** Returns the outputs [N, C] for a dataset; its labels, if any, are not looked at. */
  public Tensor predict(Dataset data) {
    Architecture planned = planned("predict", data);
    new DataCheck("predict", planned).inputs(data);
    if ((long) data.size() * planned.outputs() > Integer.MAX_VALUE) {
      throw InputException.of(
          "predict",
          "at most " + Integer.MAX_VALUE + " predictions",
          data.size() + " samples of " + planned.outputs() + " outputs",
          "Predict a part at a time, with take and skip");
    }
    build(planned.features());
    warnOfScale(data);
    return Runner.predict(engine(), data, architecture.outputs());
  }

  /** Returns the outputs [N, C] for rows. */
  public Tensor predict(float[][] x) {
    return predict(Dataset.of(Tensor.of(x)));
  }

  /**
   * Checks that a dataset fits the compiled model, as fit and evaluate do: width, labels, finite
   * numbers. For test data before a long training.
   *
   * @param where what the data is, for the message
   * @throws InputException when it does not fit
   */
  public void check(String where, Dataset data) {
    requireCompiled(where);
    requireSamples(where, data);
    Architecture planned = planned(where, data);
    DataCheck check = new DataCheck(where, planned);
    check.inputs(data);
    check.labels(data, loss);
    build(planned.features()); // only now: refused data must not shape the model
  }

  private Architecture planned(String where, Dataset data) {
    return architecture != null ? architecture : architecture(DataCheck.features(where, data));
  }

  private int labelColumns() {
    return loss.labelColumns(architecture.outputs());
  }

  private void requireCompiled(String where) {
    if (optimizer == null) {
      throw InputException.of(
          where,
          "a compiled model",
          "model " + name + " without optimizer and loss",
          "Call compile first");
    }
  }

  private void requireIdle(String where) {
    if (training) {
      throw InputException.of(
          where,
          "model " + name + " at rest",
          "a call from within fit",
          "Call stopTraining there, and this after fit");
    }
  }

  private static void requireSamples(String where, Dataset data) {
    if (data.size() == 0) {
      throw InputException.of(
          where, "at least one sample", 0, "Use a larger dataset, or another split");
    }
  }

  private void warnOfScale(Dataset data) {
    if (fittedScale != null
        && (fittedScale[0] != data.scaleFactor() || fittedScale[1] != data.scaleOffset())) {
      LOG.warn(
          "model {} was trained on inputs * {} + {}, this data is inputs * {} + {}; prepare it with like(train)",
          name,
          fittedScale[0],
          fittedScale[1],
          data.scaleFactor(),
          data.scaleOffset());
    }
  }

  private Architecture architecture(int features) {
    SizeCheck.layers(features, layerNames, layers);
    return Architecture.of(features, layerNames, layers);
  }

  private ModelCompiler compiler() {
    Objective objective = optimizer == null ? null : new Objective(optimizer.rule(), loss, metrics);
    SizeCheck.state(name, architecture, objective);
    return new ModelCompiler(architecture, objective, 1);
  }

  private Engine engine() {
    if (engine == null) {
      engine = new Engine(backend(), compiler(), architecture.widest());
      weights.moveTo(engine);
    }
    if (!training) {
      engine.tidy();
    }
    return engine;
  }

  /**
   * Takes the weights off the backend and closes the session. The optimizer's state goes with it,
   * and the step count that belongs to that state: Adam's bias correction would be wrong without.
   */
  private void releaseEngine() {
    requireIdle("close, compile or backend");
    if (engine != null) {
      weights.moveToHost();
      engine.close();
      engine = null;
      iterations = 0;
    }
  }

  /**
   * Returns the layers in order; an {@code Input} is not one of them. Builds nothing: the model
   * must be built.
   */
  public List<ModelLayer> layers() {
    requireBuilt("layers");
    return architecture.layers().stream().map(built -> new ModelLayer(this, built)).toList();
  }

  /** Returns the layer with a name. */
  public ModelLayer layer(String layerName) {
    return layers().stream()
        .filter(layer -> layer.name().equals(layerName))
        .findFirst()
        .orElseThrow(
            () ->
                InputException.of(
                    "model " + name,
                    "a layer of " + layerNames,
                    "\"" + layerName + "\"",
                    "Correct the name"));
  }

  /** Returns copies of all weights in the order of the layers: kernel [I, U], then bias [U]. */
  public List<Tensor> getWeights() {
    requireBuilt("getWeights");
    return architecture.parameters().stream().map(this::weight).toList();
  }

  /** Sets all weights, in the order and shapes of {@link #getWeights}. */
  public void setWeights(List<Tensor> values) {
    requireBuilt("setWeights");
    setWeights(architecture.parameters(), values);
  }

  /**
   * Returns copies of all weights by Keras's names: {@code dense/kernel}, {@code dense/bias}, ...
   */
  public Map<String, Tensor> getNamedWeights() {
    requireBuilt("getNamedWeights");
    Map<String, Tensor> named = new LinkedHashMap<>();
    architecture.parameters().forEach(parameter -> named.put(parameter.name(), weight(parameter)));
    return named;
  }

  /** Sets all weights by name; entries that are not weights of this model are left alone. */
  public void setNamedWeights(Map<String, Tensor> named) {
    requireBuilt("setNamedWeights");
    List<Tensor> values = new ArrayList<>();
    for (Value parameter : architecture.parameters()) {
      Tensor value = named.get(parameter.name());
      if (value == null) {
        throw InputException.of(
            "weights of model " + name,
            "an array called " + parameter.name(),
            named.keySet(),
            "Use weights that were saved from this architecture");
      }
      values.add(value);
    }
    setWeights(architecture.parameters(), values);
  }

  Tensor weight(Value parameter) {
    build(architecture.features());
    return weights.get(parameter);
  }

  void setWeights(List<Value> parameters, List<Tensor> values) {
    build(architecture.features());
    weights.set(parameters, values);
  }

  private void requireBuilt(String where) {
    if (architecture == null) {
      throw InputException.of(
          where,
          "a built model",
          "model " + name + ", which has not seen data",
          "Start it with an Input, or call build");
    }
  }

  /** Returns the training program for a batch size and a number of label columns, to look at. */
  public Program trainingProgram(int batchSize, int labelColumns) {
    requireCompiled("trainingProgram");
    requireBuilt("trainingProgram");
    return compiler().train(batchSize, labelColumns);
  }

  /** Prints what the model is made of, to standard output, as wide as the terminal allows. */
  public void summary() {
    System.out.print(summary(SummaryOptions.of(Terminal.detect())));
    System.out.flush();
  }

  /**
   * Returns what the model is made of: Keras's table of layers, and unless left out the shapes of
   * the weights, the optimizer's state and the memory.
   */
  public String summary(SummaryOptions options) {
    return summary(options, fittedBatchSize);
  }

  /** Returns the summary with the memory of a training step of some batch size. */
  public String summary(SummaryOptions options, int batchSize) {
    Summary.Optimizer used =
        optimizer == null
            ? null
            : new Summary.Optimizer(optimizer.name(), optimizer.rule().slots(), iterations > 0);
    if (architecture == null) {
      return new Summary(name, ModelSummary.layers(layerNames, layers), used, null).text(options);
    }
    ModelCompiler compiler = compiler();
    boolean trains = optimizer != null && !architecture.parameters().isEmpty();
    Program step =
        trains ? Engine.sized(batchSize, () -> compiler.train(batchSize, labelColumns())) : null;
    return new Summary(
            name,
            ModelSummary.layers(architecture),
            used,
            ModelSummary.memory(compiler.state(), step))
        .text(options);
  }

  /** Returns the learning rate of the next step. */
  public double learningRate() {
    return learningRate;
  }

  /** Changes the learning rate from the next chunk of steps on. */
  public void setLearningRate(double value) {
    requireCompiled("setLearningRate");
    this.learningRate = optimizer.withLearningRate(value).learningRate();
  }

  /** Returns the number of updates since the optimizer's state started. */
  public long iterations() {
    return iterations;
  }

  /** Ends the training under way after this epoch; for callbacks. */
  public void stopTraining() {
    trainingStopped = true;
  }

  /**
   * Gives the backend's memory back; the model may be used again, its optimizer state starts anew.
   */
  @Override
  public void close() {
    releaseEngine();
  }

  boolean isTrainingStopped() {
    return trainingStopped;
  }

  /** Returns the metrics that the model was compiled with; none before. */
  public List<Metric> metrics() {
    return metrics;
  }

  long seed() {
    return seed;
  }

  /**
   * Counts an epoch and returns its number for the shuffle: fit(5) twice shuffles as fit(10) once,
   * and so does a new model with the old weights and an initial epoch of 5.
   */
  int shuffleIndex(int epoch) {
    int index = Math.max(epochsTrained, epoch);
    epochsTrained = index + 1;
    return index;
  }

  void addIterations(int steps) {
    iterations += steps;
  }
}
