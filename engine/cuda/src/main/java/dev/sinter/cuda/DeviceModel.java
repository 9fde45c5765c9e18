package dev.sinter.cuda;

import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.errors.KnownNames;
import java.util.Arrays;

/**
 * Devices whose costs can be predicted without having them.
 *
 * <p>Multiprocessors, lanes, clock and memory are those of NVIDIA's data sheets. The bandwidth of
 * L2, the time of a node of a graph and that of a barrier of the grid are assumptions, to be
 * replaced once they are measured.
 */
enum DeviceModel {
  /** NVIDIA H100 SXM. */
  H100("h100", properties("NVIDIA H100", 9, 0, 132, 227 << 10), 128, 1.98, 5500, 3350, 1.5, 1.2),
  /** NVIDIA GeForce RTX 4090. */
  RTX4090(
      "rtx4090",
      properties("NVIDIA GeForce RTX 4090", 8, 9, 128, 99 << 10),
      128,
      2.52,
      4500,
      1008,
      1.5,
      1.2),
  /** NVIDIA T4. */
  T4("t4", properties("NVIDIA T4", 7, 5, 40, 64 << 10), 64, 1.59, 1200, 320, 2, 1.8);

  private static final KnownNames<DeviceModel> NAMES =
      KnownNames.of("device model", Arrays.asList(values()), DeviceModel::toString);

  private final String text;
  private final DeviceProperties properties;
  private final int lanes;
  private final double gigahertz;
  private final double cacheGigabytes;
  private final double memoryGigabytes;
  private final double nodeMicroseconds;
  private final double barrierMicroseconds;

  /**
   * Describes a device.
   *
   * @param lanes float32 multiply-adds of a multiprocessor per cycle
   * @param gigahertz its boost clock
   * @param cacheGigabytes per second from L2
   * @param memoryGigabytes per second from device memory
   * @param nodeMicroseconds from the end of a kernel of a graph to the start of the next
   * @param barrierMicroseconds of all blocks of a cooperative kernel
   */
  DeviceModel(
      String text,
      DeviceProperties properties,
      int lanes,
      double gigahertz,
      double cacheGigabytes,
      double memoryGigabytes,
      double nodeMicroseconds,
      double barrierMicroseconds) {
    this.text = text;
    this.properties = properties;
    this.lanes = lanes;
    this.gigahertz = gigahertz;
    this.cacheGigabytes = cacheGigabytes;
    this.memoryGigabytes = memoryGigabytes;
    this.nodeMicroseconds = nodeMicroseconds;
    this.barrierMicroseconds = barrierMicroseconds;
  }

  private static DeviceProperties properties(
      String name, int major, int minor, int multiprocessors, int sharedBytes) {
    return new DeviceProperties(
        name, major, minor, multiprocessors, sharedBytes, 0, 0, sharedBytes + 1024, 1024, true);
  }

  /** Returns the device of a name. */
  static DeviceModel of(String name) {
    return NAMES.get(name);
  }

  DeviceProperties properties() {
    return properties;
  }

  /** Returns the time in us that a multiprocessor takes for multiply-adds at full speed. */
  double multiplying(double multiplyAdds) {
    return multiplyAdds / lanes / gigahertz / 1e3;
  }

  /** Returns the time in us of instructions that four schedulers of 32 lanes each issue. */
  double issuing(double cycles) {
    return cycles * (128.0 / lanes) / gigahertz / 1e3;
  }

  /** Returns the time in us of bytes that come from L2, some of them from device memory. */
  double moving(double cacheBytes, double memoryBytes) {
    return Math.max(cacheBytes / cacheGigabytes, memoryBytes / memoryGigabytes) / 1e3;
  }

  double nodeMicroseconds() {
    return nodeMicroseconds;
  }

  double barrierMicroseconds() {
    return barrierMicroseconds;
  }

  @Override
  public String toString() {
    return text;
  }
}
