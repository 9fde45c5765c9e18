package dev.sinter.cuda.driver;

import dev.sinter.backend.Precision;

/**
 * D = epilogue(op(A) op(B)) in the terms of cuBLASLt: column-major, float32 in memory, one or more
 * matrices at a stride.
 *
 * <p>op(A) is [m, k], op(B) [k, n], D [m, n]; element [r, c] of a stored matrix is at r + c * ld. A
 * row-major caller computes the transposed product.
 *
 * @param transposeA whether A is stored [k, m]
 * @param transposeB whether B is stored [n, k]
 * @param m rows of D
 * @param n columns of D
 * @param k number of terms of each sum
 * @param a the first matrix
 * @param b the second matrix
 * @param d the result, overwritten
 * @param batch the number of products, at least 1
 * @param epilogue the operation in the same pass
 * @param bias [m] floats, read or written depending on the epilogue, 16-byte aligned; 0 for none
 * @param biasStride floats between the biases of two products
 * @param aux the mask of ReLU, one bit per element of D, written by RELU_AUX_BIAS and read by
 *     DRELU; 0 for none
 * @param auxLd bits from one column of the mask to the next, a multiple of 128
 * @param auxStride bits between the masks of two products
 * @param precision float32, tf32 or bf16: the rounding of operands before multiplication; sums are
 *     float32
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

  /** The operation after a product, named as in cuBLASLt. */
  public enum Epilogue {
    /** D = product. */
    DEFAULT,
    /** D = product + bias of the row. */
    BIAS,
    /** D = max(product + bias, 0). */
    RELU_BIAS,
    /** The same, and the bit of the mask is set if the result is above 0. */
    RELU_AUX_BIAS,
    /** D = product if the bit of the mask is set, else 0. */
    DRELU,
    /** D = product; bias = the sum over k of each row of op(A). */
    BGRADA
  }
}
