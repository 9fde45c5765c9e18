package dev.sinter.cuda.nvidia;

import static org.bytedeco.cuda.global.cublas.*;

import dev.sinter.cuda.driver.Platform.Library;
import dev.sinter.cuda.driver.Product;
import dev.sinter.cuda.driver.Products;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.bytedeco.cuda.cublas.cublasLtContext;
import org.bytedeco.cuda.cublas.cublasLtMatmulHeuristicResult_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulPreferenceOpaque_t;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * cuBLASLt on one device.
 *
 * <p>The library promises the same bits from run to run on the same kind of device for one
 * algorithm with a workspace of the caller's own. Algorithms that split k and add up in the result
 * itself are left out nevertheless: the others add up partial sums in a fixed order, in the
 * workspace. That is one for all products, which run in order on the main stream. Each product has
 * its descriptors made once; enqueuing allocates nothing. Used like its device: by one thread at a
 * time.
 *
 * @see <a href="https://docs.nvidia.com/cuda/cublas/#results-reproducibility">Results
 *     reproducibility</a>
 */
final class CublasLtProducts implements Products {
  /** What NVIDIA recommends for Hopper; enough for the others. */
  static final long WORKSPACE_BYTES = 32L << 20;

  private static final int ALLOWED_REDUCTIONS =
      CUBLASLT_REDUCTION_SCHEME_COMPUTE_TYPE | CUBLASLT_REDUCTION_SCHEME_OUTPUT_TYPE;

  private final NvidiaDevice device;
  private final cublasLtContext handle;
  private final long workspaceAddress;
  private final Address workspace;
  private final cublasLtMatmulPreferenceOpaque_t preference;
  private final FloatPointer one = new FloatPointer(1f);
  private final FloatPointer zero = new FloatPointer(0f);
  private boolean closed;

  private CublasLtProducts(NvidiaDevice device, cublasLtContext handle) {
    this.device = device;
    this.handle = handle;
    workspaceAddress = device.allocate(WORKSPACE_BYTES);
    workspace = new Address(workspaceAddress);
    try (PointerPointer<cublasLtMatmulPreferenceOpaque_t> made = new PointerPointer<>(1L)) {
      check(cublasLtMatmulPreferenceCreate(made), "cublasLtMatmulPreferenceCreate");
      preference = made.get(cublasLtMatmulPreferenceOpaque_t.class);
    }
    prefer(CUBLASLT_MATMUL_PREF_MAX_WORKSPACE_BYTES, WORKSPACE_BYTES);
    prefer(CUBLASLT_MATMUL_PREF_REDUCTION_SCHEME_MASK, ALLOWED_REDUCTIONS);
  }

  /**
   * Opens the library, whose preset is loaded.
   *
   * @param instead how a reason ends
   */
  static Library<Products> open(NvidiaDevice device, String instead) {
    device.enter();
    cublasLtContext handle = new cublasLtContext();
    int status = cublasLtCreate(handle);
    if (status != CUBLAS_STATUS_SUCCESS) {
      return new Library<>(
          null,
          "cuBLASLt did not start on "
              + device.properties().name()
              + " (cublasLtCreate answers "
              + statusName(status)
              + "); install cuBLAS of CUDA 13 for this device"
              + instead);
    }
    return new Library<>(new CublasLtProducts(device, handle), "");
  }

  @Override
  public String version() {
    long version = cublasLtGetVersion();
    return version / 10000 + "." + version / 100 % 100 + "." + version % 100;
  }

  @Override
  public List<Algorithm> algorithms(Product product, int most) {
    device.enter();
    prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_A_BYTES, alignment(product.a()));
    prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_B_BYTES, alignment(product.b()));
    prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_C_BYTES, alignment(product.d()));
    prefer(CUBLASLT_MATMUL_PREF_MIN_ALIGNMENT_D_BYTES, alignment(product.d()));
    return ask(new MatmulDescriptors(product), most);
  }

  private List<Algorithm> ask(MatmulDescriptors made, int most) {
    cublasLtMatmulHeuristicResult_t results = new cublasLtMatmulHeuristicResult_t(most);
    int[] count = new int[1];
    int status;
    try (IntPointer returned = new IntPointer(1L)) {
      status =
          cublasLtMatmulAlgoGetHeuristic(
              handle,
              made.operation(),
              made.a(),
              made.b(),
              made.d(),
              made.d(),
              preference,
              most,
              results,
              returned);
      count[0] = returned.get();
    }
    // INVALID_VALUE is what versions answer to an epilogue that they do not know.
    if (status == CUBLAS_STATUS_NOT_SUPPORTED || status == CUBLAS_STATUS_INVALID_VALUE) {
      return List.of();
    }
    check(status, "cublasLtMatmulAlgoGetHeuristic");
    List<Algorithm> algorithms = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < count[0]; i++) {
      cublasLtMatmulHeuristicResult_t result = results.getPointer(i);
      CublasLtAlgorithm algorithm = new CublasLtAlgorithm(this, made, result.algo(), results);
      if (result.state() == CUBLAS_STATUS_SUCCESS
          && result.workspaceSize() <= WORKSPACE_BYTES
          && algorithm.reduction() != CUBLASLT_REDUCTION_SCHEME_INPLACE
          && names.add(algorithm.name())) {
        algorithms.add(algorithm);
      }
    }
    return List.copyOf(algorithms);
  }

  /** Enqueues a product on the main stream. */
  void enqueue(CublasLtAlgorithm algorithm, MatmulDescriptors made) {
    device.enter();
    check(
        cublasLtMatmul(
            handle,
            made.operation(),
            one,
            made.addressA(),
            made.a(),
            made.addressB(),
            made.b(),
            zero,
            made.addressD(), // C, not read as its factor is 0
            made.d(),
            made.addressD(),
            made.d(),
            algorithm.choice(),
            workspace,
            WORKSPACE_BYTES,
            device.mainStream()),
        "cublasLtMatmul");
  }

  /** Returns how much the library may rely on: the greatest power of two up to 256. */
  static int alignment(Product.Operand operand) {
    return (int) Math.min(256, Long.lowestOneBit(operand.address() | 256));
  }

  private void prefer(int attribute, long value) {
    try (LongPointer bytes = new LongPointer(1L)) {
      check(
          cublasLtMatmulPreferenceSetAttribute(preference, attribute, bytes.put(value), Long.BYTES),
          "cublasLtMatmulPreferenceSetAttribute");
    }
  }

  private void prefer(int attribute, int value) {
    try (IntPointer bytes = new IntPointer(1L)) {
      check(
          cublasLtMatmulPreferenceSetAttribute(
              preference, attribute, bytes.put(value), Integer.BYTES),
          "cublasLtMatmulPreferenceSetAttribute");
    }
  }

  /** Throws unless a call of cuBLASLt succeeded. */
  static void check(int status, String call) {
    if (status != CUBLAS_STATUS_SUCCESS) {
      Check.library(
          false,
          call,
          statusName(status),
          status == CUBLAS_STATUS_ALLOC_FAILED
              ? "Use a smaller batch, or end other programs on the device (nvidia-smi lists them)"
              : "If the device was lost, start the program again; otherwise please report this"
                  + " message with the command that led to it");
    }
  }

  private static String statusName(int status) {
    return cublasLtGetStatusName(status).getString() + " (" + status + ")";
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    cublasLtMatmulPreferenceDestroy(preference);
    zero.close();
    one.close();
    if (!device.isClosed()) {
      device.enter();
      device.giveBack(workspaceAddress);
      cublasLtDestroy(handle);
    }
  }
}
