package dev.sinter.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.sinter.program.ActivationFunction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToIntFunction;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;

/** The operations that a primitive applies, in order, to each element before storing it. */
final class PostOps {
  /**
   * One operation.
   *
   * @param operand the second operand of a binary function, or null
   * @param call the name of the native call, for messages
   * @param append appends it to oneDNN's list and returns the status
   */
  record PostOp(Operand operand, String call, ToIntFunction<dnnl_post_ops> append) {}

  /** Memory and its layout. */
  record Operand(dnnl_memory memory, dnnl_memory_desc layout, boolean isScalar) {}

  /**
   * Adding and subtracting this number rounds to multiples of 2^-125 (2^-126 for negative numbers):
   * subnormal numbers become 0 or the smallest normal number. Arithmetic on subnormal numbers is a
   * hundred times slower.
   */
  static final float SUBNORMAL = 0x1p-102f;

  /**
   * The same for multiples of 2^-103: a slot that decays by a factor per step gets stuck at a few
   * of these multiples, and a thousandth of that is still a normal number.
   */
  static final float DECAYED = 0x1p-80f;

  private final List<PostOp> ops = new ArrayList<>();

  /** Returns the operations of an activation. */
  static PostOps of(ActivationFunction function) {
    PostOps activation = new PostOps();
    switch (function) {
      case LINEAR -> {}
      case RELU -> activation.eltwise(dnnl_eltwise_relu, 0, 0);
      case TANH -> activation.eltwise(dnnl_eltwise_tanh, 0, 0);
      // A saturated activation yields many subnormal numbers; products with them are three times
      // slower.
      case SIGMOID -> activation.eltwise(dnnl_eltwise_logistic, 0, 0).flush(SUBNORMAL);
      default -> throw new IllegalStateException("no element-wise function " + function);
    }
    return activation;
  }

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

  /** Appends x + scale * destination, with the previous value of the destination. */
  PostOps sum(float scale) {
    return add(null, "sum", list -> dnnl_post_ops_append_sum(list, scale, 0, dnnl_data_type_undef));
  }

  /** Rounds small numbers to 0; size is {@link #SUBNORMAL} or {@link #DECAYED}. */
  PostOps flush(float size) {
    return eltwise(dnnl_eltwise_linear, 1, size).eltwise(dnnl_eltwise_linear, 1, -size);
  }

  /** Appends other operations. */
  PostOps then(PostOps others) {
    ops.addAll(others.ops);
    return this;
  }

  /** Returns the operations in order. */
  List<PostOp> ops() {
    return ops;
  }
}
