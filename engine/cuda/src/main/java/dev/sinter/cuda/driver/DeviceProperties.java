package dev.sinter.cuda.driver;

/**
 * The properties of a device.
 *
 * @param name as the driver reports it
 * @param major of the compute capability
 * @param minor of the compute capability
 * @param multiprocessors their number; at least that many blocks run at once
 * @param sharedBytesPerBlock the most shared memory of a block, including opt-in
 * @param totalBytes of device memory
 * @param driverVersion such as 13000 for CUDA 13.0
 * @param sharedBytesPerMultiprocessor shared memory of one multiprocessor
 * @param threadsPerMultiprocessor the most threads on one multiprocessor
 * @param cooperative whether the blocks of one kernel can wait for each other
 */
public record DeviceProperties(
    String name,
    int major,
    int minor,
    int multiprocessors,
    int sharedBytesPerBlock,
    long totalBytes,
    int driverVersion,
    int sharedBytesPerMultiprocessor,
    int threadsPerMultiprocessor,
    boolean cooperative) {
  /** Returns the NVRTC name of the architecture, such as sm_90. */
  public String architecture() {
    return "sm_" + major + minor;
  }

  /** Returns the human-readable compute capability, such as 9.0. */
  public String version() {
    return major + "." + minor;
  }

  /** Returns major * 10 + minor, such as 90. */
  public int capability() {
    return 10 * major + minor;
  }
}
