package dev.sinter.cuda.nvidia;

import static org.bytedeco.cuda.global.cublas.*;
import static org.bytedeco.cuda.global.cudart.CUDA_R_32F;

import dev.sinter.backend.Precision;
import dev.sinter.cuda.driver.Product;
import dev.sinter.cuda.driver.Product.Epilogue;
import java.lang.ref.Cleaner;
import org.bytedeco.cuda.cublas.cublasLtMatmulDescOpaque_t;
import org.bytedeco.cuda.cublas.cublasLtMatrixLayoutOpaque_t;
import org.bytedeco.javacpp.PointerPointer;

/**
 * The cuBLASLt descriptors of one product, and the addresses of its matrices. They are in host
 * memory, and the garbage collector frees them.
 */
final class MatmulDescriptors {
  private static final Cleaner CLEANER = Cleaner.create();

  final cublasLtMatmulDescOpaque_t operation;
  final cublasLtMatrixLayoutOpaque_t a;
  final cublasLtMatrixLayoutOpaque_t b;
  final cublasLtMatrixLayoutOpaque_t d;
  final Address addressA;
  final Address addressB;
  final Address addressD;

  MatmulDescriptors(Product product) {
    int m = product.m();
    int n = product.n();
    int k = product.k();
    addressA = new Address(product.a().address());
    addressB = new Address(product.b().address());
    addressD = new Address(product.d().address());
    operation = operation(product);
    a = product.transposeA() ? layout(k, m, product.a()) : layout(m, k, product.a());
    b = product.transposeB() ? layout(n, k, product.b()) : layout(k, n, product.b());
    d = layout(m, n, product.d());
    if (product.batch() > 1) {
      batch(a, product.batch(), product.a().stride());
      batch(b, product.batch(), product.b().stride());
      batch(d, product.batch(), product.d().stride());
    }
  }

  private cublasLtMatmulDescOpaque_t operation(Product product) {
    cublasLtMatmulDescOpaque_t operation;
    try (PointerPointer<cublasLtMatmulDescOpaque_t> made = new PointerPointer<>(1L)) {
      CublasLtProducts.check(
          cublasLtMatmulDescCreate(made, computeType(product.precision()), CUDA_R_32F),
          "cublasLtMatmulDescCreate");
      operation = made.get(cublasLtMatmulDescOpaque_t.class);
    }
    CLEANER.register(this, () -> cublasLtMatmulDescDestroy(operation));
    set(operation, CUBLASLT_MATMUL_DESC_TRANSA, transpose(product.transposeA()));
    set(operation, CUBLASLT_MATMUL_DESC_TRANSB, transpose(product.transposeB()));
    set(operation, CUBLASLT_MATMUL_DESC_EPILOGUE, epilogue(product.epilogue()));
    if (product.bias() != 0) {
      set(operation, CUBLASLT_MATMUL_DESC_BIAS_POINTER, product.bias());
      if (product.batch() > 1) {
        set(operation, CUBLASLT_MATMUL_DESC_BIAS_BATCH_STRIDE, product.biasStride());
      }
    }
    if (product.aux() != 0) {
      set(operation, CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_POINTER, product.aux());
      set(operation, CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_LD, product.auxLd());
      if (product.batch() > 1) {
        set(operation, CUBLASLT_MATMUL_DESC_EPILOGUE_AUX_BATCH_STRIDE, product.auxStride());
      }
    }
    return operation;
  }

  /** Returns how operands are rounded; CUBLAS_COMPUTE_32F multiplies float32 as it is. */
  static int computeType(Precision precision) {
    return switch (precision) {
      case FLOAT32 -> CUBLAS_COMPUTE_32F;
      case TF32 -> CUBLAS_COMPUTE_32F_FAST_TF32;
      case BF16 -> CUBLAS_COMPUTE_32F_FAST_16BF;
    };
  }

  /** Returns the cuBLASLt constant of an epilogue. */
  static int epilogue(Epilogue epilogue) {
    return switch (epilogue) {
      case DEFAULT -> CUBLASLT_EPILOGUE_DEFAULT;
      case BIAS -> CUBLASLT_EPILOGUE_BIAS;
      case RELU_BIAS -> CUBLASLT_EPILOGUE_RELU_BIAS;
      case RELU_AUX_BIAS -> CUBLASLT_EPILOGUE_RELU_AUX_BIAS;
      case DRELU -> CUBLASLT_EPILOGUE_DRELU;
      case BGRADA -> CUBLASLT_EPILOGUE_BGRADA;
    };
  }

  private static int transpose(boolean transposed) {
    return transposed ? CUBLAS_OP_T : CUBLAS_OP_N;
  }

  /** Describes a stored matrix, column-major, which is the default order. */
  private cublasLtMatrixLayoutOpaque_t layout(int rows, int columns, Product.Operand stored) {
    try (PointerPointer<cublasLtMatrixLayoutOpaque_t> made = new PointerPointer<>(1L)) {
      CublasLtProducts.check(
          cublasLtMatrixLayoutCreate(made, CUDA_R_32F, rows, columns, stored.ld()),
          "cublasLtMatrixLayoutCreate");
      cublasLtMatrixLayoutOpaque_t layout = made.get(cublasLtMatrixLayoutOpaque_t.class);
      CLEANER.register(this, () -> cublasLtMatrixLayoutDestroy(layout));
      return layout;
    }
  }

  private static void batch(cublasLtMatrixLayoutOpaque_t layout, int count, long stride) {
    set(layout, CUBLASLT_MATRIX_LAYOUT_BATCH_COUNT, count);
    set(layout, CUBLASLT_MATRIX_LAYOUT_STRIDED_BATCH_OFFSET, stride);
  }

  private static void set(cublasLtMatrixLayoutOpaque_t layout, int attribute, Number value) {
    CublasLtProducts.set(
        (memory, bytes) -> cublasLtMatrixLayoutSetAttribute(layout, attribute, memory, bytes),
        "cublasLtMatrixLayoutSetAttribute",
        value);
  }

  private static void set(cublasLtMatmulDescOpaque_t operation, int attribute, Number value) {
    CublasLtProducts.set(
        (memory, bytes) -> cublasLtMatmulDescSetAttribute(operation, attribute, memory, bytes),
        "cublasLtMatmulDescSetAttribute",
        value);
  }
}
