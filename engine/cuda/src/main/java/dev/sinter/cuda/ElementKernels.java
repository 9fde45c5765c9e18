package dev.sinter.cuda;

import dev.sinter.cuda.Kernels.Kernel;
import dev.sinter.cuda.Kernels.KernelSource;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.State;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;

/** Element-wise kernels generated from expressions. */
final class ElementKernels {
  private static final int BLOCK = 256;

  /** The most blocks per replica; with more elements, each thread processes several. */
  private static final int MOST_BLOCKS = 2048;

  private ElementKernels() {}

  /** c = f(c), in place. */
  static Node activation(Kernels kernels, ActivationFunction f, DeviceValue c, int replicas) {
    return node(kernels, f.forward(), List.of(c), c, replicas);
  }

  /** c = c * f'(a), in place. */
  static Node derivative(
      Kernels kernels, ActivationFunction f, DeviceValue a, DeviceValue c, int replicas) {
    Expression derivative = f.derivative().substitute(Expression.input(1));
    return node(kernels, Expression.input(0).times(derivative), List.of(c, a), c, replicas);
  }

  /** output = expression(operands). */
  static Node elementwise(Kernels kernels, Op.Elementwise op, AddressMap places) {
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
    StringBuilder parameters = new StringBuilder();
    StringBuilder loads = new StringBuilder();
    List<Object> arguments = new ArrayList<>();
    int size = output.shape().size();
    for (int i = 0; i < operands.size(); i++) {
      DeviceValue operand = operands.get(i);
      boolean same = operand.shape().equals(output.shape());
      parameters.append(
          ", const float *p%s, int stride%s, int row%s, int column%s".formatted(i, i, i, i));
      loads.append(
          same
              ? "    const float x%s = p%s[replica * stride%s + i];\n".formatted(i, i, i)
              : "    const float x%s = p%s[replica * stride%s + i / columns * row%s + i %% columns * column%s];\n"
                  .formatted(i, i, i, i, i));
      int row = operand.rows() == 1 ? 0 : operand.columns();
      arguments.addAll(List.of(operand, row, operand.columns() == 1 ? 0 : 1));
    }
    String generated =
        """
        extern "C" __global__ void __launch_bounds__(256) elementwise(
            float *output, int stride, int size, int columns%s) {
          const long long replica = blockIdx.z;
          for (int i = blockIdx.x * blockDim.x + threadIdx.x; i < size; i += gridDim.x * blockDim.x) {
            const int column = i %% columns;
            (void)column;
        %s    output[replica * stride + i] = %s;
          }
        }
        """
            .formatted(
                parameters, loads, new CudaExpression(index -> "x" + index).write(expression));
    KernelSource source = KernelSource.of("elementwise", generated);
    Kernel kernel = kernels.kernel(source, blocks(size), replicas, BLOCK);
    return step -> kernel.launch(output, size, output.columns(), arguments);
  }

  /**
   * Returns the number of blocks for the given number of elements: one element per thread, or
   * several.
   */
  static int blocks(long elements) {
    return (int) Math.max(1, Math.min(MOST_BLOCKS, (elements + BLOCK - 1) / BLOCK));
  }

  /**
   * The optimizer: one pass over the flat state, four elements per thread. With several replicas,
   * one launch per parameter, because each replica has its own learning rate.
   */
  static Node update(Kernels kernels, UpdateRule rule, AddressMap places, long position) {
    State layout = places.program().state();
    int region = layout.regionSize();
    if (layout.replicas() == 1) {
      Kernel kernel = update(kernels, rule, 1, region);
      return step -> kernel.launch(position, step, places.state(), region, 0, region);
    }
    List<Node> nodes = new ArrayList<>();
    for (Value parameter : layout.parameters()) {
      int stride = parameter.shape().replicaStride();
      long address = places.of(parameter).address();
      Kernel kernel = update(kernels, rule, layout.replicas(), stride);
      nodes.add(step -> kernel.launch(position, step, address, region, stride, stride));
    }
    return step -> nodes.forEach(node -> node.enqueue(step));
  }

  private static Kernel update(Kernels kernels, UpdateRule rule, int replicas, int length) {
    String generated =
        updateFunction(rule)
            + """
            extern "C" __global__ void __launch_bounds__(256) update(
                const Position *position, int step, float *state, int region, int stride, int length) {
              updateState(position, (position->step + step) * (int)gridDim.z + (int)blockIdx.z,
                          state + (long long)blockIdx.z * stride, region, length,
                          blockIdx.x * blockDim.x + threadIdx.x, gridDim.x * blockDim.x);
            }
            """;
    KernelSource source = KernelSource.of("update", generated);
    return kernels.kernel(source, blocks((length + 3) / 4), replicas, BLOCK);
  }

  /**
   * Returns the source of a function that applies the optimizer to a stretch of the state with the
   * given threads.
   */
  static String updateFunction(UpdateRule rule) {
    int inputs = UpdateRule.FIRST_SLOT + rule.slots().size();
    StringBuilder scalars = new StringBuilder();
    for (int i = 0; i < rule.scalars().size(); i++) {
      scalars.append(
          "  const float s%s = position->scalars[(long long)set * %s + %s];\n"
              .formatted(i, rule.scalars().size(), i));
    }
    StringBuilder loads = new StringBuilder();
    StringBuilder stores = new StringBuilder();
    StringBuilder parts = new StringBuilder();
    for (int i = 0; i < inputs; i++) {
      loads.append("    float4 v%s = *(float4 *)(p + %sLL * region);\n".formatted(i, i));
      if (i != UpdateRule.GRADIENT) {
        stores.append("    *(float4 *)(p + %sLL * region) = v%s;\n".formatted(i, i));
      }
    }
    for (char part : "xyzw".toCharArray()) {
      parts.append(new CudaExpression(index -> "v" + index + "." + part).write(rule));
    }
    return """
        // set: the index of the scalars; parameter, gradient and slots are one region apart.
        static __device__ __forceinline__ void updateState(
            const Position *position, int set, float *state, int region, int length, int thread, int threads) {
          (void)position;
          (void)set;
        %s  for (int i = 4 * thread; i < length; i += 4 * threads) {
            float *p = state + i;
        %s%s%s  }
        }
        """
        .formatted(scalars, loads, parts, stores);
  }
}
