package dev.sinter.backend.host;

import dev.sinter.data.Tensor;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Copies the rows of a step's batch: each row is scaled into a heap array that stays in the
 * first-level cache, then copied into place. Rows that need no scaling are copied directly.
 */
public class GatherStep implements Step {
  private final List<? extends HostView> x; // a replica: [B, I]
  private final List<? extends HostView> y; // a replica: [B, K]; empty where no labels are needed
  private final int batch;
  private final float[] row; // [max(I, K)]

  /**
   * Prepares the copying.
   *
   * @param x one a replica
   * @param y one a replica, or empty
   */
  public GatherStep(List<? extends HostView> x, List<? extends HostView> y) {
    this.x = x;
    this.y = y;
    this.batch = x.get(0).shape().rows();
    int labels = y.isEmpty() ? 0 : y.get(0).shape().columns();
    this.row = new float[Math.max(x.get(0).shape().columns(), labels)];
  }

  @Override
  public void run(Position position) {
    HostSamples samples = (HostSamples) position.feed.data();
    int[] order = position.feed.order();
    int length = order.length / x.size();
    for (int replica = 0; replica < x.size(); replica++) {
      int from = replica * length + position.chunk.firstRow() + position.step * batch;
      gatherSamples(samples, order, from, replica);
      if (!y.isEmpty()) {
        gatherLabels(samples.y(), order, from, y.get(replica));
      }
    }
  }

  /**
   * Copies and scales the rows order[from], ... of one replica; a backend may know a faster way.
   */
  protected void gatherSamples(HostSamples samples, int[] order, int from, int replica) {
    HostView target = x.get(replica);
    int columns = target.shape().columns();
    FloatBuffer host = target.host();
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

  private void gatherLabels(Tensor labels, int[] order, int from, HostView target) {
    int columns = target.shape().columns();
    for (int i = 0; i < batch; i++) {
      int start = order[from + i] * columns;
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
