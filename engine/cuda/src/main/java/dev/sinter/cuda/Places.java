package dev.sinter.cuda;

import dev.sinter.program.Program;
import dev.sinter.program.Value;

/**
 * Where the values of a program live on the device.
 *
 * @param program gives the offsets
 * @param state address of the state
 * @param scratch address of the arena
 */
record Places(Program program, long state, long scratch) {
  /** Returns a value's place; NONE for null. */
  Place of(Value value) {
    if (value == null) {
      return Place.NONE;
    }
    long base = value.kind().isState() ? state : scratch;
    long address = base + 4L * program.offsetOf(value, 0);
    return new Place(address, value.shape());
  }
}
