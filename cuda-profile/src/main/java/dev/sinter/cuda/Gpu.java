package dev.sinter.cuda;

import dev.sinter.cuda.ProductChooser.Preference;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.cuda.driver.NeuralOps;
import dev.sinter.cuda.driver.Platform;
import dev.sinter.cuda.driver.Platform.Library;
import dev.sinter.cuda.driver.Products;
import java.nio.file.Path;

/**
 * One device as a process uses it: opened once, with its kernels, libraries and choices, and shared
 * by every backend on it.
 */
final class Gpu {
  private final Platform platform;
  private final SingleBlock.Use singleBlock;
  private final Device device;
  private final Kernels kernels;
  private final Library<Products> products;
  private final Choices choices;
  private final ProductChooser chooser;
  private final String compiler;
  private Library<NeuralOps> neuralOps; // looked for when it is asked for

  /**
   * Opens a device.
   *
   * @param cache the folder for kernels and choices; null to keep nothing between processes
   */
  Gpu(
      Platform platform,
      int index,
      Preference preference,
      SingleBlock.Use singleBlock,
      Path cache) {
    this.platform = platform;
    this.singleBlock = singleBlock;
    this.device = platform.open(index);
    CachedCompiler cached =
        cache == null ? null : new CachedCompiler(platform.compiler(), cache.resolve("kernels"));
    this.kernels = new Kernels(device, cached == null ? platform.compiler() : cached);
    this.compiler = cached == null ? platform.compiler().version() : cached.version();
    this.products =
        preference == Preference.KERNELS
            ? new Library<>(null, "not asked for")
            : platform.products(device);
    this.choices = new Choices(cache == null ? null : cache.resolve(choicesFile()));
    this.chooser = new ProductChooser(device, kernels, products.library(), preference, choices);
  }

  /** Choices hold for one kind of device, driver and library, and for these kernels. */
  private String choicesFile() {
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

  Device device() {
    return device;
  }

  Kernels kernels() {
    return kernels;
  }

  Choices choices() {
    return choices;
  }

  ProductChooser chooser() {
    return chooser;
  }

  /** Returns which programs become one kernel. */
  SingleBlock.Use singleBlock() {
    return singleBlock;
  }

  /** Returns the compiler's name and version. */
  String compiler() {
    return compiler;
  }

  /** Returns cuBLASLt, or why it is not there. */
  Library<Products> products() {
    return products;
  }

  /** Returns cuDNN, or why it is not there. */
  synchronized Library<NeuralOps> neuralOps() {
    if (neuralOps == null) {
      neuralOps = platform.neuralOps(device);
    }
    return neuralOps;
  }
}
