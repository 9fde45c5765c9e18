package dev.sinter.cuda.driver;

/**
 * What a device is.
 *
 * @param name as the driver says it
 * @param major of the compute capability
 * @param minor of the compute capability
 * @param multiprocessors how many blocks run at once at least
 * @param sharedBytesPerBlock shared memory that a block may ask for, opt-in included
 * @param totalBytes of device memory
 * @param driverVersion such as 13000 for CUDA 13.0
 */
public record DeviceProperties(
    String name,
    int major,
    int minor,
    int multiprocessors,
    int sharedBytesPerBlock,
    long totalBytes,
    int driverVersion) {
  /** Returns the architecture as NVRTC names it, such as sm_90. */
  public String architecture() {
    return "sm_" + major + minor;
  }

  /** Returns the compute capability for people, such as 9.0. */
  public String version() {
    return major + "." + minor;
  }

  /** Returns major * 10 + minor, such as 90. */
  public int capability() {
    return 10 * major + minor;
  }
}
