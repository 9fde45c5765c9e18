package dev.sinter.cuda;

import dev.sinter.cuda.driver.Product;
import dev.sinter.cuda.driver.Product.Epilogue;
import dev.sinter.cuda.driver.Product.Operand;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op;

/**
 * C = epilogue(A' B') for every replica, row-major, however it will be computed.
 *
 * @param transposeA whether A is stored [k, m]
 * @param transposeB whether B is stored [n, k]
 * @param m rows of C
 * @param n columns of C
 * @param k length of the sums
 * @param bias added to each row before the activation; NONE without
 * @param forward the activation applied to C; linear for none
 * @param derivative the activation whose derivative C is multiplied with; linear for none
 * @param output a [m, n] of that activation; NONE without
 * @param columnSums where the sums of B's columns go; NONE for nowhere
 * @param precision float32, tf32 or bf16
 */
record MatrixProduct(
    boolean transposeA,
    boolean transposeB,
    int m,
    int n,
    int k,
    Place a,
    Place b,
    Place c,
    Place bias,
    ActivationFunction forward,
    ActivationFunction derivative,
    Place output,
    Place columnSums,
    String precision) {
  private static final ActivationFunction LINEAR = ActivationFunction.LINEAR;

  /** a = f(x W + b). */
  static MatrixProduct of(Op.Dense op, Places places, String precision) {
    Place x = places.of(op.x());
    Place a = places.of(op.output());
    return new MatrixProduct(
        false,
        false,
        a.rows(),
        a.columns(),
        x.columns(),
        x,
        places.of(op.weights()),
        a,
        places.of(op.bias()),
        op.activation(),
        LINEAR,
        Place.NONE,
        Place.NONE,
        precision);
  }

  /** dW = x' dz, db = the column sums of dz. */
  static MatrixProduct of(Op.DenseGradWeights op, Places places, String precision) {
    Place x = places.of(op.x());
    Place dz = places.of(op.dz());
    return new MatrixProduct(
        true,
        false,
        x.columns(),
        dz.columns(),
        x.rows(),
        x,
        dz,
        places.of(op.dWeights()),
        Place.NONE,
        LINEAR,
        LINEAR,
        Place.NONE,
        places.of(op.dBias()),
        precision);
  }

  /** dx = (dz W') * f'(a). */
  static MatrixProduct of(Op.DenseGradInput op, Places places, String precision) {
    Place dz = places.of(op.dz());
    Place dx = places.of(op.dx());
    return new MatrixProduct(
        false,
        true,
        dx.rows(),
        dx.columns(),
        dz.columns(),
        dz,
        places.of(op.weights()),
        dx,
        Place.NONE,
        LINEAR,
        op.a() == null ? LINEAR : op.activation(),
        places.of(op.a()),
        Place.NONE,
        precision);
  }

  /** Returns what decides how fast a way to compute it is: no addresses. */
  String key(int replicas) {
    return precision
        + " "
        + (transposeA ? "T" : "N")
        + (transposeB ? "T" : "N")
        + " "
        + m
        + "x"
        + n
        + "x"
        + k
        + " r"
        + replicas
        + (bias == Place.NONE ? "" : " bias")
        + (forward == LINEAR ? "" : " " + forward)
        + (derivative == LINEAR ? "" : " " + derivative + "'")
        + (columnSums == Place.NONE ? "" : " sums");
  }

  /** Returns the product with its bias, but with another activation after it and no derivative. */
  MatrixProduct with(ActivationFunction activation) {
    return new MatrixProduct(
        transposeA,
        transposeB,
        m,
        n,
        k,
        a,
        b,
        c,
        bias,
        activation,
        LINEAR,
        Place.NONE,
        columnSums,
        precision);
  }

  /** Returns the body of the epilogue in gemm.cu: from {@code value} to the element of C. */
  String epilogueText() {
    StringBuilder text = new StringBuilder();
    if (bias != Place.NONE) {
      text.append("value += g.bias[(long long)replica * g.biasStride + column]; ");
    }
    if (forward != LINEAR) {
      text.append("value = ").append(CudaExpression.of(forward.forward(), "value")).append("; ");
    }
    if (derivative != LINEAR) {
      text.append(
              "const float a = g.output[(long long)replica * g.outputStride +"
                  + " (long long)row * g.n + column]; value *= ")
          .append(CudaExpression.of(derivative.derivative(), "a"))
          .append("; ");
    }
    return text.append("return value;").toString();
  }

  /**
   * Returns the product as cuBLASLt sees it: it counts column by column, so C' = B'' A'' with m and
   * n exchanged, and a row of bias becomes a column of it.
   */
  Product columnMajor(int replicas, Epilogue epilogue, Mask mask) {
    Place vector = epilogue == Epilogue.BGRADA ? columnSums : bias;
    return new Product(
        transposeB,
        transposeA,
        n,
        m,
        k,
        operand(b),
        operand(a),
        operand(c),
        replicas,
        epilogue,
        vector.address(),
        vector == Place.NONE ? 0 : vector.stride(),
        mask == null ? 0 : mask.address(),
        mask == null ? 0 : mask.ld(),
        mask == null ? 0 : mask.stride(),
        precision);
  }

  private static Operand operand(Place place) {
    return new Operand(place.address(), place.columns(), place.stride());
  }

  /**
   * ReLU's mask, one bit an element, of a row-major [rows, columns] output.
   *
   * @param address where it lives
   * @param ld bits from one row to the next, a multiple of 128
   * @param stride bits from one replica to the next
   */
  record Mask(long address, long ld, long stride) {
    static long ld(int columns) {
      return (columns + 127L) / 128 * 128;
    }

    static long bytes(int rows, int columns, int replicas) {
      return ld(columns) / 8 * rows * replicas;
    }
  }
}
