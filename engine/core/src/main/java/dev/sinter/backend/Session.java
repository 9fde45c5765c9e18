package dev.sinter.backend;

import dev.sinter.data.Tensor;
import dev.sinter.program.Program;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The memory of one model on a backend: its state, a scratch arena and the uploaded datasets. The
 * session owns all of it; {@link #close} frees it, including executables and datasets. Used by one
 * thread at a time.
 */
public interface Session extends AutoCloseable {
  /** Copies floats into the state, starting at an offset in floats. */
  void write(int offset, float[] values);

  /** Copies floats out of the state, starting at an offset in floats; waits for running work. */
  void read(int offset, float[] values);

  /**
   * Makes samples resident; uint8 stays uint8 if the backend supports it. {@link
   * dev.sinter.program.Op.Gather} then yields x * scale + offset, computed in float32.
   *
   * @param x [N, ...], one row of the x of the program per sample
   * @param y [N] or [N, K], or null
   * @param weights sample weights [N], float32; or null if all are 1
   */
  Resident upload(
      Tensor x, @Nullable Tensor y, @Nullable Tensor weights, float scale, float offset);

  /** Makes samples of weight 1 resident. */
  default Resident upload(Tensor x, @Nullable Tensor y, float scale, float offset) {
    return upload(x, y, null, scale, offset);
  }

  /**
   * Makes samples ready that are used a few times, such as one window of a stream: a backend may
   * leave them in the tensors, which must not change until they are closed. Like {@link #upload} by
   * default.
   */
  default Resident borrow(
      Tensor x, @Nullable Tensor y, @Nullable Tensor weights, float scale, float offset) {
    return upload(x, y, weights, scale, offset);
  }

  /**
   * Translates programs over the state of this session. They share one scratch arena, so only one
   * runs at a time.
   */
  List<Executable> prepare(List<Program> programs);

  @Override
  void close();
}
