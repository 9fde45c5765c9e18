package dev.sinter.cuda;

import dev.sinter.backend.BackendOptions;
import dev.sinter.errors.KnownNames;

/**
 * The options that only the backend cuda has, for {@link BackendOptions#option}.
 *
 * <p>Immutable: any number of threads may use it.
 */
public final class CudaOptions {
  /** A GPU by UUID, or by the start of one: {@link BackendOptions#device(String)} sets it. */
  public static final String DEVICE = "cuda.device";

  /** What computes activations and softmax: {@link #FUSED} or {@link #CUDNN}. */
  public static final String OPS = "cuda.ops";

  /** Sinter's kernels, which compute activations with the product before them; the default. */
  public static final String FUSED = "fused";

  /** cuDNN's activation and softmax. */
  public static final String CUDNN = "cudnn";

  private static final KnownNames<Boolean> USES_CUDNN =
      KnownNames.<Boolean>of("cuda.ops").with(FUSED, false).with(CUDNN, true);

  private CudaOptions() {}

  /** Returns whether cuDNN computes activations and softmax. */
  static boolean usesCudnn(BackendOptions options, String backend) {
    options.requireOwn(backend, OPS, DEVICE);
    return USES_CUDNN.get(options.own().getOrDefault(OPS, FUSED));
  }
}
