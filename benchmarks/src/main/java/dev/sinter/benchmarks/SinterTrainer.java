package dev.sinter.benchmarks;

import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.BackendProvider;
import dev.sinter.backend.Precision;
import java.util.List;
import java.util.ServiceLoader;

/**
 * A backend of Sinter with options, by trainer name: {@code cuda} computes in float32 with its own
 * kernels, {@code cuda-cudnn} uses cuDNN for activation and softmax, {@code cuda-tf32}, {@code
 * cuda-bf16} and {@code onednn-bf16} round the inputs of products.
 *
 * @param name of the trainer
 * @param backend the value for {@code --backend}
 * @param precision the value for {@code --precision}
 * @param cudaOps the value for {@code --cuda-ops}
 */
public record SinterTrainer(String name, String backend, Precision precision, String cudaOps) {
  private static final String GPU = "cuda";
  private static final String ONEDNN = "onednn";
  private static final String FUSED = "fused";
  private static final String CUDNN = "cudnn";

  /** Returns the trainer for a name; treats the name of a peer as a backend. */
  public static SinterTrainer of(String name) {
    String last = name.substring(name.lastIndexOf('-') + 1);
    String backend = name.substring(0, Math.max(0, name.length() - last.length() - 1));
    if (!endings(backend).contains(last)) {
      return new SinterTrainer(name, name, Precision.FLOAT32, FUSED);
    }
    return last.equals(CUDNN)
        ? new SinterTrainer(name, backend, Precision.FLOAT32, CUDNN)
        : new SinterTrainer(name, backend, Precision.of(last), FUSED);
  }

  private static List<String> endings(String backend) {
    if (backend.startsWith(GPU)) {
      return List.of(CUDNN, "tf32", "bf16");
    }
    return backend.equals(ONEDNN) ? List.of("bf16") : List.of();
  }

  /** Returns the variants of a backend. */
  public static List<String> variants(String backend) {
    return endings(backend).stream().map(end -> backend + "-" + end).toList();
  }

  /** Returns whether the backend is on the class path or is another backend of Sinter. */
  static boolean isKnown(String backend) {
    return List.of(ONEDNN, "nd4j", "reference", GPU).contains(backend) || isInBuild(backend);
  }

  /** Returns whether the backend is on the class path. */
  public static boolean isInBuild(String backend) {
    return ServiceLoader.load(BackendProvider.class).stream()
        .anyMatch(provider -> provider.get().name().equals(backend));
  }

  /** Returns whether it trains on a GPU, where the host only enqueues. */
  public boolean isGpu() {
    return backend.startsWith(GPU);
  }

  /** Returns whether it is a variant, not the plain backend. */
  public boolean isVariant() {
    return !name.equals(backend);
  }

  /** Returns the options for opening the backend on the first device. */
  public BackendOptions options(int threads) {
    BackendOptions options = BackendOptions.DEFAULT.threads(threads).precision(precision);
    return cudaOps.equals(FUSED) ? options : options.option("cuda.ops", cudaOps);
  }
}
