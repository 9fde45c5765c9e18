package dev.sinter.cuda.record;

import dev.sinter.cuda.driver.Launch;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongUnaryOperator;

/**
 * The arguments of a launch: the only place that knows how {@link Launch} holds them.
 *
 * @param kinds a letter each: L for 8 bytes, I for a 4-byte integer, F for a float
 * @param bits of each
 */
record RecordedArguments(String kinds, List<Long> bits) {
  static RecordedArguments of(Launch launch) {
    StringBuilder kinds = new StringBuilder();
    List<Long> bits = new ArrayList<>();
    for (Object argument : launch.arguments()) {
      if (argument instanceof Long value) {
        kinds.append('L');
        bits.add(value);
      } else if (argument instanceof Integer value) {
        kinds.append('I');
        bits.add((long) value);
      } else {
        kinds.append('F');
        bits.add((long) Float.floatToRawIntBits((Float) argument));
      }
    }
    return new RecordedArguments(kinds.toString(), bits);
  }

  /** Returns them for another launch, with addresses moved. */
  List<Object> moved(LongUnaryOperator address) {
    List<Object> arguments = new ArrayList<>();
    for (int i = 0; i < kinds.length(); i++) {
      long value = bits.get(i);
      switch (kinds.charAt(i)) {
        case 'L' -> arguments.add(address.applyAsLong(value));
        case 'I' -> arguments.add((int) value);
        default -> arguments.add(Float.intBitsToFloat((int) value));
      }
    }
    return arguments;
  }
}
