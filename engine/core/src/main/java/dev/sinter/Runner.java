package dev.sinter;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.metrics.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Runs a pass over a dataset without training: evaluation and prediction. */
final class Runner {
  /** Rows a batch; results do not depend on it. MNIST's 10 000 test images are ten of these. */
  static final int BATCH = 1000;

  private Runner() {}

  /**
   * The programs that cover n rows in batches of at most {@code batch}: the full one, and one for
   * the rest.
   */
  static List<Engine.Request> cover(Engine.Kind kind, int rows, int batch, int labelColumns) {
    List<Engine.Request> requests = new ArrayList<>();
    if (rows >= batch) {
      requests.add(new Engine.Request(kind, batch, labelColumns));
    }
    if (rows % batch != 0) {
      requests.add(new Engine.Request(kind, rows % batch, labelColumns));
    }
    return requests;
  }

  /** Returns rows first, first + 1, ..., first + count - 1. */
  static int[] inOrder(int first, int count) {
    int[] order = new int[count];
    for (int i = 0; i < count; i++) {
      order[i] = first + i;
    }
    return order;
  }

  /** Evaluates on resident data, whose labels were checked. */
  static Map<String, Double> evaluate(
      Engine engine, Dataset data, Resident resident, int labelColumns, List<Metric> metrics) {
    Feed feed = new Feed(resident, inOrder(data.firstRow(), data.size()));
    Totals totals = new Totals(metrics);
    int row = 0;
    for (Executable executable :
        engine.prepare(cover(Engine.Kind.EVALUATE, data.size(), BATCH, labelColumns))) {
      int batch = executable.program().batch();
      int steps = (data.size() - row) / batch;
      float[] results = new float[steps * executable.program().resultSize()];
      executable.run(feed, new Chunk(row, steps, 0, new double[1]), results);
      totals.add(results, 0, steps, (long) steps * batch);
      row += steps * batch;
    }
    return totals.means("");
  }

  /** Predicts [N, C]; the last batch is filled up by repeating its last row, and cut. */
  static Tensor predict(Engine engine, Dataset data, int outputs) {
    int rows = data.size();
    float[] predictions = new float[Math.multiplyExact(rows, outputs)]; // [N, C]
    if (rows == 0) {
      return Tensor.of(predictions, 0, outputs);
    }
    int batch = Math.min(rows, BATCH);
    int steps = (rows + batch - 1) / batch;
    int[] order = inOrder(data.firstRow(), steps * batch);
    for (int i = rows; i < order.length; i++) {
      order[i] = order[rows - 1];
    }
    Executable executable =
        engine.prepare(List.of(new Engine.Request(Engine.Kind.PREDICT, batch, 0))).get(0);
    float[] results = new float[batch * outputs];
    try (Resident resident = engine.upload(data, false)) {
      Feed feed = new Feed(resident, order);
      for (int step = 0; step < steps; step++) {
        executable.run(feed, new Chunk(step * batch, 1, 0, new double[1]), results);
        int from = step * batch * outputs;
        System.arraycopy(
            results, 0, predictions, from, Math.min(results.length, predictions.length - from));
      }
    }
    return Tensor.of(predictions, rows, outputs);
  }

  /** Sums of losses and counts over the steps of a pass. */
  static final class Totals {
    private final List<Metric> metrics;
    private final double[] sums; // loss, then a count a metric
    private long samples;

    Totals(List<Metric> metrics) {
      this.metrics = metrics;
      this.sums = new double[1 + metrics.size()];
    }

    /** Adds the results of some steps, which were made of so many samples. */
    void add(float[] results, int firstStep, int steps, long stepSamples) {
      for (int step = firstStep; step < firstStep + steps; step++) {
        for (int i = 0; i < sums.length; i++) {
          sums[i] += results[step * sums.length + i];
        }
      }
      samples += stepSamples;
    }

    /** Returns the means by name. */
    Map<String, Double> means(String prefix) {
      Map<String, Double> means = new TreeMap<>();
      means.put(prefix + "loss", sums[0] / samples);
      for (int i = 0; i < metrics.size(); i++) {
        means.put(prefix + metrics.get(i), sums[i + 1] / samples);
      }
      return means;
    }
  }
}
