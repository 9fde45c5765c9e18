package dev.sinter.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;

/** What a primitive does to each element before it stores it, in order. */
final class PostOps {
  /**
   * One of them.
   *
   * @param operand of a function of two numbers, or null
   * @param call its name, for messages
   * @param append appends it to oneDNN's list and returns the status
   */
  record PostOp(Operand operand, String call, ToIntFunction<dnnl_post_ops> append) {}

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

  private PostOps add(Operand operand, String call, ToIntFunction<dnnl_post_ops> append) {
    ops.add(new PostOp(operand, "dnnl_post_ops_append_" + call, append));
    return this;
  }

  /** Appends an element-wise function f(x), with oneDNN's alpha and beta. */
  PostOps eltwise(int algorithm, float alpha, float beta) {
    return add(null, "eltwise", list -> dnnl_post_ops_append_eltwise(list, algorithm, alpha, beta));
  }

  /** Appends x op operand. */
  PostOps binary(int algorithm, Operand y) {
    return add(y, "binary", list -> dnnl_post_ops_append_binary(list, algorithm, y.layout()));
  }

  /** Appends x + scale * destination, which is what stood there before. */
  PostOps sum(float scale) {
    return add(null, "sum", list -> dnnl_post_ops_append_sum(list, scale, 0, dnnl_data_type_undef));
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
