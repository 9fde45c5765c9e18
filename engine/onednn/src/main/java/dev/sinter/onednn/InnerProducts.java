package dev.sinter.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.sinter.onednn.Primitives.Argument;
import dev.sinter.onednn.Primitives.PrimitiveStep;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/** The products of a dense layer: one primitive each. */
final class InnerProducts {
  private final Primitives primitives;

  InnerProducts(Primitives primitives) {
    this.primitives = primitives;
  }

  /**
   * output = x W + b, followed by the post operations: a matmul. The inner product of oneDNN
   * computes the same, but with AVX2 and two threads a tenth to a quarter slower.
   *
   * @param x [B, I]
   * @param weights [I, U]
   * @param bias [1, U], or null
   * @param output [B, U]
   */
  PrimitiveStep forward(Matrix x, Matrix weights, Matrix bias, Matrix output, PostOps postOps) {
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    Primitives.check(
        dnnl_matmul_primitive_desc_create(
            description,
            primitives.engine(),
            layout(x),
            layout(weights),
            bias == null ? null : layout(bias),
            layout(output),
            primitives.attributes(postOps)),
        "dnnl_matmul_primitive_desc_create");
    List<Argument> arguments = new ArrayList<>();
    arguments.add(argument(DNNL_ARG_SRC, layout(x), x));
    arguments.add(argument(DNNL_ARG_WEIGHTS, layout(weights), weights));
    if (bias != null) {
      arguments.add(argument(DNNL_ARG_BIAS, layout(bias), bias));
    }
    arguments.add(argument(DNNL_ARG_DST, layout(output), output));
    return primitives.step(primitives.own(description), arguments);
  }

  /**
   * dW = x' dz and db = the column sums of dz.
   *
   * @param x [B, I]
   * @param dz [B, U], of the type of x
   * @param dWeights [I, U]
   * @param dBias [1, U], or null
   */
  PrimitiveStep gradWeights(Matrix x, Matrix dz, Matrix dWeights, Matrix dBias) {
    dnnl_memory_desc bias = dBias == null ? null : vector(dBias);
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    Primitives.check(
        dnnl_inner_product_backward_weights_primitive_desc_create(
            description,
            primitives.engine(),
            layout(x),
            kernel(dnnl_f32, dWeights),
            bias,
            layout(dz),
            hint(layout(x), kernel(x.type(), dWeights), bias, layout(dz)),
            primitives.attributes()),
        "dnnl_inner_product_backward_weights_primitive_desc_create");
    List<Argument> arguments = new ArrayList<>();
    arguments.add(argument(DNNL_ARG_SRC, layout(x), x));
    arguments.add(argument(DNNL_ARG_DIFF_DST, layout(dz), dz));
    arguments.add(argument(DNNL_ARG_DIFF_WEIGHTS, kernel(dnnl_f32, dWeights), dWeights));
    if (dBias != null) {
      arguments.add(argument(DNNL_ARG_DIFF_BIAS, bias, dBias));
    }
    return primitives.step(primitives.own(description), arguments);
  }

  /**
   * dx = dz W'.
   *
   * @param dz [B, U]
   * @param weights [I, U], of the type of dz
   * @param dx [B, I]
   */
  PrimitiveStep gradInput(Matrix dz, Matrix weights, Matrix dx) {
    dnnl_memory_desc kernel = kernel(weights.type(), weights);
    dnnl_memory_desc hintDx = primitives.layout(dz.type(), dx.shape().rows(), dx.shape().columns());
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    Primitives.check(
        dnnl_inner_product_backward_data_primitive_desc_create(
            description,
            primitives.engine(),
            layout(dx),
            kernel,
            layout(dz),
            hint(hintDx, kernel, null, layout(dz)),
            primitives.attributes()),
        "dnnl_inner_product_backward_data_primitive_desc_create");
    return primitives.step(
        primitives.own(description),
        argument(DNNL_ARG_DIFF_DST, layout(dz), dz),
        argument(DNNL_ARG_WEIGHTS, kernel, weights),
        argument(DNNL_ARG_DIFF_SRC, layout(dx), dx));
  }

  /** Returns the forward product, which oneDNN requires as a hint for the backward ones. */
  private dnnl_primitive_desc hint(
      dnnl_memory_desc x, dnnl_memory_desc weights, dnnl_memory_desc bias, dnnl_memory_desc dz) {
    dnnl_primitive_desc hint = new dnnl_primitive_desc();
    Primitives.check(
        dnnl_inner_product_forward_primitive_desc_create(
            hint, primitives.engine(), dnnl_forward_training, x, weights, bias, dz, null),
        "dnnl_inner_product_forward_primitive_desc_create");
    return primitives.own(hint);
  }

  private Argument argument(int index, dnnl_memory_desc layout, Matrix matrix) {
    return new Argument(index, primitives.memory(layout, matrix.data()));
  }

  private dnnl_memory_desc layout(Matrix matrix) {
    return primitives.layout(matrix.type(), matrix.shape().rows(), matrix.shape().columns());
  }

  private dnnl_memory_desc vector(Matrix matrix) {
    return primitives.layout(matrix.type(), matrix.shape().columns());
  }

  /** An inner product expects weights [U, I]; Sinter stores [I, U], described as transposed. */
  private dnnl_memory_desc kernel(int type, Matrix matrix) {
    return primitives.transposed(type, matrix.shape().rows(), matrix.shape().columns());
  }
}
