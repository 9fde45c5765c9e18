package dev.sinter.cuda;

import dev.sinter.program.Program;
import dev.sinter.program.Value;
import java.util.List;

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
    long address =
        value.kind().isState()
            ? state + 4L * program.state().offsetOf(value)
            : scratch + 4L * program.scratch().offsets().get(value);
    return new Place(address, value.shape());
  }

  /** Returns whether a value shares memory with none of the others. */
  boolean apart(Value value, List<Value> others) {
    return others.stream().noneMatch(other -> overlap(value, other));
  }

  private boolean overlap(Value a, Value b) {
    Place first = of(a);
    Place second = of(b);
    long firstEnd = first.address() + 4L * program.replicas() * first.stride();
    long secondEnd = second.address() + 4L * program.replicas() * second.stride();
    return first.address() < secondEnd && second.address() < firstEnd;
  }
}
