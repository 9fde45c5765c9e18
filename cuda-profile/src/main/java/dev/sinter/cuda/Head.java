package dev.sinter.cuda;

import dev.sinter.cuda.Kernels.KernelSource;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Value;
import java.util.List;
import java.util.stream.Stream;

/**
 * A narrow last layer with its loss and the gradient of its input, which one kernel computes row by
 * row: see kernels/head.cu. It stands in the place of the layer.
 *
 * @param dense the layer, without an activation of its own
 * @param loss from the layer's output
 * @param gradient of the layer's input
 */
record Head(Op.Dense dense, Op.CrossEntropy loss, Op.DenseGradInput gradient) {
  /** Units of the layer at most: a thread holds its weights in registers. */
  static final int MOST_UNITS = 16;

  /** Weights that a thread holds in registers at most. */
  private static final int MOST_WEIGHTS = 64;

  private static final int MOST_THREADS = 256;

  /** Blocks at most: each takes several rows of a large batch. */
  private static final int MOST_BLOCKS = 512;

  /** Returns the head of a program; null where it has none, or none that is narrow enough. */
  static Head of(Places places) {
    List<Op> ops = places.program().ops();
    for (int i = 0; i + 1 < ops.size(); i++) {
      if (ops.get(i) instanceof Op.Dense dense
          && ops.get(i + 1) instanceof Op.CrossEntropy loss
          && loss.z().equals(dense.output())
          && loss.dz() != null) {
        for (Op op : ops) {
          if (op instanceof Op.DenseGradInput gradient
              && gradient.dz().equals(loss.dz())
              && new Head(dense, loss, gradient).fits(places)) {
            return new Head(dense, loss, gradient);
          }
        }
      }
    }
    return null;
  }

  private boolean fits(Places places) {
    int units = dense.output().shape().columns();
    int each = (dense.x().shape().columns() + threads() - 1) / threads();
    return dense.activation() == ActivationFunction.LINEAR
        && gradient.weights().equals(dense.weights())
        && (gradient.a() == null || gradient.a().equals(dense.x()))
        && units <= MOST_UNITS
        && each * units <= MOST_WEIGHTS
        && planned(places);
  }

  /**
   * Returns whether the memory plan allows it: all is written when the layer is, so nothing of it
   * may lie where something is read or written until then.
   */
  private boolean planned(Places places) {
    List<Op> ops = places.program().ops();
    List<Op> meanwhile = ops.subList(ops.indexOf(dense), ops.indexOf(gradient) + 1);
    List<Value> written =
        Stream.of(dense, loss, gradient).flatMap(op -> op.outputs().stream()).toList();
    return meanwhile.stream()
        .flatMap(op -> Stream.concat(op.inputs().stream(), op.outputs().stream()))
        .allMatch(
            value ->
                places.apart(value, written.stream().filter(each -> !each.equals(value)).toList()));
  }

  /** Returns threads a block: a power of two. */
  int threads() {
    int inputs = dense.x().shape().columns();
    int threads = 64;
    while (threads < inputs && threads < MOST_THREADS) {
      threads *= 2;
    }
    return threads;
  }

  /** Returns how many blocks a replica has. */
  int blocks() {
    return Math.min(dense.x().shape().rows(), MOST_BLOCKS);
  }

  /** Returns the kernel. */
  KernelSource source() {
    String derivative =
        gradient.a() == null || gradient.activation() == ActivationFunction.LINEAR
            ? "1.0f"
            : CudaExpression.of(gradient.activation().derivative(), "a");
    String generated =
        """
        struct Derivative {
          static __device__ __forceinline__ float at(float a) { (void)a; return %s; }
        };

        extern "C" __global__ void __launch_bounds__(%d) denseHead(
            const float *x, int xStride, const float *w, int wStride, const float *bias, int biasStride, const float *y,
            int yStride, float *z, int zStride, float *dz, int dzStride, float *dx, int dxStride, float *loss,
            float *correct, int scalarStride, int batch, float *partial, unsigned *counters) {
          head<%d, %d, %d, %s, Derivative>(
              x, xStride, w, wStride, bias, biasStride, y, yStride, z, zStride, dz, dzStride, dx, dxStride, loss,
              correct, scalarStride, batch, partial, counters);
        }
        """
            .formatted(
                derivative,
                threads(),
                dense.x().shape().columns(),
                dense.output().shape().columns(),
                threads(),
                Lowering.lossArguments(loss));
    return KernelSource.of("denseHead", generated, "rows", "head");
  }

  /** Returns the kernel's arguments but the workspace. */
  List<Object> arguments(Places places) {
    Place x = places.of(dense.x());
    Place weights = places.of(dense.weights());
    Place bias = places.of(dense.bias());
    Place y = places.of(loss.y());
    Place z = places.of(dense.output());
    Place dz = places.of(loss.dz());
    Place dx = places.of(gradient.dx());
    Place sum = places.of(loss.loss());
    return List.of(
        x.address(),
        x.stride(),
        weights.address(),
        weights.stride(),
        bias.address(),
        bias.stride(),
        y.address(),
        y.stride(),
        z.address(),
        z.stride(),
        dz.address(),
        dz.stride(),
        dx.address(),
        dx.stride(),
        sum.address(),
        places.of(loss.correct()).address(),
        sum.stride(),
        x.rows());
  }
}
