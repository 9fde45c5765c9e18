package dev.sinter.cuda.driver;

import java.util.List;
import java.util.Map;

/** The source of devices and libraries. */
public interface Platform {
  /**
   * The result of a survey.
   *
   * @param usable whether the first device can run the backend
   * @param devices all devices, in the order of the driver; empty if there is no driver
   * @param detail the versions found if usable; otherwise the reason: what was searched for and
   *     where, the version found and needed, what to do
   * @param versions of driver and libraries by name; empty if not usable
   */
  record Survey(
      boolean usable, List<DeviceProperties> devices, String detail, Map<String, String> versions) {
    /** Creates a survey without versions. */
    public Survey(boolean usable, List<DeviceProperties> devices, String detail) {
      this(usable, devices, detail, Map.of());
    }
  }

  /** A library, or the reason why it is unavailable. */
  record Library<T>(T library, String reason) {
    /** Returns whether the library is available. */
    public boolean present() {
      return library != null;
    }
  }

  /** Searches for driver, devices and compiler; never throws and never prints. */
  Survey survey();

  /** Opens a device. */
  Device open(int index);

  /** Returns the compiler. */
  KernelCompiler compiler();

  /** Opens cuBLASLt on a device, if it is installed. */
  Library<Products> products(Device device);

  /** Opens cuDNN on a device, if it is installed; called only on request. */
  Library<ActivationLibrary> neuralOps(Device device);
}
