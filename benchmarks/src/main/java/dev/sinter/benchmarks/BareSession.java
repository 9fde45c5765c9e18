package dev.sinter.benchmarks;

import dev.sinter.Model;
import dev.sinter.ModelLayer;
import dev.sinter.backend.Backend;
import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Session;
import dev.sinter.compile.Graph;
import dev.sinter.compile.ModelCompiler;
import dev.sinter.compile.Objective;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.metrics.Metric;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A session of a backend with the programs of one network and the program parts used as ceilings,
 * without model, shuffle or history. Owns the session.
 */
final class BareSession implements AutoCloseable {
  /** The parts that can run, step by step. */
  enum Run {
    /** The whole training step: gather, forward, loss, backward, update. */
    TRAIN,
    /** The whole prediction step: gather, forward. */
    PREDICT,
    /** Fills the inputs of the products of a training step. */
    FILL_TRAIN,
    /** Fills the inputs of the products of a prediction. */
    FILL_PREDICT,
    /** All products of the training step. */
    GEMMS,
    /** The large products of the training step. */
    LARGE_GEMMS,
    /** All products of the prediction step. */
    FORWARD_GEMMS,
    /** The pass of the optimizer over the state, at a learning rate of 0. */
    UPDATE,
    /** Nothing: a step without operations. */
    NOTHING,
    /** A copy of memory, see {@link #prepareCopy}. */
    COPY
  }

  private static final int EVALUATION_BATCH = 500;

  /** The least rows per chunk: a chunk allocates an object, a step must not. */
  private static final int CHUNK_ROWS = 1 << 16;

  private static final long[] SEEDS = {1};

  private final Workload work;
  private final ModelCompiler compiler;
  private final Session session;
  private final Map<Run, Executable> executables = new EnumMap<>(Run.class);
  private final Executable evaluate;
  private final Feed train;
  private final Feed test;
  private final double[] learningRate;
  private final double[] standstill = new double[1];
  private final int trainWidth; // floats that a training step appends to the results
  private final int predictWidth;
  private float[] results = new float[0];
  private long iteration;
  private int trainRow;
  private int testRow;

  /** Opens a session that starts with the weights of a model. */
  BareSession(Backend backend, Model model, Workload work) {
    this.work = work;
    List<ModelLayer> layers = model.layers();
    Graph graph =
        Graph.path(
            model.saved().input(),
            layers.stream().map(ModelLayer::name).toList(),
            layers.stream().map(layer -> layer.layer().rules()).toList());
    Objective objective =
        new Objective(work.optimizer().rule(), work.recipe().loss(), List.of(Metric.ACCURACY));
    this.compiler = new ModelCompiler(graph, objective, 1, backend.fusion());
    this.learningRate = new double[] {work.optimizer().learningRate()};
    this.session = backend.open(compiler.state());
    try {
      this.evaluate = prepare();
      this.trainWidth = executables.get(Run.TRAIN).program().resultSize();
      this.predictWidth = executables.get(Run.PREDICT).program().resultSize();
      model
          .getNamedWeights()
          .forEach((name, weight) -> session.write(offset(name), weight.toFloats()));
      this.train = feed(work.train(), CHUNK_ROWS);
      this.test = feed(work.test(), CHUNK_ROWS);
    } catch (RuntimeException e) {
      session.close();
      throw e;
    }
  }

  /** Translates all programs together, so that they share one arena; returns the evaluation. */
  private Executable prepare() {
    int labelColumns = work.recipe().labelColumns();
    Program step = compiler.train(work.batch(), labelColumns);
    Program prediction = compiler.predict(work.batch());
    Map<Run, Program> programs = new LinkedHashMap<>();
    programs.put(Run.TRAIN, step);
    programs.put(Run.PREDICT, prediction);
    programs.put(Run.FILL_TRAIN, CeilingProgram.spread(step));
    programs.put(Run.FILL_PREDICT, CeilingProgram.spread(prediction));
    programs.put(Run.GEMMS, CeilingProgram.gemms(step));
    programs.put(Run.LARGE_GEMMS, CeilingProgram.largeGemms(step));
    programs.put(Run.FORWARD_GEMMS, CeilingProgram.gemms(prediction));
    // One row per step: repeated parts read no rows, but a GPU receives the order of all.
    programs.put(Run.UPDATE, CeilingProgram.update(compiler.train(1, labelColumns)));
    programs.put(Run.NOTHING, CeilingProgram.empty(compiler.predict(1)));
    List<Program> all = new ArrayList<>(programs.values());
    all.add(compiler.evaluate(EVALUATION_BATCH, labelColumns));
    List<Executable> prepared = session.prepare(all);
    int i = 0;
    for (Run run : programs.keySet()) {
      executables.put(run, prepared.get(i++));
    }
    return prepared.get(i);
  }

  private int offset(String name) {
    return compiler.state().offsetOf(parameter(name));
  }

  private Value parameter(String name) {
    return compiler.state().parameters().stream()
        .filter(value -> value.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no parameter " + name));
  }

  /** Repeats samples, which are already in random order, until there are enough rows. */
  private Feed feed(Dataset samples, int rows) {
    int size = samples.size();
    int[] order = new int[(Math.max(rows, size) + size - 1) / size * size];
    for (int i = 0; i < order.length; i++) {
      order[i] = samples.firstRow() + i % size;
    }
    return new Feed(
        session.upload(
            samples.source(), samples.sourceLabels(), samples.scaleFactor(), samples.scaleOffset()),
        order);
  }

  /** Trains steps; returns the loss of the last. */
  double train(int steps) {
    Executable executable = executables.get(Run.TRAIN);
    int batch = work.batch();
    double loss = Double.NaN;
    for (int left = steps; left > 0; ) {
      if (train.order().length - trainRow < batch) {
        trainRow = 0;
      }
      int chunk = Math.min(left, (train.order().length - trainRow) / batch);
      reserve(chunk * trainWidth);
      executable.run(train, new Chunk(trainRow, chunk, iteration, learningRate, SEEDS), results);
      loss = results[(chunk - 1) * trainWidth] / batch;
      iteration += chunk;
      trainRow += chunk * batch;
      left -= chunk;
    }
    return loss;
  }

  /** Runs prediction steps; returns the first output of the last one, or NaN if there is none. */
  double predict(int steps) {
    Executable executable = executables.get(Run.PREDICT);
    int batch = work.batch();
    double output = Double.NaN;
    for (int left = steps; left > 0; ) {
      if (test.order().length - testRow < batch) {
        testRow = 0;
      }
      int chunk = Math.min(left, (test.order().length - testRow) / batch);
      reserve(chunk * predictWidth);
      executable.run(test, new Chunk(testRow, chunk, 0, standstill), results);
      output = results[(chunk - 1) * predictWidth];
      testRow += chunk * batch;
      left -= chunk;
    }
    return output;
  }

  /**
   * Prepares a copy within a region of the given size, from its first half to its second half, by
   * an element-wise operation in the memory of the backend.
   */
  void prepareCopy(long bytes) {
    Program copy = CeilingProgram.copy(compiler.predict(1), bytes);
    executables.put(Run.COPY, session.prepare(List.of(copy)).get(0));
  }

  /** Returns the bytes that one copy reads and writes. */
  long copyBytes() {
    return (long) executables.get(Run.COPY).program().scratch().size() * Float.BYTES;
  }

  /** Repeats one of the parts on the same values; the weights do not change. */
  void repeat(Run part, int steps) {
    Executable executable = executables.get(part);
    boolean training = part != Run.FORWARD_GEMMS && part != Run.FILL_PREDICT;
    Feed feed = training ? train : test;
    int most = feed.order().length / executable.program().batch();
    for (int left = steps; left > 0; left -= most) {
      executable.run(
          feed, new Chunk(0, Math.min(left, most), iteration, standstill, SEEDS), results);
    }
  }

  /** Returns a human-readable text with the name and the operations of a part. */
  String describe(Run part) {
    Program program = executables.get(part).program();
    String ops = String.join(", ", program.ops().stream().map(Op::label).toList());
    return program.name() + " (" + ops + ")";
  }

  /** Returns the least number of bytes that one update reads and writes. */
  long updateBytes() {
    long regions =
        work.optimizer().rule().assignments().stream().map(a -> a.target()).distinct().count();
    int read = 2 + work.optimizer().rule().slots().size();
    return (read + regions) * compiler.state().regionSize() * Float.BYTES;
  }

  /** Returns the bytes of parameters, gradients and slots. */
  long stateBytes() {
    return (long) compiler.state().size() * Float.BYTES;
  }

  /** Measures loss and accuracy on the first test samples, a multiple of 500. */
  Contender.Quality quality(int samples) {
    int steps = samples / EVALUATION_BATCH;
    int width = evaluate.program().resultSize();
    reserve(steps * width);
    evaluate.run(test, new Chunk(0, steps, 0, standstill), results);
    double loss = 0;
    double correct = 0;
    for (int i = 0; i < steps; i++) {
      loss += results[i * width];
      correct += results[i * width + 1];
    }
    int counted = steps * EVALUATION_BATCH;
    return new Contender.Quality(loss / counted, correct / counted);
  }

  /** Copies the weights into a model. */
  void copyTo(Model model) {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    model
        .getNamedWeights()
        .forEach(
            (name, old) -> {
              float[] values = new float[old.size()];
              session.read(offset(name), values);
              weights.put(name, Tensor.of(values, old.shape()));
            });
    model.setNamedWeights(weights);
  }

  private void reserve(int floats) {
    if (results.length < floats) {
      results = new float[floats];
    }
  }

  @Override
  public void close() {
    session.close();
  }
}
