package dev.sinter.backend;

import dev.sinter.errors.InputException;

/** What a user can ask of a backend. */
public final class BackendOptions {
  /** The default precision. */
  public static final String FLOAT32 = "float32";

  /** Sinter's kernels, which compute activations with the product before them. */
  public static final String FUSED = "fused";

  /** cuDNN's activation and softmax. */
  public static final String CUDNN = "cudnn";

  /** The first device, threads as the backend chooses, float32. */
  public static final BackendOptions DEFAULT = new BackendOptions(0, 0, FLOAT32);

  private final int device;
  private final int threads;
  private final String precision;
  private final String cudaOps;

  private BackendOptions(int device, int threads, String precision, String cudaOps) {
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
    this.device = device;
    this.threads = threads;
    this.precision = precision;
    this.cudaOps = cudaOps;
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

  /** Returns index of the GPU; 0 for the first, and on a CPU. */
  public int device() {
    return device;
  }

  /** Returns CPU threads; 0 lets the backend choose. */
  public int threads() {
    return threads;
  }

  /** Returns float32, tf32 or bf16. */
  public String precision() {
    return precision;
  }

  /** Returns who computes activation and softmax on the backend cuda: fused or cudnn. */
  public String cudaOps() {
    return cudaOps;
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
