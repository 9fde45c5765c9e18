package dev.sinter.cuda.driver;

import java.util.List;
import java.util.Map;

/** Where devices and libraries come from. */
public interface Platform {
  /**
   * What was found.
   *
   * @param usable whether the first device can run the backend
   * @param devices all of them, in the driver's order; empty when there is no driver
   * @param detail versions found when usable; otherwise the reason: what was looked for, where, the
   *     version found and needed, what to do
   * @param versions of driver and libraries by name; empty when not usable
   */
  record Survey(
      boolean usable, List<DeviceProperties> devices, String detail, Map<String, String> versions) {
    /** Creates a survey without versions. */
    public Survey(boolean usable, List<DeviceProperties> devices, String detail) {
      this(usable, devices, detail, Map.of());
    }
  }

  /** A library that is there, or the reason why not. */
  record Library<T>(T library, String reason) {
    /** Returns whether it is there. */
    public boolean present() {
      return library != null;
    }
  }

  /** Looks for driver, devices and compiler; never throws, never prints. */
  Survey survey();

  /** Opens a device. */
  Device open(int index);

  /** Returns the compiler. */
  KernelCompiler compiler();

  /** Opens cuBLASLt on a device, where it is installed. */
  Library<Products> products(Device device);

  /** Opens cuDNN on a device, where it is installed; called only when asked for. */
  Library<NeuralOps> neuralOps(Device device);
}
