package dev.sinter.cuda;

import dev.sinter.cuda.Kernels.KernelSource;
import dev.sinter.program.Op;
import dev.sinter.program.Value;
import java.util.stream.Stream;

/**
 * A narrow last layer with its loss and the gradient of its input, computed by one kernel row by
 * row: see kernels/head.cu.
 */
record DenseLossKernels(Op.DenseLoss op) {
  /** The most units of the layer; a thread holds their weights in registers. */
  static final int MOST_UNITS = 16;

  /** The most weights that a thread holds in registers. */
  private static final int MOST_WEIGHTS = 64;

  private static final int MOST_THREADS = 256;

  /** The most blocks; with a large batch, each takes several rows. */
  private static final int MOST_BLOCKS = 512;

  /** Returns whether the layer is narrow enough. */
  boolean fits() {
    int units = op.dense().output().shape().columns();
    int each = (op.dense().x().shape().columns() + threads() - 1) / threads();
    return units <= MOST_UNITS && each * units <= MOST_WEIGHTS;
  }

  /** Returns the threads per block: a power of two. */
  int threads() {
    int inputs = op.dense().x().shape().columns();
    int threads = 64;
    while (threads < inputs && threads < MOST_THREADS) {
      threads *= 2;
    }
    return threads;
  }

  /** Returns the number of blocks per replica. */
  int blocks() {
    return Math.min(op.dense().x().shape().rows(), MOST_BLOCKS);
  }

  /** Returns the kernel. */
  KernelSource source() {
    Op.Dense dense = op.dense();
    String derivative = CudaExpression.of(op.gradient().activation().derivative(), "a");
    String generated =
        """
        struct Derivative {
          static __device__ __forceinline__ float at(float a) { (void)a; return %s; }
        };

        extern "C" __global__ void __launch_bounds__(%s) denseHead(
            const float *x, int xStride, const float *w, int wStride, const float *bias, int biasStride, const float *y,
            int yStride, const float *weight, int weightStride, const float *count, int countStride, float *z,
            int zStride, float *dz, int dzStride, float *dx, int dxStride, float *loss, int lossStride, float *correct,
            int correctStride, int batch, float *partial, unsigned *counters) {
          head<%s, %s, %s, %s, Derivative>(
              x, xStride, w, wStride, bias, biasStride, y, yStride, weight, weightStride, count, countStride, z, zStride,
              dz, dzStride, dx, dxStride, loss, lossStride, correct, correctStride, batch, partial, counters);
        }
        """
            .formatted(
                derivative,
                threads(),
                dense.x().shape().columns(),
                dense.output().shape().columns(),
                threads(),
                Translator.lossArguments(op.loss()));
    return KernelSource.of("denseHead", generated, "rows", "head");
  }

  /** Returns the arguments of the kernel, except the workspace. */
  Object[] arguments(AddressMap places) {
    Op.Dense dense = op.dense();
    Op.CrossEntropy loss = op.loss();
    Stream<Value> values =
        Stream.of(
            dense.x(),
            dense.weights(),
            dense.bias(),
            loss.y(),
            loss.weight(),
            loss.count(),
            loss.z(),
            loss.dz(),
            op.gradient().dx(),
            loss.loss(),
            loss.correct());
    return Stream.concat(values.map(places::of), Stream.of(loss.z().shape().rows())).toArray();
  }
}
