package dev.sinter.backend.host;

import dev.sinter.backend.Resident;
import dev.sinter.data.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Samples that stay in the tensors of the caller, on the heap.
 *
 * @param x [N, ...], uint8 or float32
 * @param y [N] or [N, K], or null
 * @param weights sample weights [N], or null if all are 1
 * @param table x * scale + offset for each unsigned byte x, computed in float32; null for float32
 * @param scale of float32 samples
 * @param offset of float32 samples
 * @param lasting whether the tensors never change; those of a stream are filled anew
 */
public record HostSamples(
    Tensor x,
    @Nullable Tensor y,
    @Nullable Tensor weights,
    float @Nullable [] table,
    float scale,
    float offset,
    boolean lasting)
    implements Resident {
  /** Wraps tensors. */
  public static HostSamples of(
      Tensor x,
      @Nullable Tensor y,
      @Nullable Tensor weights,
      float scale,
      float offset,
      boolean lasting) {
    float[] table = null;
    if (x.type() == Tensor.Type.UINT8) {
      table = new float[256];
      for (int value = 0; value < table.length; value++) {
        table[value] = value * scale + offset;
      }
    }
    return new HostSamples(x, y, weights, table, scale, offset, lasting);
  }

  @Override
  public void close() {}
}
