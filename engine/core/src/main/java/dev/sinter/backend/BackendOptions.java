package dev.sinter.backend;

import dev.sinter.errors.InputException;

/**
 * What a user can ask of a backend.
 *
 * @param device index of the GPU; 0 for the first, and on a CPU
 * @param threads CPU threads; 0 lets the backend choose
 * @param precision float32, tf32 or bf16
 */
public record BackendOptions(int device, int threads, String precision) {
  /** The default precision. */
  public static final String FLOAT32 = "float32";

  /** The first device, threads as the backend chooses, float32. */
  public static final BackendOptions DEFAULT = new BackendOptions(0, 0, FLOAT32);

  public BackendOptions {
    if (device < 0) {
      throw InputException.of(
          "device", "an index of at least 0", device, "Use 0 for the first device");
    }
    int most = Math.max(64, 4 * Runtime.getRuntime().availableProcessors());
    if (threads > most) {
      throw InputException.of(
          "threads", "at most " + most, threads, "Use 0 to let the backend choose");
    }
    if (threads < 0) {
      throw InputException.of(
          "threads", "a count of at least 0", threads, "Use 0 to let the backend choose");
    }
  }

  /** Checks the options of a backend that computes in float32 on the CPU. */
  public void requireCpuFloat32(String backend) {
    if (!precision.equals(FLOAT32)) {
      throw InputException.of(
          "precision of backend " + backend,
          FLOAT32,
          precision,
          "Leave --precision out, or choose a backend that offers it");
    }
    if (device != 0) {
      throw InputException.of(
          "device of backend " + backend, "0, the CPU", device, "Leave --device out");
    }
  }
}
