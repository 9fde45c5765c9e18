package dev.sinter.backend.host;

import dev.sinter.data.Tensor;
import java.nio.FloatBuffer;

/**
 * Copies the rows of a step's batch, for one replica: each row is scaled into a heap array that
 * stays in the first-level cache, then copied into place. Rows that need no scaling are copied
 * directly.
 */
public class GatherStep implements Step {
  private final HostView x; // [B, I]
  private final HostView y; // [B, K], or null where no labels are needed
  private final int replica;
  private final int replicas;
  private final int batch;
  private final float[] row; // [max(I, K)]

  /**
   * Prepares the copying for one replica of several.
   *
   * @param y may be null
   */
  public GatherStep(HostView x, HostView y, int replica, int replicas) {
    this.x = x;
    this.y = y;
    this.replica = replica;
    this.replicas = replicas;
    this.batch = x.shape().rows();
    int labels = y == null ? 0 : y.shape().columns();
    this.row = new float[Math.max(x.shape().columns(), labels)];
  }

  @Override
  public void run(Position position) {
    HostSamples samples = (HostSamples) position.feed.data();
    int[] order = position.feed.order();
    int length = order.length / replicas;
    int from = replica * length + position.chunk.firstRow() + position.step * batch;
    gatherSamples(samples, order, from);
    if (y != null) {
      gatherLabels(samples.y(), order, from);
    }
  }

  /** Copies and scales the rows order[from], ...; a backend may know a faster way. */
  protected void gatherSamples(HostSamples samples, int[] order, int from) {
    int columns = x.shape().columns();
    FloatBuffer host = x.host();
    if (samples.table() != null) {
      byte[] source = samples.x().bytes();
      for (int i = 0; i < batch; i++) {
        lookUp(source, order[from + i] * columns, samples.table(), columns);
        host.put(i * columns, row, 0, columns);
      }
      return;
    }
    float[] source = samples.x().floats();
    boolean plain = samples.scale() == 1 && samples.offset() == 0;
    for (int i = 0; i < batch; i++) {
      int start = order[from + i] * columns;
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

  private void gatherLabels(Tensor labels, int[] order, int from) {
    int columns = y.shape().columns();
    for (int i = 0; i < batch; i++) {
      int start = order[from + i] * columns;
      if (labels.type() == Tensor.Type.FLOAT32) {
        y.host().put(i * columns, labels.floats(), start, columns);
      } else {
        for (int j = 0; j < columns; j++) {
          row[j] = labels.get(start + j);
        }
        y.host().put(i * columns, row, 0, columns);
      }
    }
  }
}
