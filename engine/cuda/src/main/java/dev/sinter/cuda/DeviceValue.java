package dev.sinter.cuda;

import dev.sinter.program.Shape;

/**
 * The place of a value on the device.
 *
 * @param address of replica 0
 * @param shape of one replica
 */
record DeviceValue(long address, Shape shape) {
  /** The place of a missing value. */
  static final DeviceValue NONE = new DeviceValue(0, Shape.SCALAR);

  /** Returns the distance between replicas in floats. */
  int stride() {
    return shape.replicaStride();
  }

  int rows() {
    return shape.rows();
  }

  int columns() {
    return shape.columns();
  }
}
