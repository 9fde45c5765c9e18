package dev.sinter.benchmarks;

import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.BackendProvider;
import dev.sinter.backend.Precision;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * What a trainer's name says of one of Sinter's backends: {@code cuda} alone computes in float32
 * with its own kernels, {@code cuda-cudnn} leaves activation and softmax to cuDNN, {@code
 * cuda-tf32} and {@code cuda-bf16} round what their products read.
 *
 * @param name the trainer
 * @param backend what {@code --backend} would take
 * @param precision what {@code --precision} would take
 * @param cudaOps what {@code --cuda-ops} would take
 */
public record SinterTrainer(String name, String backend, Precision precision, String cudaOps) {
  private static final String GPU = "cuda";
  private static final String FUSED = "fused";
  private static final String CUDNN = "cudnn";
  private static final List<String> ROUNDED = List.of("tf32", "bf16");

  /** Returns the trainer of a name; a peer's name is taken for a backend's. */
  public static SinterTrainer of(String name) {
    String last = name.substring(name.lastIndexOf('-') + 1);
    boolean rounded = ROUNDED.contains(last);
    if (!name.startsWith(GPU + "-") || !rounded && !last.equals(CUDNN)) {
      return new SinterTrainer(name, name, Precision.FLOAT32, FUSED);
    }
    return new SinterTrainer(
        name,
        name.substring(0, name.length() - last.length() - 1),
        rounded ? Precision.of(last) : Precision.FLOAT32,
        rounded ? FUSED : last);
  }

  /** Returns the other ways in which a backend can train; none for a CPU's. */
  public static List<String> variants(String backend) {
    return of(backend).isGpu()
        ? Stream.of(CUDNN, "tf32", "bf16").map(end -> backend + "-" + end).toList()
        : List.of();
  }

  /** Returns whether the backend is on the class path, or is Sinter's own elsewhere. */
  static boolean isKnown(String backend) {
    return List.of("onednn", "nd4j", "reference", GPU).contains(backend) || isInBuild(backend);
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

  /** Returns whether it is more than its backend's name. */
  public boolean isVariant() {
    return !name.equals(backend);
  }

  /** Returns the options that the backend is opened with, on the first device. */
  public BackendOptions options(int threads) {
    BackendOptions options = BackendOptions.DEFAULT.threads(threads).precision(precision);
    return cudaOps.equals(FUSED) ? options : options.option("cuda.ops", cudaOps);
  }
}
