package dev.sinter.cuda.simulated;

import dev.sinter.errors.RunException;
import java.util.List;

/** The arguments of a launch as letters (L 8 bytes, I 4-byte integer, F float) and bits. */
record LaunchArguments(String kinds, long[] values) {
  static LaunchArguments of(String kernel, List<Object> arguments) {
    StringBuilder kinds = new StringBuilder();
    long[] values = new long[arguments.size()];
    for (int i = 0; i < values.length; i++) {
      Object argument = arguments.get(i);
      if (argument instanceof Long number) {
        kinds.append('L');
        values[i] = number;
      } else if (argument instanceof Integer number) {
        kinds.append('I');
        values[i] = number;
      } else if (argument instanceof Float number) {
        kinds.append('F');
        values[i] = Float.floatToRawIntBits(number);
      } else {
        throw new RunException(
            "launch of kernel "
                + kernel
                + ": expected Long, Integer or Float as argument "
                + i
                + ", received "
                + argument.getClass().getSimpleName());
      }
    }
    return new LaunchArguments(kinds.toString(), values);
  }
}
