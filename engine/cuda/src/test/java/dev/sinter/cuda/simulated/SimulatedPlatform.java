package dev.sinter.cuda.simulated;

import dev.sinter.cuda.driver.ActivationLibrary;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.cuda.driver.KernelCompiler;
import dev.sinter.cuda.driver.Platform;
import dev.sinter.cuda.driver.Products;
import dev.sinter.errors.RunException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * One simulated device with both libraries, or fewer.
 *
 * <p>Each with... method returns another platform. Opened devices are accessible here, because a
 * backend does not expose its device.
 */
public final class SimulatedPlatform implements Platform {
  private static final DeviceProperties H100 =
      new DeviceProperties(
          "Simulated H100", 9, 0, 132, 232448, 4L << 30, 13000, 233472, 2048, true);

  private final DeviceProperties properties;
  private final String noProducts; // the reason; null if available
  private final String noNeuralOps;
  private final boolean refusing;
  private final boolean checked;
  private final UnaryOperator<String> edit; // of the source of each kernel
  private final List<SimulatedDevice> opened = new ArrayList<>();

  private SimulatedPlatform(
      DeviceProperties properties,
      String noProducts,
      String noNeuralOps,
      boolean refusing,
      boolean checked,
      UnaryOperator<String> edit) {
    this.properties = properties;
    this.noProducts = noProducts;
    this.noNeuralOps = noNeuralOps;
    this.refusing = refusing;
    this.checked = checked;
    this.edit = edit;
  }

  /** Returns a device like an H100 with 4 GiB, and both libraries. */
  public static SimulatedPlatform standard() {
    return new SimulatedPlatform(H100, null, null, false, true, UnaryOperator.identity());
  }

  /** Returns the same platform without a library of products. */
  public SimulatedPlatform withoutProducts() {
    return new SimulatedPlatform(
        properties,
        "looked for libcublasLt.so.13, found none (simulated)",
        noNeuralOps,
        refusing,
        checked,
        edit);
  }

  /** Returns the same platform with a library that supports no products. */
  public SimulatedPlatform withRefusingProducts() {
    return new SimulatedPlatform(properties, null, noNeuralOps, true, checked, edit);
  }

  /** Returns the same platform without a library of neural operations. */
  public SimulatedPlatform withoutNeuralOps() {
    return new SimulatedPlatform(
        properties,
        noProducts,
        "looked for libcudnn.so.9, found none (simulated)",
        refusing,
        checked,
        edit);
  }

  /** Returns the same platform with faster kernels, without checks of loads and stores. */
  public SimulatedPlatform withoutChecks() {
    return new SimulatedPlatform(properties, noProducts, noNeuralOps, refusing, false, edit);
  }

  /** Returns the same platform whose compiler changes the source of each kernel first. */
  public SimulatedPlatform withEdit(UnaryOperator<String> edit) {
    return new SimulatedPlatform(properties, noProducts, noNeuralOps, refusing, checked, edit);
  }

  /** Returns the same platform with another device. */
  public SimulatedPlatform withProperties(DeviceProperties other) {
    return new SimulatedPlatform(other, noProducts, noNeuralOps, refusing, checked, edit);
  }

  /** Returns the same platform with another number of multiprocessors. */
  public SimulatedPlatform withMultiprocessors(int count) {
    return with(count, properties.sharedBytesPerBlock(), properties.cooperative());
  }

  /** Returns the same platform with another limit of the shared memory of a block. */
  public SimulatedPlatform withSharedBytes(int bytes) {
    return with(properties.multiprocessors(), bytes, properties.cooperative());
  }

  /** Returns the same platform with a device that has no cooperative launches. */
  public SimulatedPlatform withoutCooperation() {
    return with(properties.multiprocessors(), properties.sharedBytesPerBlock(), false);
  }

  private SimulatedPlatform with(int multiprocessors, int sharedBytes, boolean cooperative) {
    return withProperties(
        new DeviceProperties(
            properties.name(),
            properties.major(),
            properties.minor(),
            multiprocessors,
            sharedBytes,
            properties.totalBytes(),
            properties.driverVersion(),
            properties.sharedBytesPerMultiprocessor(),
            properties.threadsPerMultiprocessor(),
            cooperative));
  }

  /** Returns the same platform with another size of device memory. */
  public SimulatedPlatform withMemory(long totalBytes) {
    return withProperties(
        new DeviceProperties(
            properties.name(),
            properties.major(),
            properties.minor(),
            properties.multiprocessors(),
            properties.sharedBytesPerBlock(),
            totalBytes,
            properties.driverVersion(),
            properties.sharedBytesPerMultiprocessor(),
            properties.threadsPerMultiprocessor(),
            properties.cooperative()));
  }

  /** Returns the properties of {@link #standard}. */
  public static DeviceProperties standardProperties() {
    return H100;
  }

  /** Returns the device opened last. */
  public SimulatedDevice device() {
    return opened.get(opened.size() - 1);
  }

  @Override
  public Survey survey() {
    Toolchain tools = Toolchain.instance();
    return tools.usable()
        ? new Survey(true, List.of(properties), tools.detail())
        : new Survey(false, List.of(), tools.detail());
  }

  @Override
  public Device open(int index) {
    Survey survey = survey();
    if (!survey.usable() || index != 0) {
      throw new RunException("device " + index + ": CUDA_ERROR_INVALID_DEVICE; " + survey.detail());
    }
    SimulatedDevice device = new SimulatedDevice(properties);
    opened.add(device);
    return device;
  }

  @Override
  public KernelCompiler compiler() {
    return new HostCompiler(checked, edit);
  }

  @Override
  public Library<Products> products(Device device) {
    return noProducts == null
        ? new Library<>(new SimulatedProducts((SimulatedDevice) device, refusing), null)
        : new Library<>(null, noProducts);
  }

  @Override
  public Library<ActivationLibrary> neuralOps(Device device) {
    return noNeuralOps == null
        ? new Library<>(new SimulatedNeuralOps((SimulatedDevice) device), null)
        : new Library<>(null, noNeuralOps);
  }
}
