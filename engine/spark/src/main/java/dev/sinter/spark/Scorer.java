package dev.sinter.spark;

import dev.sinter.Predictor;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.function.MapPartitionsFunction;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.util.TaskCompletionListener;

/**
 * Predicts for the rows of a partition, many at once, and appends the results to them.
 *
 * @param who asks, for messages
 * @param key of the predictor
 * @param features how to read them
 * @param width the number of features
 * @param columns what to append
 */
record Scorer(
    String who,
    String key,
    Broadcast<byte[]> network,
    WorkerOptions worker,
    FrameColumns.Reader features,
    int width,
    Columns columns)
    implements MapPartitionsFunction<Row, Row> {
  private static final int BATCH_FLOATS = 1 << 20;
  private static final int MOST_ROWS = 4096;

  /** Makes columns of outputs. */
  interface Columns extends Serializable {
    /** Returns how many values are appended to a row. */
    int count();

    /** Writes the values of one row, whose outputs begin somewhere. */
    void write(float[] outputs, int from, Object[] row, int at);
  }

  @Override
  public Iterator<Row> call(Iterator<Row> rows) {
    Predictors.Lease lease =
        Predictors.take(key, network::value, worker.backend(), worker.backendOptions());
    TaskCompletionListener end = done -> lease.close();
    TaskContext.get().addTaskCompletionListener(end);
    int most = Math.max(1, Math.min(MOST_ROWS, BATCH_FLOATS / Math.max(1, width)));
    return new Iterator<>() {
      private List<Row> ready = List.of();
      private int next;
      private long count;

      @Override
      public boolean hasNext() {
        if (next == ready.size() && rows.hasNext()) {
          ready = batch(lease.predictor(), rows, most, count);
          count += ready.size();
          next = 0;
        }
        return next < ready.size();
      }

      @Override
      public Row next() {
        return ready.get(next++);
      }
    };
  }

  private List<Row> batch(Predictor predictor, Iterator<Row> rows, int most, long before) {
    List<Row> taken = new ArrayList<>();
    float[] x = new float[most * width]; // [rows, features]
    while (taken.size() < most && rows.hasNext()) {
      Row row = rows.next();
      long number = before + taken.size();
      FrameColumns.Problem problem = FrameColumns.sizeProblem(number, width, features.size(row));
      if (problem == null) {
        int bad = features.read(row, x, taken.size() * width);
        if (bad >= 0) {
          problem = FrameColumns.valueProblem(number, bad, x[taken.size() * width + bad]);
        }
      }
      if (problem != null) {
        throw refused(problem);
      }
      taken.add(row);
    }
    int count = taken.size();
    float[] used = count == most ? x : java.util.Arrays.copyOf(x, count * width);
    Tensor outputs = predictor.predict(Dataset.of(Tensor.of(used, count, width)));
    float[] values = outputs.floats();
    List<Row> scored = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      Row row = taken.get(i);
      Object[] fields = new Object[row.size() + columns.count()];
      for (int field = 0; field < row.size(); field++) {
        fields[field] = row.get(field);
      }
      columns.write(values, i * outputs.rowSize(), fields, row.size());
      scored.add(RowFactory.create(fields));
    }
    return scored;
  }

  private InputException refused(FrameColumns.Problem problem) {
    String where = who + ", partition " + TaskContext.getPartitionId();
    return problem.exception(where, 0);
  }
}
