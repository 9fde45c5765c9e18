package dev.sinter.nd4j;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.CustomOp;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.Op;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.api.ops.executioner.OpExecutioner;
import org.nd4j.linalg.factory.Nd4j;

/**
 * An ND4J operation with its arguments, prepared once and executed many times.
 *
 * <p>A custom operation keeps its native context, including the buffers of its operands, so
 * executing it is one native call. {@code Nd4j.gemm} and {@code INDArray.mmuli} would create the
 * operation and the context each time, with a native allocation for each.
 */
@FunctionalInterface
interface NativeCall {
  /** Executes the operation: overwrites its output. */
  void execute();

  /** Prepares a custom operation of ND4J. */
  static NativeCall custom(String name, INDArray output, INDArray... inputs) {
    OpExecutioner executioner = Nd4j.getExecutioner();
    CustomOp op = DynamicCustomOp.builder(name).build();
    OpContext context = executioner.buildContext();
    for (int i = 0; i < inputs.length; i++) {
      context.setInputArray(i, inputs[i]);
    }
    context.setOutputArray(0, output);
    return () -> executioner.exec(op, context);
  }

  /** Prepares a legacy operation of ND4J, which holds its arrays itself. */
  static NativeCall legacy(Op op) {
    OpExecutioner executioner = Nd4j.getExecutioner();
    return () -> executioner.exec(op);
  }

  /**
   * Prepares output = x y.
   *
   * <p>The BLAS writes only order 'f' results in place; callers transpose row-major matrices, which
   * is free.
   *
   * @param output [M, N], order 'f'
   * @param x [M, K], any order
   * @param y [K, N], any order
   */
  static NativeCall product(INDArray output, INDArray x, INDArray y) {
    return custom("matmul", output, x, y);
  }
}
