package dev.sinter.cuda.kernel;

import dev.sinter.cuda.driver.Struct;
import dev.sinter.program.Shape;

/**
 * The place of a value on the device; kernels know it as {@code struct DeviceValue} of
 * kernels/common.cu.
 *
 * @param address of replica 0
 * @param shape of one replica
 */
public record DeviceValue(long address, Shape shape) implements Struct.Fields {
  /** The place of a missing value. */
  public static final DeviceValue NONE = new DeviceValue(0, Shape.SCALAR);

  /** Returns the distance between replicas in floats; 0 if the value is missing. */
  public int stride() {
    return this == NONE ? 0 : shape.replicaStride();
  }

  public int rows() {
    return shape.rows();
  }

  public int columns() {
    return shape.columns();
  }

  @Override
  public void writeTo(Struct struct) {
    struct.pointer(address).integer(stride()).integer(columns());
  }
}
