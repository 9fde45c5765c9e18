package dev.sinter.cuda.nvidia;

import dev.sinter.cuda.driver.DeviceProperties;
import java.util.List;

/**
 * What {@link Surveyor} asks about this machine, step by step.
 *
 * <p>The steps are taken in the order of the methods, and each may throw whatever loading natives
 * throws. Tests have machines that answer what a real one would have to be broken for.
 */
interface Machine {
  /** Returns the platform as JavaCPP names it, such as linux-x86_64. */
  String platform();

  /** Loads the preset that needs libcuda and libcudart. */
  void loadDriver();

  /** Returns whether the class path holds a resource. */
  boolean hasResource(String name);

  /** Returns whether a file exists. */
  boolean hasFile(String path);

  /** Returns an environment variable, or null. */
  String environment(String name);

  /** Returns the version of the driver's kernel module, such as 580.65.06; empty if unknown. */
  String moduleVersion();

  /** Returns the CUDA version that the driver supports, such as 13000; 0 if unknown. */
  int driverVersion();

  /** Initializes the driver and returns its CUresult. */
  int initialize();

  /** Returns what a CUresult is called, such as CUDA_ERROR_NO_DEVICE. */
  String errorName(int code);

  /** Returns the driver's sentence for a CUresult. */
  String errorText(int code);

  /** Returns the devices in the driver's order. */
  List<DeviceProperties> devices();

  /** Loads the compiler and returns its name and version, such as NVRTC 13.1. */
  String compilerVersion();

  /** Returns the architectures that the compiler knows, such as 75 and 90, in rising order. */
  List<Integer> compilerArchitectures();
}
