package dev.sinter.cuda.driver;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * Writes a C struct field by field, in the order of its declaration, with the alignment that C
 * gives each field: an argument that a kernel takes by value, or a table in device memory.
 */
public final class Struct {
  /** What a kernel can take in all. */
  private static final int MOST_BYTES = 4096;

  private final ByteBuffer bytes;
  private final int start;
  private int next;
  private int alignment = 1;

  /** Creates an empty struct of up to 4096 bytes. */
  public Struct() {
    this(ByteBuffer.allocate(MOST_BYTES).order(ByteOrder.nativeOrder()), 0);
  }

  /**
   * Writes a struct into a buffer.
   *
   * @param target in native byte order; its position does not change
   * @param start byte offset of the first field, aligned for every field
   */
  public Struct(ByteBuffer target, int start) {
    this.bytes = target;
    this.start = start;
    this.next = start;
  }

  /** Goes back to the first field, to write the struct again. */
  public Struct rewind() {
    next = start;
    return this;
  }

  /** Writes a pointer, 0 for null. */
  public Struct pointer(long address) {
    return wide(address);
  }

  /** Writes an 8-byte integer. */
  public Struct wide(long value) {
    bytes.putLong(reserve(Long.BYTES), value);
    return this;
  }

  /** Writes a 4-byte integer. */
  public Struct integer(int value) {
    bytes.putInt(reserve(Integer.BYTES), value);
    return this;
  }

  /** Writes a float. */
  public Struct real(float value) {
    bytes.putFloat(reserve(Float.BYTES), value);
    return this;
  }

  /** Writes structs inside this one, each aligned and padded as C does it. */
  public Struct nested(Fields... structs) {
    for (Fields each : structs) {
      Struct inner = new Struct();
      each.writeTo(inner);
      bytes.put(reserve(inner.size(), inner.alignment), inner.toBytes());
    }
    return this;
  }

  /** Something that kernels know as a struct. */
  @FunctionalInterface
  public interface Fields {
    /** Writes the fields in the order of the struct. */
    void writeTo(Struct struct);
  }

  private int reserve(int size) {
    return reserve(size, size);
  }

  private int reserve(int size, int align) {
    int at = start + aligned(next - start, align);
    alignment = Math.max(alignment, align);
    next = at + size;
    return at;
  }

  private static int aligned(int offset, int size) {
    return (offset + size - 1) / size * size;
  }

  /** Returns the size in bytes with the padding at the end, as sizeof gives it. */
  public int size() {
    return aligned(next - start, alignment);
  }

  /** Copies the bytes to an offset of a buffer; allocates nothing. */
  public void copyTo(ByteBuffer target, int offset) {
    target.put(offset, bytes, start, next - start);
  }

  /** Copies the bytes. */
  public byte[] toBytes() {
    byte[] copy = new byte[size()];
    bytes.get(start, copy, 0, next - start);
    return copy;
  }

  @Override
  public String toString() {
    return "struct of " + size() + " bytes " + Arrays.toString(toBytes());
  }
}
