package dev.sinter.cuda.product;

import dev.sinter.backend.Precision;
import dev.sinter.cuda.driver.Product;
import dev.sinter.cuda.driver.Product.Epilogue;
import dev.sinter.cuda.driver.Product.Operand;
import dev.sinter.cuda.kernel.DeviceMemory;
import dev.sinter.cuda.kernel.DeviceValue;
import dev.sinter.program.ActivationFunction;
import java.util.function.UnaryOperator;

/**
 * C = epilogue(A' B') for every replica, row-major, independent of the method of computing it.
 *
 * @param transposeA whether A is stored [k, m]
 * @param transposeB whether B is stored [n, k]
 * @param c [m, n]
 * @param bias added to each row before the activation; NONE if there is none
 * @param forward the activation applied to C; linear for none
 * @param derivative the activation by whose derivative C is multiplied; linear for none
 * @param output a [m, n] of that activation; NONE if there is none
 * @param columnSums receives the sums of the columns of B; NONE if not wanted
 * @param precision float32, tf32 or bf16
 */
public record MatrixProduct(
    int replicas,
    boolean transposeA,
    boolean transposeB,
    DeviceValue a,
    DeviceValue b,
    DeviceValue c,
    DeviceValue bias,
    ActivationFunction forward,
    ActivationFunction derivative,
    DeviceValue output,
    DeviceValue columnSums,
    Precision precision) {
  private static final ActivationFunction LINEAR = ActivationFunction.LINEAR;

  /** Returns the rows of C. */
  public int m() {
    return c.rows();
  }

  /** Returns the columns of C. */
  public int n() {
    return c.columns();
  }

  /** Returns the number of terms of each sum. */
  public int k() {
    return transposeA ? a.rows() : a.columns();
  }

  /** Returns the floating-point operations of all replicas. */
  public double operations() {
    return 2.0 * m() * n() * k() * replicas;
  }

  /** Returns everything that affects the speed of a method, without addresses. */
  public String key() {
    return "%s %s%s %sx%sx%s r%s"
            .formatted(
                precision, transposeA ? "T" : "N", transposeB ? "T" : "N", m(), n(), k(), replicas)
        + (bias == DeviceValue.NONE ? "" : " bias")
        + (forward == LINEAR ? "" : " " + forward)
        + (derivative == LINEAR ? "" : " " + derivative + "'")
        + (columnSums == DeviceValue.NONE ? "" : " sums");
  }

  /** Returns the same product with matrices at other places. */
  public MatrixProduct moved(UnaryOperator<DeviceValue> place) {
    return new MatrixProduct(
        replicas,
        transposeA,
        transposeB,
        place.apply(a),
        place.apply(b),
        place.apply(c),
        place.apply(bias),
        forward,
        derivative,
        place.apply(output),
        place.apply(columnSums),
        precision);
  }

  /**
   * Returns the product for cuBLASLt, which is column-major: C' = B'' A'' with m and n exchanged; a
   * row of bias becomes a column.
   */
  public Product columnMajor(Epilogue epilogue, Mask mask) {
    DeviceValue vector = epilogue == Epilogue.BGRADA ? columnSums : bias;
    return new Product(
        transposeB,
        transposeA,
        n(),
        m(),
        k(),
        operand(b),
        operand(a),
        operand(c),
        replicas,
        epilogue,
        vector.address(),
        vector.stride(),
        mask == null ? 0 : mask.address(),
        mask == null ? 0 : mask.ld(),
        mask == null ? 0 : mask.stride(),
        precision);
  }

  private static Operand operand(DeviceValue place) {
    return new Operand(place.address(), place.columns(), place.stride());
  }

  /** Allocates a mask for the C of this product; its bits are 0. */
  public Mask mask(DeviceMemory memory) {
    long ld = (n() + 127L) / 128 * 128;
    return new Mask(memory.zeros(ld / 32 * m() * replicas), ld, ld * m());
  }

  /**
   * The mask of a ReLU, one bit per element of a row-major [m, n] output.
   *
   * @param address of the mask
   * @param ld bits from one row to the next, a multiple of 128
   * @param stride bits from one replica to the next
   */
  public record Mask(long address, long ld, long stride) {}
}
