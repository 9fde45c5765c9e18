package dev.sinter.data;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** The NumPy element types that can be read, with their conversion to float32. */
enum NpyElement {
  BOOL("b1", 1, (data, at) -> data.get(at) == 0 ? 0 : 1),
  INT8("i1", 1, (data, at) -> data.get(at)),
  UINT8("u1", 1, (data, at) -> data.get(at) & 0xFF),
  INT16("i2", 2, (data, at) -> data.getShort(at)),
  UINT16("u2", 2, (data, at) -> data.getShort(at) & 0xFFFF),
  INT32("i4", 4, (data, at) -> data.getInt(at)),
  UINT32("u4", 4, (data, at) -> Integer.toUnsignedLong(data.getInt(at))),
  INT64("i8", 8, (data, at) -> data.getLong(at)),
  FLOAT32("f4", 4, (data, at) -> data.getFloat(at)),
  FLOAT64("f8", 8, (data, at) -> (float) data.getDouble(at));

  /** Reads the element at a byte offset. */
  @FunctionalInterface
  interface ToFloat {
    float apply(ByteBuffer data, int at);
  }

  /** The NumPy code without the byte order: kind and size in bytes. */
  final String code;

  final int sizeBytes;
  private final ToFloat toFloat;

  NpyElement(String code, int sizeBytes, ToFloat toFloat) {
    this.code = code;
    this.sizeBytes = sizeBytes;
    this.toFloat = toFloat;
  }

  /** Returns the type with a code such as {@code f4}, or null. */
  static @Nullable NpyElement ofCode(String code) {
    return Arrays.stream(values()).filter(each -> each.code.equals(code)).findFirst().orElse(null);
  }

  /**
   * Converts the first {@code count} elements of {@code data}, which is set to their byte order.
   */
  void convert(ByteBuffer data, float[] target, int from, int count) {
    for (int i = 0; i < count; i++) {
      target[from + i] = toFloat.apply(data, i * sizeBytes);
    }
  }

  /** Describes in words a code that cannot be read. */
  static String describe(String code) {
    return switch (code.isEmpty() ? ' ' : code.charAt(0)) {
      case 'c' -> "complex numbers";
      case 'O' -> "Python objects";
      case 'S', 'a', 'U' -> "strings";
      case 'V' -> "raw or structured records";
      case 'M', 'm' -> "dates or times";
      case 'f' -> "floating point of another size";
      default -> "an unknown type";
    };
  }
}
