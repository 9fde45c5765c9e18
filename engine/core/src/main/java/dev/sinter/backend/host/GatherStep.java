package dev.sinter.backend.host;

import dev.sinter.data.Tensor;
import dev.sinter.program.Op;
import dev.sinter.program.Value;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Copies the rows of a batch for one replica. Each row is scaled into a heap array that stays in
 * the first-level cache, then copied to its place. Rows without scaling are copied directly.
 */
public class GatherStep implements Step {
  private final HostView x; // [B, I]
  private final @Nullable HostView y; // [B, K], or null if no labels are needed
  private final @Nullable HostView weight; // [B, 1], or null
  private final @Nullable HostView count; // [1, 1], or null
  private final int replica;
  private final int replicas;
  private final int batch;
  private final float[] row; // [max(I, K)]
  private final int[] rows; // [B], some valid row where the order has no sample
  private final float[] weights; // [B]

  /**
   * Prepares the copying into the given views of one replica; values that the operation lacks are
   * not filled.
   */
  public GatherStep(
      Op.Gather op, Function<Value, ? extends HostView> views, int replica, int replicas) {
    this.x = views.apply(op.x());
    this.y = RowSteps.viewOrNull(views, op.y());
    this.weight = RowSteps.viewOrNull(views, op.weight());
    this.count = RowSteps.viewOrNull(views, op.count());
    this.replica = replica;
    this.replicas = replicas;
    this.batch = x.shape().rows();
    int labels = y == null ? 0 : y.shape().columns();
    this.row = new float[Math.max(x.shape().columns(), labels)];
    this.rows = new int[batch];
    this.weights = new float[batch];
  }

  @Override
  public void run(Position position) {
    int[] order = position.feed().order();
    int length = order.length / replicas;
    int from = replica * length + position.chunk().firstRow() + position.step * batch;
    gather((HostSamples) position.feed().data(), order, from);
  }

  /** Copies the batch that starts at an index of the order; -1 in the order is no sample. */
  public final void gather(HostSamples samples, int[] order, int from) {
    for (int i = 0; i < batch; i++) {
      rows[i] = Math.max(0, order[from + i]);
    }
    gatherSamples(samples, rows);
    if (y != null) {
      gatherLabels(y, Objects.requireNonNull(samples.y(), "labels"));
    }
    weigh(samples.weights(), order, from);
  }

  /** Clears the rows without a sample; writes the weights and the count. */
  private void weigh(@Nullable Tensor given, int[] order, int from) {
    int samples = 0;
    for (int i = 0; i < batch; i++) {
      int source = order[from + i];
      if (source < 0) {
        clear(x, i);
        clear(y, i);
        weights[i] = 0;
      } else {
        samples++;
        weights[i] = given == null ? 1 : given.get(source);
      }
    }
    if (weight != null) {
      weight.write(weights);
    }
    if (count != null) {
      count.host().put(0, Math.max(1, samples));
    }
  }

  private void clear(@Nullable HostView view, int index) {
    if (view != null) {
      int columns = view.shape().columns();
      Arrays.fill(row, 0, columns, 0);
      view.host().put(index * columns, row, 0, columns);
    }
  }

  /** Copies and scales the given rows, [B]; a backend may override it with a faster way. */
  protected void gatherSamples(HostSamples samples, int[] rows) {
    int columns = x.shape().columns();
    FloatBuffer host = x.host();
    if (samples.table() != null) {
      byte[] source = samples.x().bytes();
      for (int i = 0; i < batch; i++) {
        lookUp(source, rows[i] * columns, samples.table(), columns);
        host.put(i * columns, row, 0, columns);
      }
      return;
    }
    float[] source = samples.x().floats();
    boolean plain = samples.scale() == 1 && samples.offset() == 0;
    for (int i = 0; i < batch; i++) {
      int start = rows[i] * columns;
      if (plain) {
        host.put(i * columns, source, start, columns);
      } else {
        scale(source, start, samples.scale(), samples.offset(), columns);
        host.put(i * columns, row, 0, columns);
      }
    }
  }

  private void lookUp(byte[] source, int start, float[] table, int columns) {
    float[] target = row;
    for (int j = 0; j < columns; j++) {
      target[j] = table[source[start + j] & 0xFF];
    }
  }

  private void scale(float[] source, int start, float scale, float offset, int columns) {
    float[] target = row;
    for (int j = 0; j < columns; j++) {
      target[j] = source[start + j] * scale + offset;
    }
  }

  private void gatherLabels(HostView target, Tensor labels) {
    int columns = target.shape().columns();
    for (int i = 0; i < batch; i++) {
      int start = rows[i] * columns;
      if (labels.type() == Tensor.Type.FLOAT32) {
        target.host().put(i * columns, labels.floats(), start, columns);
      } else {
        for (int j = 0; j < columns; j++) {
          row[j] = labels.get(start + j);
        }
        target.host().put(i * columns, row, 0, columns);
      }
    }
  }
}
