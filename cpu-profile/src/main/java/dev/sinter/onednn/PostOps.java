package dev.sinter.onednn;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;

/** What a primitive does to each element before it stores it, in order. */
final class PostOps {
  /** One of the three kinds; the sum adds what stood at the destination before. */
  sealed interface PostOp {}

  /** f(x), with oneDNN's alpha and beta. */
  record Eltwise(int algorithm, float alpha, float beta) implements PostOp {}

  /** x op operand. */
  record Binary(int algorithm, Operand operand) implements PostOp {}

  /** x + scale * destination. */
  record Sum(float scale) implements PostOp {}

  /** Memory and its layout. */
  record Operand(dnnl_memory memory, dnnl_memory_desc layout, boolean isScalar) {}

  private final List<PostOp> ops = new ArrayList<>();

  /** Appends an element-wise function. */
  PostOps eltwise(int algorithm, float alpha, float beta) {
    ops.add(new Eltwise(algorithm, alpha, beta));
    return this;
  }

  /** Appends a function of two numbers. */
  PostOps binary(int algorithm, Operand operand) {
    ops.add(new Binary(algorithm, operand));
    return this;
  }

  /** Appends the sum with the destination. */
  PostOps sum(float scale) {
    ops.add(new Sum(scale));
    return this;
  }

  /** Returns the operations in order. */
  List<PostOp> ops() {
    return ops;
  }
}
