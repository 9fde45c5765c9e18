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
import java.util.function.BooleanSupplier;

/** Runs a pass over a dataset without training: evaluation and prediction. */
final class Passes {
  private Passes() {}

  /** The programs of a training on n rows: the full batch, and one for the rest. */
  static List<Engine.Request> training(int rows, int batch, int labelColumns) {
    List<Engine.Request> requests = new ArrayList<>();
    if (rows >= batch) {
      requests.add(new Engine.Request(Engine.Kind.TRAIN, batch, labelColumns));
    }
    if (rows % batch != 0) {
      requests.add(new Engine.Request(Engine.Kind.TRAIN, rows % batch, labelColumns));
    }
    return requests;
  }

  /**
   * The programs of a pass over n rows: the full batch, then powers of two, descending, for the
   * rest. So a dozen programs serve data of any size.
   */
  static List<Engine.Request> inference(Engine.Kind kind, int rows, int batch, int labelColumns) {
    List<Engine.Request> requests = new ArrayList<>();
    if (rows >= batch) {
      requests.add(new Engine.Request(kind, batch, labelColumns));
    }
    for (int rest = rows % batch; rest > 0; rest -= Integer.highestOneBit(rest)) {
      requests.add(new Engine.Request(kind, Integer.highestOneBit(rest), labelColumns));
    }
    return requests;
  }

  /**
   * Evaluates on resident data, whose labels were checked.
   *
   * @param names of the results
   * @param halted asked between chunks: where it says so, all values are NaN
   */
  static Map<String, Double> evaluate(
      Engine engine,
      Dataset data,
      Resident resident,
      int labelColumns,
      List<String> names,
      ChunkSizer pace,
      BooleanSupplier halted) {
    Feed feed = new Feed(resident, SampleOrder.inOrder(data));
    StepResults totals = new StepResults(names);
    int row = 0;
    for (Executable executable :
        engine.prepare(
            inference(Engine.Kind.EVALUATE, data.size(), engine.inferenceBatch(), labelColumns))) {
      int batch = executable.program().batch();
      for (int left = (data.size() - row) / batch; left > 0; ) {
        if (halted.getAsBoolean()) {
          return new StepResults(names).means(); // of no samples
        }
        int steps = Math.min(left, pace.steps());
        float[] results = new float[steps * executable.program().resultSize()];
        long start = System.nanoTime();
        executable.run(feed, new Chunk(row, steps, 0, new double[1]), results);
        pace.ran(steps, System.nanoTime() - start);
        totals.add(results, steps, (long) steps * batch);
        row += steps * batch;
        left -= steps;
      }
    }
    return totals.means();
  }

  /** Predicts [N, C]. */
  static Tensor predict(Engine engine, Dataset data, int outputs) {
    float[] predictions = new float[data.size() * outputs]; // [N, C]
    int row = 0;
    try (Resident resident = engine.upload(data, false)) {
      Feed feed = new Feed(resident, SampleOrder.inOrder(data));
      for (Executable executable :
          engine.prepare(inference(Engine.Kind.PREDICT, data.size(), engine.inferenceBatch(), 0))) {
        int batch = executable.program().batch();
        float[] results = new float[batch * outputs]; // one step's: the sum may be large
        for (int steps = (data.size() - row) / batch; steps > 0; steps--) {
          executable.run(feed, new Chunk(row, 1, 0, new double[1]), results);
          System.arraycopy(results, 0, predictions, row * outputs, results.length);
          row += batch;
        }
      }
    }
    return Tensor.of(predictions, data.size(), outputs);
  }
}
