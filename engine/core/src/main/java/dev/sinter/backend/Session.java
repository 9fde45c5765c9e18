package dev.sinter.backend;

import dev.sinter.data.Tensor;
import dev.sinter.program.Program;
import java.util.List;

/**
 * The memory of one model on a backend: its state, a scratch arena, and the datasets that were
 * uploaded. Owns all of it; {@link #close} gives it back, executables and datasets included. Used
 * by one thread at a time.
 */
public interface Session extends AutoCloseable {
  /** Copies floats into the state, from an offset in floats on. */
  void write(int offset, float[] values);

  /** Copies floats out of the state, from an offset in floats on; waits for work under way. */
  void read(int offset, float[] values);

  /**
   * Makes samples resident: uint8 stays uint8 where the backend can. {@link
   * dev.sinter.program.Op.Gather} then yields x * scale + offset, computed in float32.
   *
   * @param x [N, ...], rows of the program's x
   * @param y [N] or [N, K], or null
   * @param weights [N] of the samples, float32; or null, for 1 each
   */
  Resident upload(Tensor x, Tensor y, Tensor weights, float scale, float offset);

  /** Makes samples resident that all weigh 1. */
  default Resident upload(Tensor x, Tensor y, float scale, float offset) {
    return upload(x, y, null, scale, offset);
  }

  /**
   * Translates programs of this session's state, once; they share one scratch arena, so one runs at
   * a time.
   */
  List<Executable> prepare(List<Program> programs);

  @Override
  void close();
}
