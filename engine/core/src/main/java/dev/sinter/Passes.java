package dev.sinter;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.ObjIntConsumer;
import org.jspecify.annotations.Nullable;

/** Runs a pass over samples without training: evaluation and prediction. */
final class Passes {
  private static final int STREAM_ROWS = 1000;

  private static final int RESIDENT_FLOATS = 1 << 20; // of predictions that are computed together

  private Passes() {}

  /** Returns the rows of predictions that a stream hands on together at most. */
  static int streamRows(int outputs) {
    return Math.min(STREAM_ROWS, RESIDENT_FLOATS / outputs);
  }

  /** The programs of a training on n rows: the full batch, and one for the rest. */
  static List<Engine.Request> training(long rows, int batch, Targets targets) {
    List<Engine.Request> requests = new ArrayList<>();
    if (rows >= batch || rows == Windows.UNKNOWN) {
      requests.add(targets.request(Engine.Kind.TRAIN, batch));
    }
    if (rows != Windows.UNKNOWN && rows % batch != 0) {
      requests.add(targets.request(Engine.Kind.TRAIN, (int) (rows % batch)));
    }
    return requests;
  }

  /**
   * The programs of a pass over n rows: the full batch, then powers of two, descending, for the
   * rest. So a dozen programs serve data of any size.
   */
  static List<Engine.Request> inference(Engine.Kind kind, long rows, int batch, Targets targets) {
    List<Engine.Request> requests = new ArrayList<>();
    if (rows >= batch || rows == Windows.UNKNOWN) {
      requests.add(targets.request(kind, batch));
    }
    int rest = rows == Windows.UNKNOWN ? 0 : (int) (rows % batch);
    for (; rest > 0; rest -= Integer.highestOneBit(rest)) {
      requests.add(targets.request(kind, Integer.highestOneBit(rest)));
    }
    return requests;
  }

  /** Makes one update with all samples of a dataset that was checked. */
  static Map<String, Double> train(
      Engine engine, Dataset batch, TrainingState state, Targets targets) {
    Executable program = engine.prepare(training(batch.size(), batch.size(), targets)).get(0);
    double[] rates = {state.learningRate()};
    long[] seeds = {state.seed()};
    float[] results = new float[program.program().resultSize()];
    try (Resident samples = engine.borrow(batch, true)) {
      Feed feed = new Feed(samples, SampleOrder.inOrder(batch));
      program.run(feed, new Chunk(0, 1, state.iterations(), rates, seeds), results);
    }
    state.addIterations(1);
    StepResults totals = new StepResults(targets.measures());
    totals.add(results, 1, batch.size());
    return totals.values();
  }

  /**
   * Evaluates on samples whose labels were checked.
   *
   * @param halted asked between chunks: where it says so, there are no results
   */
  static StepResults evaluate(
      Engine engine, Windows samples, Targets targets, ChunkSizer pace, BooleanSupplier halted) {
    StepResults totals = new StepResults(targets.measures());
    Pass pass = new Pass(engine, samples, Engine.Kind.EVALUATE, targets);
    while (!halted.getAsBoolean() && pass.hasMore()) {
      int steps = Math.min(pass.steps(), pace.steps());
      float[] results = new float[steps * pass.resultSize()];
      long start = System.nanoTime();
      int rows = pass.run(steps, results);
      pace.ran(steps, System.nanoTime() - start);
      totals.add(results, steps, rows);
    }
    return pass.isOver() ? totals : new StepResults(targets.measures());
  }

  /** Predicts [N, C]. */
  static Tensor predict(Engine engine, Dataset data, int outputs) {
    try (Resident resident = engine.upload(data, false)) {
      return predict(engine, resident, data, outputs);
    }
  }

  /** Predicts [N, C] for resident data. */
  static Tensor predict(Engine engine, Resident resident, Dataset data, int outputs) {
    float[] predictions = new float[data.size() * outputs]; // [N, C]
    int[] done = {0};
    predict(
        engine,
        ResidentWindows.inOrder(resident, data),
        RESIDENT_FLOATS / outputs,
        (results, rows) -> {
          System.arraycopy(results, 0, predictions, done[0] * outputs, rows * outputs);
          done[0] += rows;
        });
    return Tensor.of(predictions, data.size(), outputs);
  }

  /**
   * Predicts.
   *
   * @param most rows at a time, but at least a batch
   * @param outputs takes the predictions [n, C] of some rows, in order, in an array that is
   *     overwritten by those of the next ones, and n
   * @return whether the pass was not ended from outside
   */
  static boolean predict(
      Engine engine, Windows samples, int most, ObjIntConsumer<float[]> outputs) {
    Pass pass = new Pass(engine, samples, Engine.Kind.PREDICT, Targets.NONE);
    float[] results = {};
    while (pass.hasMore()) {
      int steps = Math.min(pass.steps(), Math.max(1, most / pass.batch()));
      if (results.length < steps * pass.resultSize()) {
        results = new float[steps * pass.resultSize()];
      }
      int rows = pass.run(steps, results);
      outputs.accept(results, rows);
    }
    return pass.isOver();
  }

  /** A pass in batches as large as possible. */
  private static final class Pass {
    private static final double[] NO_RATE = new double[1];

    private final Engine engine;
    private final SampleCursor cursor;
    private final Engine.Kind kind;
    private final Targets targets;
    private @Nullable Executable program; // of the batches that come next

    Pass(Engine engine, Windows samples, Engine.Kind kind, Targets targets) {
      this.engine = engine;
      this.cursor = new SampleCursor(samples);
      this.kind = kind;
      this.targets = targets;
      engine.prepare(inference(kind, samples.size(), engine.inferenceBatch(), targets));
      cursor.begin(0, true);
    }

    /** Returns whether there are samples left, and makes their program ready. */
    boolean hasMore() {
      int left = cursor.left();
      int full = engine.inferenceBatch();
      int batch = left >= full ? full : Integer.highestOneBit(left);
      if (left > 0 && (program == null || program.program().batch() != batch)) {
        program = engine.prepare(List.of(targets.request(kind, batch))).get(0);
      }
      return left > 0;
    }

    boolean isOver() {
      return cursor.isAtEnd();
    }

    private Executable program() {
      return Objects.requireNonNull(program, "a program, where there are samples");
    }

    /** Returns how many batches of this size come next. */
    int steps() {
      return cursor.left() / batch();
    }

    int batch() {
      return program().program().batch();
    }

    int resultSize() {
      return program().program().resultSize();
    }

    /** Runs steps and returns their rows. */
    int run(int steps, float[] results) {
      program().run(cursor.feed(), new Chunk(cursor.row(), steps, 0, NO_RATE), results);
      int rows = steps * batch();
      cursor.advance(rows);
      return rows;
    }
  }
}
