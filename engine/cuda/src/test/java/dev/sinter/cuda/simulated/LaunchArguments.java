package dev.sinter.cuda.simulated;

import dev.sinter.cuda.driver.Struct;
import dev.sinter.errors.RunException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/**
 * The arguments of a launch.
 *
 * @param kinds one letter each: L 8 bytes, I 4-byte integer, F float, S struct
 * @param values their bits; a struct takes several
 * @param starts the index of the first value of each argument, and the number of values
 */
record LaunchArguments(String kinds, long[] values, int[] starts) {
  private static final int MOST_BYTES = 4096; // of all structs of a launch

  static LaunchArguments of(String kernel, List<Object> arguments) {
    StringBuilder kinds = new StringBuilder();
    int[] starts = new int[arguments.size() + 1];
    long[] values = new long[arguments.size() + MOST_BYTES / 8];
    int next = 0;
    for (int i = 0; i < arguments.size(); i++) {
      Object argument = arguments.get(i);
      starts[i] = next;
      if (argument instanceof Long number) {
        kinds.append('L');
        values[next++] = number;
      } else if (argument instanceof Integer number) {
        kinds.append('I');
        values[next++] = number;
      } else if (argument instanceof Float number) {
        kinds.append('F');
        values[next++] = Float.floatToRawIntBits(number);
      } else if (argument instanceof Struct struct) {
        kinds.append('S');
        byte[] bytes = Arrays.copyOf(struct.toBytes(), (struct.size() + 7) / 8 * 8);
        ByteBuffer.wrap(bytes)
            .order(ByteOrder.nativeOrder())
            .asLongBuffer()
            .get(values, next, bytes.length / 8);
        next += bytes.length / 8;
      } else {
        throw new RunException(
            "launch of kernel "
                + kernel
                + ": expected Long, Integer, Float or Struct as argument "
                + i
                + ", received "
                + argument.getClass().getSimpleName());
      }
    }
    starts[arguments.size()] = next;
    return new LaunchArguments(kinds.toString(), Arrays.copyOf(values, next), starts);
  }
}
