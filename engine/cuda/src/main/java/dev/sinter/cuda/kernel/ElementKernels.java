package dev.sinter.cuda.kernel;

import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.Launch;
import dev.sinter.cuda.driver.Struct;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.State;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;

/** Element-wise kernels, whose expressions are generated: see elementwise.cu and optimizer.cu. */
public final class ElementKernels {
  private static final int BLOCK = 256;

  /** The most blocks per replica; with more elements, each thread processes several. */
  private static final int MOST_BLOCKS = 2048;

  private ElementKernels() {}

  /** c = f(c), in place. */
  public static Node activation(
      Kernels kernels, ActivationFunction f, DeviceValue c, int replicas) {
    return node(kernels, f.forward(), List.of(c), c, replicas);
  }

  /** c = c * f'(a), in place. */
  public static Node derivative(
      Kernels kernels, ActivationFunction f, DeviceValue a, DeviceValue c, int replicas) {
    Expression derivative = f.derivative().substitute(Expression.input(1));
    return node(kernels, Expression.input(0).times(derivative), List.of(c, a), c, replicas);
  }

  /** output = expression(operands). */
  public static Node elementwise(Kernels kernels, Op.Elementwise op, AddressMap places) {
    List<DeviceValue> operands = op.operands().stream().map(places::of).toList();
    DeviceValue output = places.of(op.output());
    return node(kernels, op.expression(), operands, output, places.program().replicas());
  }

  private static Node node(
      Kernels kernels,
      Expression expression,
      List<DeviceValue> operands,
      DeviceValue output,
      int replicas) {
    StringBuilder body = new StringBuilder();
    Struct arguments = new Struct().nested(output).integer(output.shape().size());
    for (int i = 0; i < operands.size(); i++) {
      DeviceValue operand = operands.get(i);
      boolean same = operand.shape().equals(output.shape());
      String element = same ? "(replica, i)" : "(replica, row, column)";
      body.append("  const float x%s = operands[%s].at%s;\n".formatted(i, i, element));
      arguments.nested(operand(operand));
    }
    body.append("  return ")
        .append(new CudaExpression(index -> "x" + index).write(expression))
        .append(';');
    GeneratedCode generated =
        new GeneratedCode()
            .constant("OPERANDS", operands.size())
            .function(
                "float element(const Operand *operands, int replica, int i, int row, int column)",
                body.toString());
    Launch launch =
        kernels
            .launch(KernelSource.of("elementwise.cu", "elementwise", generated))
            .grid(blocks(output.shape().size()), 1, replicas)
            .threads(BLOCK)
            .with(arguments);
    return step -> kernels.device().launch(launch);
  }

  /** {@code struct Operand}; an operand with one row or column repeats it. */
  private static Struct.Fields operand(DeviceValue value) {
    int rowStep = value.rows() == 1 ? 0 : value.columns();
    return struct -> struct.nested(value).integer(rowStep).integer(value.columns() == 1 ? 0 : 1);
  }

  /**
   * Returns the number of blocks for the given number of elements: one element per thread, or
   * several.
   */
  public static int blocks(long elements) {
    return (int) Math.max(1, Math.min(MOST_BLOCKS, (elements + BLOCK - 1) / BLOCK));
  }

  /**
   * The optimizer: one pass over the flat state, four elements per thread. With several replicas,
   * one launch per parameter, because each replica has its own learning rate.
   */
  public static Node update(Kernels kernels, UpdateRule rule, AddressMap places, long position) {
    State layout = places.program().state();
    int replicas = layout.replicas();
    int region = layout.regionSize();
    KernelSource source = KernelSource.of("update.cu", "update", optimizer(rule));
    Launch launch = kernels.launch(source).threads(BLOCK);
    Device device = kernels.device();
    if (replicas == 1) {
      return step ->
          device.launch(
              launch
                  .grid(blocks((region + 3) / 4), 1, 1)
                  .with(updateArguments(position, step, region, places.state(), 0, region)));
    }
    List<Node> nodes = new ArrayList<>();
    for (Value parameter : layout.parameters()) {
      int stride = parameter.shape().replicaStride();
      long address = places.of(parameter).address();
      nodes.add(
          step ->
              device.launch(
                  launch
                      .grid(blocks((stride + 3) / 4), 1, replicas)
                      .with(updateArguments(position, step, region, address, stride, stride))));
    }
    return step -> nodes.forEach(node -> node.enqueue(step));
  }

  /** {@code struct UpdateArguments}. */
  private static Struct updateArguments(
      long position, int step, int region, long state, int stride, int length) {
    return new Struct()
        .pointer(position)
        .integer(step)
        .integer(region)
        .pointer(state)
        .integer(stride)
        .integer(length);
  }

  /** Returns the generated part of optimizer.cu; a program without a rule updates nothing. */
  public static GeneratedCode optimizer(UpdateRule rule) {
    if (rule == null) {
      return new GeneratedCode()
          .constant("SCALARS", 0)
          .constant("REGIONS", 0)
          .constant("GRADIENT", UpdateRule.GRADIENT)
          .function("void updateElement(float *values, const float *scalars)", "");
    }
    return new GeneratedCode()
        .constant("SCALARS", rule.scalars().size())
        .constant("REGIONS", UpdateRule.FIRST_SLOT + rule.slots().size())
        .constant("GRADIENT", UpdateRule.GRADIENT)
        .function(
            "void updateElement(float *values, const float *scalars)",
            new CudaExpression(index -> "values[" + index + "]").write(rule));
  }
}
