package dev.sinter.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_eltwise_linear;

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

  /**
   * Added and subtracted again, it rounds to multiples of 2^-125, those below 0 of 2^-126:
   * subnormal numbers become 0 or the smallest that is none. Arithmetic with them is a hundred
   * times slower.
   */
  static final float SUBNORMAL = 0x1p-102f;

  /**
   * The same for multiples of 2^-103: what decays by a factor a step gets stuck at a few of them,
   * and a thousandth of that is no subnormal number yet.
   */
  static final float DECAYED = 0x1p-80f;

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

  /** Rounds away what is too small: {@link #SUBNORMAL} or {@link #DECAYED}. */
  PostOps flush(float size) {
    return eltwise(dnnl_eltwise_linear, 1, size).eltwise(dnnl_eltwise_linear, 1, -size);
  }

  /** Returns the operations in order. */
  List<PostOp> ops() {
    return ops;
  }
}
