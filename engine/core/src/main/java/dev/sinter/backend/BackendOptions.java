package dev.sinter.backend;

import dev.sinter.errors.InputException;

/**
 * What a user can ask of a backend.
 *
 * @param device index of the GPU; 0 for the first, and on a CPU
 * @param threads CPU threads; 0 lets the backend choose
 * @param precision float32, tf32 or bf16
 * @param cudaOps who computes activation and softmax on the backend cuda: fused or cudnn
 */
public record BackendOptions(int device, int threads, String precision, String cudaOps) {
  /** The default precision. */
  public static final String FLOAT32 = "float32";

  /** Sinter's kernels, which compute activations with the product before them. */
  public static final String FUSED = "fused";

  /** cuDNN's activation and softmax. */
  public static final String CUDNN = "cudnn";

  /** The first device, threads as the backend chooses, float32. */
  public static final BackendOptions DEFAULT = new BackendOptions(0, 0, FLOAT32);

  public BackendOptions {
    if (device < 0) {
      throw InputException.of(
          "device", "an index of at least 0", device, "Use 0 for the first device");
    }
    int most = Math.max(64, 4 * Runtime.getRuntime().availableProcessors());
    if (threads < 0 || threads > most) {
      String expected = threads < 0 ? "a count of at least 0" : "at most " + most;
      throw InputException.of("threads", expected, threads, "Use 0 to let the backend choose");
    }
  }

  /** Options without cuDNN. */
  public BackendOptions(int device, int threads, String precision) {
    this(device, threads, precision, FUSED);
  }

  /** Checks the options of a backend that computes in float32 on the CPU. */
  public void requireCpuFloat32(String backend) {
    if (!precision.equals(FLOAT32)) {
      throw InputException.of(
          "precision of backend " + backend,
          FLOAT32,
          precision,
          "Leave the precision out, or choose a backend that offers it");
    }
    if (device != 0) {
      throw InputException.of(
          "device of backend " + backend, "0, the CPU", device, "Leave the device out");
    }
    if (!cudaOps.equals(FUSED)) {
      throw InputException.of(
          "cuda-ops of backend " + backend,
          FUSED,
          cudaOps,
          "Leave cuda-ops out, or take the backend cuda");
    }
  }

  /** Returns this with another GPU. */
  public BackendOptions device(int other) {
    return new BackendOptions(other, threads, precision, cudaOps);
  }

  /** Returns this with another number of CPU threads. */
  public BackendOptions threads(int other) {
    return new BackendOptions(device, other, precision, cudaOps);
  }

  /** Returns this with another precision. */
  public BackendOptions precision(String other) {
    return new BackendOptions(device, threads, other, cudaOps);
  }

  /** Returns this with others who compute activation and softmax on the backend cuda. */
  public BackendOptions cudaOps(String other) {
    return new BackendOptions(device, threads, precision, other);
  }
}
