package dev.sinter.formats;

import java.nio.ByteBuffer;

/**
 * The element types of safetensors that become weights. Immutable: any number of threads may use
 * it.
 */
enum SafetensorsElement {
  F32(4),
  F64(8),
  /** IEEE 754 binary16: 5 bits of exponent, 10 of fraction. */
  F16(2),
  /** The upper half of a float32. */
  BF16(2);

  private static final int HALF_FRACTION_BITS = 10;
  private static final int HALF_BIAS = 15;

  final int sizeBytes;

  SafetensorsElement(int sizeBytes) {
    this.sizeBytes = sizeBytes;
  }

  /** Converts {@code count} elements from the start of a little-endian block. */
  void convert(ByteBuffer block, float[] target, int from, int count) {
    for (int i = 0; i < count; i++) {
      int at = i * sizeBytes;
      target[from + i] =
          switch (this) {
            case F32 -> block.getFloat(at);
            case F64 -> (float) block.getDouble(at);
            case F16 -> half(block.getShort(at));
            case BF16 -> Float.intBitsToFloat(block.getShort(at) << 16);
          };
    }
  }

  /** Returns a binary16 as float32, exactly. Float.float16ToFloat needs JDK 20. */
  private static float half(short bits) {
    int exponent = bits >> HALF_FRACTION_BITS & 0x1F;
    int fraction = bits & 0x3FF;
    float sign = bits < 0 ? -1 : 1;
    if (exponent == 0x1F) {
      return fraction == 0 ? sign * Float.POSITIVE_INFINITY : Float.NaN;
    }
    return exponent == 0
        ? sign * Math.scalb((float) fraction, 1 - HALF_BIAS - HALF_FRACTION_BITS)
        : sign * Math.scalb(fraction + 1024f, exponent - HALF_BIAS - HALF_FRACTION_BITS);
  }
}
