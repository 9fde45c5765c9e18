package dev.sinter.cuda;

import dev.sinter.cuda.driver.Struct;
import dev.sinter.cuda.kernel.AddressMap;
import dev.sinter.cuda.kernel.CudaExpression;
import dev.sinter.cuda.kernel.GeneratedCode;
import dev.sinter.cuda.kernel.KernelSource;
import dev.sinter.cuda.kernel.Workspace;
import dev.sinter.program.Op;

/**
 * A narrow last layer with its loss and the gradient of its input, computed by one kernel row by
 * row: see kernels/dense_loss.cu.
 */
record DenseLossKernels(Op.DenseLoss op) {
  /** The most units of the layer; a thread holds their weights in registers. */
  static final int MOST_UNITS = 16;

  /** The most weights that a thread holds in registers. */
  private static final int MOST_WEIGHTS = 64;

  private static final int MOST_THREADS = 256;

  /** The most blocks; with a large batch, each takes several rows. */
  private static final int MOST_BLOCKS = 512;

  /** Returns whether the layer is narrow enough. */
  boolean fits() {
    int units = op.dense().output().shape().columns();
    int each = (op.dense().x().shape().columns() + threads() - 1) / threads();
    return units <= MOST_UNITS && each * units <= MOST_WEIGHTS;
  }

  /** Returns the threads per block: a power of two. */
  int threads() {
    int inputs = op.dense().x().shape().columns();
    int threads = 64;
    while (threads < inputs && threads < MOST_THREADS) {
      threads *= 2;
    }
    return threads;
  }

  /** Returns the number of blocks per replica. */
  int blocks() {
    return Math.min(op.dense().x().shape().rows(), MOST_BLOCKS);
  }

  /** Returns the kernel. */
  KernelSource source() {
    Op.CrossEntropy loss = op.loss();
    String derivative = CudaExpression.of(op.gradient().activation().derivative(), "a");
    return KernelSource.of(
        "dense_loss.cu",
        "denseLoss",
        new GeneratedCode()
            .constant("K", op.dense().x().shape().columns())
            .constant("N", op.dense().output().shape().columns())
            .constant("THREADS", threads())
            .constant("KIND", loss.kind())
            .constant("ACCURACY", GeneratedCode.accuracy(loss))
            .function("float derivative(float a)", "  return " + derivative + ";"));
  }

  /** Returns {@code struct DenseLossArguments}. */
  Struct arguments(AddressMap places, Workspace workspace) {
    Op.Dense dense = op.dense();
    Op.CrossEntropy loss = op.loss();
    return new Struct()
        .nested(places.of(dense.x()), places.of(dense.weights()), places.of(dense.bias()))
        .nested(places.of(loss.y()), places.of(loss.weight()), places.of(loss.count()))
        .nested(places.of(loss.z()), places.of(loss.dz()), places.of(op.gradient().dx()))
        .nested(places.of(loss.loss()), places.of(loss.correct()))
        .integer(loss.z().shape().rows())
        .nested(workspace);
  }
}
