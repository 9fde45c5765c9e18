package dev.sinter.cuda.kernel;

import dev.sinter.cuda.driver.Launch;
import dev.sinter.cuda.driver.Struct;
import dev.sinter.program.Op;
import dev.sinter.program.Window;

/** Patches and pooling of images, with their gradients: see windows.cu. */
public final class WindowKernels {
  private static final int BLOCK = 256;

  private WindowKernels() {}

  /** Each window as a row. */
  public static Node patches(Kernels kernels, Op.Patches op, AddressMap places) {
    DeviceValue x = places.of(op.x());
    DeviceValue output = places.of(op.output());
    return node(
        kernels, places, "patches", op.window(), x, output, DeviceValue.NONE, Op.Pooling.MAXIMUM);
  }

  /** Sums of the places of each pixel. */
  public static Node patchesGrad(Kernels kernels, Op.PatchesGrad op, AddressMap places) {
    DeviceValue d = places.of(op.d());
    DeviceValue dx = places.of(op.dx());
    return node(
        kernels, places, "patchesGrad", op.window(), d, dx, DeviceValue.NONE, Op.Pooling.MAXIMUM);
  }

  /** The maximum or the mean of each window. */
  public static Node pool(Kernels kernels, Op.Pool op, AddressMap places) {
    DeviceValue x = places.of(op.x());
    DeviceValue output = places.of(op.output());
    return node(kernels, places, "pool", op.window(), x, output, DeviceValue.NONE, op.pooling());
  }

  /** To the first maximum, or in equal shares. */
  public static Node poolGrad(Kernels kernels, Op.PoolGrad op, AddressMap places) {
    DeviceValue d = places.of(op.d());
    DeviceValue dx = places.of(op.dx());
    return node(kernels, places, "poolGrad", op.window(), d, dx, places.of(op.x()), op.pooling());
  }

  private static Node node(
      Kernels kernels,
      AddressMap places,
      String name,
      Window window,
      DeviceValue from,
      DeviceValue to,
      DeviceValue image,
      Op.Pooling pooling) {
    GeneratedCode generated = new GeneratedCode().constant("POOLING", pooling);
    Launch launch =
        kernels
            .launch(KernelSource.of("windows.cu", name, generated))
            .grid(ElementKernels.blocks(to.shape().size()), 1, places.program().replicas())
            .threads(BLOCK)
            .with(
                new Struct() // struct WindowArguments
                    .nested(from, to, image)
                    .integer(to.shape().size())
                    .integer(window.height())
                    .integer(window.width())
                    .integer(window.channels())
                    .integer(window.kernelHeight())
                    .integer(window.kernelWidth())
                    .integer(window.strideHeight())
                    .integer(window.strideWidth())
                    .integer(window.top())
                    .integer(window.left())
                    .integer(window.outputHeight())
                    .integer(window.outputWidth()));
    return step -> kernels.device().launch(launch);
  }
}
