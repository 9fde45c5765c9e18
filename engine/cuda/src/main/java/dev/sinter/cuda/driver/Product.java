package dev.sinter.cuda.driver;

import dev.sinter.backend.Precision;

/**
 * D = epilogue(op(A) op(B)) in cuBLASLt's own terms: column-major, float32 in memory, one or more
 * matrices at a stride.
 *
 * <p>op(A) is [m, k], op(B) [k, n], D [m, n]; element [r, c] of a stored matrix is at r + c * ld. A
 * row-major caller computes the transposed product.
 *
 * @param transposeA whether A is stored [k, m]
 * @param transposeB whether B is stored [n, k]
 * @param m rows of D
 * @param n columns of D
 * @param k length of the sums
 * @param a the first matrix
 * @param b the second matrix
 * @param d the result, overwritten
 * @param batch how many products, at least 1
 * @param epilogue what follows in the same pass
 * @param bias [m] floats, read or written as the epilogue says, 16-byte aligned; 0 without
 * @param biasStride floats from one product's bias to the next
 * @param aux ReLU's mask, one bit an element of D, written by RELU_AUX_BIAS and read by DRELU; 0
 *     without
 * @param auxLd bits from one column of the mask to the next, a multiple of 128
 * @param auxStride bits from one product's mask to the next
 * @param precision float32, tf32 or bf16: how operands are rounded before they are multiplied; sums
 *     are float32
 */
public record Product(
    boolean transposeA,
    boolean transposeB,
    int m,
    int n,
    int k,
    Operand a,
    Operand b,
    Operand d,
    int batch,
    Epilogue epilogue,
    long bias,
    long biasStride,
    long aux,
    long auxLd,
    long auxStride,
    Precision precision) {
  /**
   * A matrix in device memory.
   *
   * @param address of the first element of the first matrix
   * @param ld floats from one column to the next
   * @param stride floats from one matrix to the next
   */
  public record Operand(long address, long ld, long stride) {}

  /** What follows a product, named as in cuBLASLt. */
  public enum Epilogue {
    /** D = product. */
    DEFAULT,
    /** D = product + bias of the row. */
    BIAS,
    /** D = max(product + bias, 0). */
    RELU_BIAS,
    /** The same, and a bit of the mask is set where the result is above 0. */
    RELU_AUX_BIAS,
    /** D = product where the bit of the mask is set, else 0. */
    DRELU,
    /** D = product; bias = the sum over k of each row of op(A). */
    BGRADA
  }
}
