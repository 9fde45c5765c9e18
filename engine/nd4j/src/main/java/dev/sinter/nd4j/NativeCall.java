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
 * <p>A custom operation keeps its native context with the operands' buffers set, so executing it is
 * one native call; {@code Nd4j.gemm} and {@code INDArray.mmuli} would build operation and context
 * anew, each a native allocation.
 */
@FunctionalInterface
interface NativeCall {
  /** Executes the operation: overwrites its output. */
  void execute();

  /** Prepares one of ND4J's custom operations. */
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

  /** Prepares one of ND4J's legacy operations, which carry their arrays themselves. */
  static NativeCall legacy(Op op) {
    OpExecutioner executioner = Nd4j.getExecutioner();
    return () -> executioner.exec(op);
  }

  /**
   * Prepares output = x y.
   *
   * <p>Order 'f' results alone are written in place by the BLAS; callers transpose row-major
   * matrices, which costs nothing.
   *
   * @param output [M, N], order 'f'
   * @param x [M, K], any order
   * @param y [K, N], any order
   */
  static NativeCall product(INDArray output, INDArray x, INDArray y) {
    return custom("matmul", output, x, y);
  }
}
