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
import org.bytedeco.cuda.cublas.cublasLtMatmulAlgo_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulHeuristicResult_t;
import org.bytedeco.cuda.cublas.cublasLtMatmulPreferenceOpaque_t;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * cuBLASLt on one device.
 *
 * <p>For a given algorithm and a workspace of the caller, the library guarantees the same bits from
 * run to run on the same kind of device. Algorithms that split k and accumulate in the result are
 * still excluded; the others add up partial sums in a fixed order, in the workspace. All products
 * share one workspace, because they run in order on the main stream. The descriptors of a product
 * are created once; enqueuing allocates nothing. One thread at a time may use it, as with its
 * device.
 *
 * @see <a href="https://docs.nvidia.com/cuda/cublas/#results-reproducibility">Results
 *     reproducibility</a>
 */
final class CublasLtProducts implements Products {
  /** The size that NVIDIA recommends for Hopper; enough for other devices. */
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
   * Opens the library; its preset is already loaded.
   *
   * @param instead the end of the reason
   */
  static Library<Products> open(NvidiaDevice device, String instead) {
    device.enter();
    cublasLtContext handle = new cublasLtContext();
    int status = cublasLtCreate(handle);
    if (status != CUBLAS_STATUS_SUCCESS) {
      return new Library<>(
          null,
          "cuBLASLt did not start on %s (cublasLtCreate answers %s); install cuBLAS of CUDA 13 for this device%s"
              .formatted(device.properties().name(), statusName(status), instead));
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
    MatmulDescriptors made = new MatmulDescriptors(product);
    cublasLtMatmulHeuristicResult_t results = new cublasLtMatmulHeuristicResult_t(most);
    int count;
    int status;
    try (IntPointer returned = new IntPointer(1L)) {
      status =
          cublasLtMatmulAlgoGetHeuristic(
              handle,
              made.operation,
              made.a,
              made.b,
              made.d,
              made.d,
              preference,
              most,
              results,
              returned);
      count = returned.get();
    }
    // Versions that do not know an epilogue answer INVALID_VALUE.
    if (status == CUBLAS_STATUS_NOT_SUPPORTED || status == CUBLAS_STATUS_INVALID_VALUE) {
      return List.of();
    }
    check(status, "cublasLtMatmulAlgoGetHeuristic");
    List<Algorithm> algorithms = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (int i = 0; i < count; i++) {
      cublasLtMatmulHeuristicResult_t result = results.getPointer(i);
      Proposal algorithm = new Proposal(made, result.algo(), results);
      if (result.state() == CUBLAS_STATUS_SUCCESS
          && result.workspaceSize() <= WORKSPACE_BYTES
          && algorithm.reduction != CUBLASLT_REDUCTION_SCHEME_INPLACE
          && names.add(algorithm.name())) {
        algorithms.add(algorithm);
      }
    }
    return List.copyOf(algorithms);
  }

  /** One algorithm proposed by cuBLASLt for one product. */
  private final class Proposal implements Algorithm {
    private final MatmulDescriptors made;
    private final cublasLtMatmulAlgo_t choice;
    private final Pointer answer; // holds the algorithm: must not be collected
    private final long reduction; // the way of adding partial sums, CUBLASLT_REDUCTION_SCHEME_*
    private final String name;

    Proposal(MatmulDescriptors made, cublasLtMatmulAlgo_t choice, Pointer answer) {
      this.made = made;
      this.choice = choice;
      this.answer = answer;
      this.reduction = value(CUBLASLT_ALGO_CONFIG_REDUCTION_SCHEME, Integer.BYTES);
      this.name =
          "id%s-tile%s-stages%s-split%s-reduction%s-swizzle%s-custom%s-inner%s-cluster%s"
              .formatted(
                  value(CUBLASLT_ALGO_CONFIG_ID, Integer.BYTES),
                  value(CUBLASLT_ALGO_CONFIG_TILE_ID, Integer.BYTES),
                  value(CUBLASLT_ALGO_CONFIG_STAGES_ID, Integer.BYTES),
                  value(CUBLASLT_ALGO_CONFIG_SPLITK_NUM, Integer.BYTES),
                  reduction,
                  value(CUBLASLT_ALGO_CONFIG_CTA_SWIZZLING, Integer.BYTES),
                  value(CUBLASLT_ALGO_CONFIG_CUSTOM_OPTION, Integer.BYTES),
                  value(CUBLASLT_ALGO_CONFIG_INNER_SHAPE_ID, Short.BYTES),
                  value(CUBLASLT_ALGO_CONFIG_CLUSTER_SHAPE_ID, Short.BYTES));
    }

    /** Returns an attribute of the configuration; 0 if the algorithm does not have it. */
    private long value(int attribute, int bytes) {
      try (LongPointer value = new LongPointer(1L);
          SizeTPointer written = new SizeTPointer(1)) {
        value.put(0L); // unwritten bytes stay 0: every supported platform is little-endian
        int status = cublasLtMatmulAlgoConfigGetAttribute(choice, attribute, value, bytes, written);
        return status == CUBLAS_STATUS_SUCCESS ? value.get() : 0;
      }
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public void enqueue() {
      device.enter();
      check(
          cublasLtMatmul(
              handle,
              made.operation,
              one,
              made.addressA,
              made.a,
              made.addressB,
              made.b,
              zero,
              made.addressD, // C, not read because its factor is 0
              made.d,
              made.addressD,
              made.d,
              choice,
              workspace,
              WORKSPACE_BYTES,
              device.mainStream()),
          "cublasLtMatmul");
    }
  }

  /** Returns the alignment that the library may assume: the greatest power of two up to 256. */
  static int alignment(Product.Operand operand) {
    return (int) Math.min(256, Long.lowestOneBit(operand.address() | 256));
  }

  private void prefer(int attribute, Number value) {
    set(
        (memory, bytes) ->
            cublasLtMatmulPreferenceSetAttribute(preference, attribute, memory, bytes),
        "cublasLtMatmulPreferenceSetAttribute",
        value);
  }

  /** A call that sets an attribute; returns its status. */
  interface Setter {
    int set(LongPointer memory, long bytes);
  }

  /** Sets an attribute to an int or a long: every supported platform is little-endian. */
  static void set(Setter setter, String call, Number value) {
    try (LongPointer memory = new LongPointer(1L)) {
      int bytes = value instanceof Integer ? Integer.BYTES : Long.BYTES;
      check(setter.set(memory.put(value.longValue()), bytes), call);
    }
  }

  /** Throws if a call of cuBLASLt failed. */
  static void check(int status, String call) {
    if (status != CUBLAS_STATUS_SUCCESS) {
      throw Check.library(
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
