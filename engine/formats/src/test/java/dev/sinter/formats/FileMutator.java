package dev.sinter.formats;

import java.util.Arrays;
import java.util.Random;

/** Damages files: a seed gives the same damage each time. Used by one thread. */
final class FileMutator {
  private static final long[] EDGES = {
    0,
    1,
    -1,
    127,
    128,
    255,
    256,
    32767,
    65535,
    Integer.MAX_VALUE,
    Integer.MIN_VALUE,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    1L << 32,
    1L << 40
  };

  private final Random random;

  FileMutator(long seed) {
    this.random = new Random(seed);
  }

  /** Returns a copy with one to four damages. */
  byte[] mutate(byte[] whole) {
    byte[] bytes = whole.clone();
    for (int left = 1 + random.nextInt(4); left > 0; left--) {
      bytes = once(bytes);
    }
    return bytes;
  }

  private byte[] once(byte[] bytes) {
    if (bytes.length < 16) {
      return insert(bytes);
    }
    return switch (random.nextInt(7)) {
      case 0 -> Arrays.copyOf(bytes, place(bytes.length)); // cut
      case 1, 2 -> flip(bytes);
      case 3, 4 -> integer(bytes);
      case 5 -> swap(bytes);
      default -> insert(bytes);
    };
  }

  /** Returns a place, half of the time in the first or last 512 bytes, where the structure is. */
  private int place(int length) {
    int near = Math.min(length, 512);
    return switch (random.nextInt(4)) {
      case 0 -> random.nextInt(near);
      case 1 -> length - 1 - random.nextInt(near);
      default -> random.nextInt(length);
    };
  }

  private byte[] flip(byte[] bytes) {
    for (int left = 1 + random.nextInt(8); left > 0; left--) {
      bytes[place(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    }
    return bytes;
  }

  private byte[] integer(byte[] bytes) {
    int size = 2 << random.nextInt(3);
    int at = Math.min(place(bytes.length), bytes.length - size);
    long value = random.nextInt(3) == 0 ? random.nextLong() : EDGES[random.nextInt(EDGES.length)];
    boolean bigEndian = random.nextBoolean();
    for (int i = 0; i < size; i++) {
      bytes[at + (bigEndian ? size - 1 - i : i)] = (byte) (value >> 8 * i);
    }
    return bytes;
  }

  private byte[] swap(byte[] bytes) {
    int size = 1 + random.nextInt(Math.min(64, bytes.length / 2));
    int a = Math.min(place(bytes.length), bytes.length - size);
    int b = Math.min(place(bytes.length), bytes.length - size);
    byte[] first = Arrays.copyOfRange(bytes, a, a + size);
    System.arraycopy(bytes, b, bytes, a, size);
    System.arraycopy(first, 0, bytes, b, size);
    return bytes;
  }

  /** Inserts random bytes, or a range of the file once more. */
  private byte[] insert(byte[] bytes) {
    byte[] more = new byte[1 + random.nextInt(64)];
    random.nextBytes(more);
    if (bytes.length > 64 && random.nextBoolean()) {
      int from = Math.min(place(bytes.length), bytes.length - more.length);
      more = Arrays.copyOfRange(bytes, from, from + more.length);
    }
    int at = bytes.length == 0 ? 0 : place(bytes.length);
    byte[] longer = new byte[bytes.length + more.length];
    System.arraycopy(bytes, 0, longer, 0, at);
    System.arraycopy(more, 0, longer, at, more.length);
    System.arraycopy(bytes, at, longer, at + more.length, bytes.length - at);
    return longer;
  }
}
