package dev.sinter.cuda.kernel;

import dev.sinter.cuda.driver.Struct;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.Value;

/**
 * The places of the values of a program on the device.
 *
 * @param program gives the offsets
 * @param state address of the state
 * @param scratch address of the arena
 */
public record AddressMap(Program program, long state, long scratch) {
  /** Returns the place of a value; NONE for null. */
  public DeviceValue of(Value value) {
    if (value == null) {
      return DeviceValue.NONE;
    }
    long base = value.kind().isState() ? state : scratch;
    long address = base + 4L * program.offsetOf(value, 0);
    return new DeviceValue(address, value.shape());
  }

  /** Returns where a batch goes: {@code struct Batch} of kernels/gather.cu. */
  public Struct.Fields batch(Op.Gather op) {
    return struct -> struct.nested(of(op.x()), of(op.y()), of(op.weight()), of(op.count()));
  }
}
