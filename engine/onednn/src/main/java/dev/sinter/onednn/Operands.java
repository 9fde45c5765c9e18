package dev.sinter.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.sinter.backend.host.Step;
import dev.sinter.onednn.Primitives.Argument;
import dev.sinter.program.Op;
import dev.sinter.program.Shape;
import dev.sinter.program.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.javacpp.Pointer;

/**
 * The operands of the products of one program: the floats themselves, or copies rounded to bf16.
 *
 * <p>The copies are explicit because the math mode bf16 of oneDNN changes nothing on a CPU without
 * AMX. A value is rounded before the first product that needs it, and its copy serves the later
 * ones.
 */
final class Operands {
  private final Primitives primitives;
  private final NativeOwner owner;
  private final Function<Value, View> views;
  private final Rounding rounding;
  private final Map<Value, Pointer> rounded = new HashMap<>();

  Operands(
      Primitives primitives, NativeOwner owner, Function<Value, View> views, Rounding rounding) {
    this.primitives = primitives;
    this.owner = owner;
    this.views = views;
    this.rounding = rounding;
  }

  /** Returns the type of the operands of a convolution: f32 or bf16. */
  int type(Op convolution) {
    return type(convolution, Integer.MAX_VALUE);
  }

  /** Returns the type of the operands of a product of two matrices: f32 or bf16. */
  int type(Op product, Value x, Value y) {
    return type(product, Math.min(shortest(x.shape()), shortest(y.shape())));
  }

  private int type(Op product, int side) {
    return rounding.rounds(product.multiplications(), side) ? dnnl_bf16 : dnnl_f32;
  }

  private static int shortest(Shape shape) {
    return Math.min(shape.rows(), shape.columns());
  }

  /** Forgets the copies of what an operation overwrites. */
  void before(Op op) {
    if (op instanceof Op.Update) {
      rounded.clear();
    }
    op.outputs().forEach(rounded::remove);
  }

  /**
   * Returns a value as an operand of the given type; adds the step that rounds it, if there is
   * none.
   *
   * @param layout of the operand, in which the value has no gaps
   */
  Argument argument(int index, Value value, int type, dnnl_memory_desc layout, List<Step> steps) {
    return new Argument(index, primitives.memory(layout, matrix(value, type, steps).data()));
  }

  /** Returns a value as an operand of the given type, in the same way. */
  Matrix matrix(Value value, int type, List<Step> steps) {
    Pointer data =
        type == dnnl_f32
            ? views.apply(value).pointer()
            : rounded.computeIfAbsent(value, v -> round(v, steps));
    return new Matrix(data, type, value.shape());
  }

  private Pointer round(Value value, List<Step> steps) {
    int size = value.shape().size();
    Pointer copy = new Arena(owner, (size + 1) / 2).pointer();
    dnnl_memory_desc from = primitives.layout(dnnl_f32, size);
    dnnl_memory_desc to = primitives.layout(dnnl_bf16, size);
    dnnl_memory source = primitives.memory(from, views.apply(value).pointer());
    steps.add(primitives.reorder(from, source, to, primitives.memory(to, copy)));
    return copy;
  }
}
