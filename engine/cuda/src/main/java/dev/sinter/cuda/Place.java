package dev.sinter.cuda;

import dev.sinter.program.Shape;

/**
 * Where a value lives on the device.
 *
 * @param address of replica 0
 * @param shape of one replica
 */
record Place(long address, Shape shape) {
  /** The address of a value that is not there. */
  static final Place NONE = new Place(0, Shape.SCALAR);

  /** Returns floats from one replica to the next. */
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
