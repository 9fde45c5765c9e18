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
 * @param uuid as nvidia-smi -L prints it: GPU-..., or MIG-... for a slice; empty if unknown
 * @param mode who may use it
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
    boolean cooperative,
    String uuid,
    ComputeMode mode) {
  /** Creates the properties of a device for all, without a UUID. */
  public DeviceProperties(
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
    this(
        name,
        major,
        minor,
        multiprocessors,
        sharedBytesPerBlock,
        totalBytes,
        driverVersion,
        sharedBytesPerMultiprocessor,
        threadsPerMultiprocessor,
        cooperative,
        "",
        ComputeMode.DEFAULT);
  }

  /** Returns these properties of a device with a UUID and a compute mode. */
  public DeviceProperties identified(String uuid, ComputeMode mode) {
    return new DeviceProperties(
        name,
        major,
        minor,
        multiprocessors,
        sharedBytesPerBlock,
        totalBytes,
        driverVersion,
        sharedBytesPerMultiprocessor,
        threadsPerMultiprocessor,
        cooperative,
        uuid,
        mode);
  }

  /** Returns whether this is a slice of a GPU (MIG). */
  public boolean slice() {
    return uuid.startsWith("MIG-");
  }

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
