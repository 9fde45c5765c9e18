package dev.sinter.cuda.nvidia;

import dev.sinter.cuda.driver.DeviceProperties;
import java.util.List;

/**
 * The queries of {@link Surveyor} about this machine.
 *
 * <p>They are made in the order of the methods, and each may throw any error of loading natives.
 * Tests use machines that answer like broken ones.
 */
interface Machine {
  /** Returns the JavaCPP name of the platform, such as linux-x86_64. */
  String platform();

  /** Loads the preset that needs libcuda and libcudart. */
  void loadDriver();

  /** Returns whether the class path holds a resource. */
  boolean hasResource(String name);

  /** Returns whether a file exists. */
  boolean hasFile(String path);

  /** Returns an environment variable, or null. */
  String environment(String name);

  /**
   * Returns the version of the kernel module of the driver, such as 580.65.06; empty if unknown.
   */
  String moduleVersion();

  /** Returns the CUDA version that the driver supports, such as 13000; 0 if unknown. */
  int driverVersion();

  /** Initializes the driver and returns its CUresult. */
  int initialize();

  /** Returns the name of a CUresult, such as CUDA_ERROR_NO_DEVICE. */
  String errorName(int code);

  /** Returns the description of a CUresult by the driver. */
  String errorText(int code);

  /** Returns the devices in the order of the driver. */
  List<DeviceProperties> devices();

  /** Loads the compiler and returns its name and version, such as NVRTC 13.1. */
  String compilerVersion();

  /** Returns the architectures that the compiler supports, such as 75 and 90, in rising order. */
  List<Integer> compilerArchitectures();
}
