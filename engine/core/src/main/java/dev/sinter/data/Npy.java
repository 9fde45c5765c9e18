package dev.sinter.data;

import dev.sinter.errors.InputException;
import dev.sinter.io.AtomicFile;
import dev.sinter.io.FileInput;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Reads and writes NumPy's .npy files. Any number of threads may call its methods.
 *
 * <p>Read: format versions 1 to 3; float32, float64, bool, signed and unsigned integers of 8 to 32
 * bits, int64; either byte order; C or Fortran order. uint8 stays uint8, everything else becomes
 * float32, which rounds integers above 2^24. Written: float32 or uint8, version 1, little-endian, C
 * order.
 *
 * <p>Errors: {@link InputException} for a file that is missing, unreadable, damaged, truncated, too
 * long, or of another type; {@link dev.sinter.errors.RunException} when writing fails. Source:
 * numpy/lib/format.py.
 */
public final class Npy {
  private static final String EXPECTED = "a NumPy .npy file";
  private static final int BLOCK_BYTES = 1 << 16; // a multiple of every element size

  private Npy() {}

  /** Reads an array; the shape of a scalar is []. */
  public static Tensor read(Path file) {
    long sizeBytes = FileInput.requireFile(file, EXPECTED);
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      return read(in, sizeBytes, file.toString());
    } catch (IOException e) {
      throw FileInput.unreadable(file, EXPECTED, e);
    }
  }

  /** Writes an array completely or not at all; replaces an existing file. */
  public static void write(Path file, Tensor tensor) {
    AtomicFile.write(file, out -> write(out, tensor));
  }

  /** Reads an array of {@code sizeBytes} bytes, header included. */
  static Tensor read(InputStream in, long sizeBytes, String where) throws IOException {
    NpyHeader header = NpyHeader.read(in, sizeBytes, where);
    int count = header.count();
    Tensor elements;
    if (header.element() == NpyElement.UINT8) {
      FileInput.requireMemory(where, count);
      byte[] bytes = new byte[count];
      requireRead(in.readNBytes(bytes, 0, count), count);
      elements = Tensor.ofBytes(bytes, count);
    } else {
      FileInput.requireMemory(where, (long) count * Float.BYTES);
      elements = Tensor.of(readFloats(in, header, count), count);
    }
    return (header.fortranOrder()
            ? elements.rows(columnMajorIndices(header.shape(), count))
            : elements)
        .reshape(header.shape());
  }

  /** Returns the number of bytes that {@link #write(OutputStream, Tensor)} writes. */
  static long sizeBytes(Tensor tensor) {
    int elementBytes = tensor.type() == Tensor.Type.UINT8 ? 1 : Float.BYTES;
    return NpyHeader.write(tensor).length + (long) tensor.size() * elementBytes;
  }

  static void write(OutputStream out, Tensor tensor) throws IOException {
    out.write(NpyHeader.write(tensor));
    if (tensor.type() == Tensor.Type.UINT8) {
      out.write(tensor.bytes());
      return;
    }
    float[] floats = tensor.floats();
    ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int blockElements = BLOCK_BYTES / Float.BYTES;
    for (int from = 0; from < floats.length; from += blockElements) {
      int count = Math.min(blockElements, floats.length - from);
      block.asFloatBuffer().put(floats, from, count);
      out.write(block.array(), 0, count * Float.BYTES);
    }
  }

  private static float[] readFloats(InputStream in, NpyHeader header, int count)
      throws IOException {
    NpyElement element = header.element();
    float[] floats = new float[count];
    ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).order(header.order());
    int blockElements = BLOCK_BYTES / element.sizeBytes;
    for (int from = 0; from < count; from += blockElements) {
      int inBlock = Math.min(blockElements, count - from);
      int bytes = inBlock * element.sizeBytes;
      requireRead(in.readNBytes(block.array(), 0, bytes), bytes);
      element.convert(block, floats, from, inBlock);
    }
    return floats;
  }

  private static void requireRead(int received, int expected) throws IOException {
    if (received < expected) {
      throw new EOFException("the data ended early");
    }
  }

  /** Returns, for each element in row-major order, its index in column-major order. */
  private static int[] columnMajorIndices(int[] shape, int count) {
    int[] sources = new int[count];
    for (int i = 0; i < count; i++) {
      int rest = i;
      int stride = count; // elements; the first axis is contiguous
      for (int axis = shape.length - 1; axis >= 0; axis--) {
        stride /= shape[axis];
        sources[i] += rest % shape[axis] * stride;
        rest /= shape[axis];
      }
    }
    return sources;
  }
}
