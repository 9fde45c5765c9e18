package dev.sinter.cuda;

import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.cuda.driver.KernelCompiler;
import dev.sinter.cuda.driver.Platform;
import dev.sinter.cuda.driver.Platform.Library;
import dev.sinter.cuda.driver.Products;
import dev.sinter.cuda.kernel.CachedCompiler;
import dev.sinter.cuda.kernel.Kernels;
import dev.sinter.cuda.product.KernelProduct;
import dev.sinter.cuda.product.ProductChooser;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.io.TimingCache;
import java.nio.file.Path;

/**
 * One device of this process: opened once, with its kernels, libraries and choices, and shared by
 * every backend on it.
 *
 * @param compiler name and version of the compiler
 * @param products cuBLASLt, or the reason why it is unavailable
 * @param singleBlock which programs become one kernel of one block
 * @param epochs which programs become one cooperative kernel
 */
record OpenDevice(
    Device device,
    Kernels kernels,
    String compiler,
    Library<Products> products,
    TimingCache choices,
    ProductChooser chooser,
    WholeStepKernel.Use singleBlock,
    EpochKernel.Use epochs) {
  /**
   * Opens a device.
   *
   * @param cache the folder for kernels and choices; null to keep nothing between processes
   */
  static OpenDevice open(
      Platform platform,
      int index,
      Preference preference,
      WholeStepKernel.Use singleBlock,
      EpochKernel.Use epochs,
      Path cache) {
    Device device = platform.open(index);
    KernelCompiler compiler = platform.compiler();
    if (cache != null) {
      compiler = new CachedCompiler(compiler, cache.resolve("kernels"));
    }
    Kernels kernels = new Kernels(device, compiler);
    Library<Products> products =
        preference == Preference.KERNELS
            ? new Library<>(null, "not asked for")
            : platform.products(device);
    TimingCache choices =
        new TimingCache(cache == null ? null : cache.resolve(choicesFile(device, products)));
    ProductChooser chooser =
        new ProductChooser(device, kernels, products.library(), preference, choices);
    return new OpenDevice(
        device, kernels, compiler.version(), products, choices, chooser, singleBlock, epochs);
  }

  /**
   * Returns the name of the file of choices, which are valid for one kind of device, driver,
   * library and kernel version.
   */
  private static String choicesFile(Device device, Library<Products> products) {
    DeviceProperties properties = device.properties();
    String name =
        "%s-%s-driver-%s-cublaslt-%s-kernels-%s"
            .formatted(
                properties.name(),
                properties.architecture(),
                properties.driverVersion(),
                products.present() ? products.library().version() : "none",
                KernelProduct.version());
    return "choices-" + name.replaceAll("[^A-Za-z0-9._-]+", "-") + ".properties";
  }
}
