package dev.sinter.cuda.nvidia;

import static org.bytedeco.cuda.global.cublas.*;

import dev.sinter.cuda.driver.Products.Algorithm;
import org.bytedeco.cuda.cublas.cublasLtMatmulAlgo_t;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.SizeTPointer;

/** One way of cuBLASLt to compute one product. */
final class CublasLtAlgorithm implements Algorithm {
  private final CublasLtProducts products;
  private final MatmulDescriptors descriptors;
  private final cublasLtMatmulAlgo_t choice;
  private final Pointer answer; // has the choice in it: kept from the garbage collector
  private final int reduction;
  private final String name;

  /**
   * Takes one of the library's proposals.
   *
   * @param answer the memory that the proposal is in
   */
  CublasLtAlgorithm(
      CublasLtProducts products,
      MatmulDescriptors descriptors,
      cublasLtMatmulAlgo_t choice,
      Pointer answer) {
    this.products = products;
    this.descriptors = descriptors;
    this.choice = choice;
    this.answer = answer;
    reduction = (int) value(CUBLASLT_ALGO_CONFIG_REDUCTION_SCHEME, Integer.BYTES);
    name =
        "id"
            + value(CUBLASLT_ALGO_CONFIG_ID, Integer.BYTES)
            + "-tile"
            + value(CUBLASLT_ALGO_CONFIG_TILE_ID, Integer.BYTES)
            + "-stages"
            + value(CUBLASLT_ALGO_CONFIG_STAGES_ID, Integer.BYTES)
            + "-split"
            + value(CUBLASLT_ALGO_CONFIG_SPLITK_NUM, Integer.BYTES)
            + "-reduction"
            + reduction
            + "-swizzle"
            + value(CUBLASLT_ALGO_CONFIG_CTA_SWIZZLING, Integer.BYTES)
            + "-custom"
            + value(CUBLASLT_ALGO_CONFIG_CUSTOM_OPTION, Integer.BYTES)
            + "-inner"
            + value(CUBLASLT_ALGO_CONFIG_INNER_SHAPE_ID, Short.BYTES)
            + "-cluster"
            + value(CUBLASLT_ALGO_CONFIG_CLUSTER_SHAPE_ID, Short.BYTES);
  }

  /** Returns an attribute of the configuration; 0 where the algorithm has none such. */
  private long value(int attribute, int bytes) {
    try (LongPointer value = new LongPointer(1L);
        SizeTPointer written = new SizeTPointer(1)) {
      value.put(0L); // what is not written stays 0: every supported platform is little-endian
      int status = cublasLtMatmulAlgoConfigGetAttribute(choice, attribute, value, bytes, written);
      return status == CUBLAS_STATUS_SUCCESS ? value.get() : 0;
    }
  }

  /** Returns how partial sums are added up, one of CUBLASLT_REDUCTION_SCHEME_*. */
  int reduction() {
    return reduction;
  }

  /** Returns the library's own description. */
  cublasLtMatmulAlgo_t choice() {
    return choice;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public void enqueue() {
    products.enqueue(this, descriptors);
  }
}
