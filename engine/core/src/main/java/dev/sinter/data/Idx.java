package dev.sinter.data;

import dev.sinter.errors.InputException;
import dev.sinter.io.FileInput;
import dev.sinter.io.StrictGzip;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;

/**
 * Reads IDX files of unsigned bytes, the format of MNIST, plain or compressed with gzip. Any number
 * of threads may call its methods.
 *
 * <p>Big-endian: magic 0x00000803, count, rows, columns, then bytes: uint8 [count, rows, columns];
 * or magic 0x00000801, count, then bytes: uint8 [count]. Gzip is recognised by its first two bytes,
 * not by the file name.
 *
 * <p>Errors: {@link InputException} for a file that is missing, unreadable, damaged, truncated, too
 * long, or of another kind.
 */
public final class Idx {
  static final int IMAGES_MAGIC = 0x803;
  static final int LABELS_MAGIC = 0x801;
  private static final String EXPECTED = "an IDX file";
  private static final int MAGIC_BYTES = 4;

  private final Path file;
  private final long sizeBytes;
  private final @Nullable MessageDigest digest; // of the bytes after decompression, or null

  private Idx(Path file, long sizeBytes, @Nullable MessageDigest digest) {
    this.file = file;
    this.sizeBytes = sizeBytes;
    this.digest = digest;
  }

  /** Reads images [count, rows, columns] or labels [count] as uint8. */
  public static Tensor read(Path file) {
    return read(file, null);
  }

  /** Reads a file and feeds its decompressed bytes to a digest, unless it is null. */
  public static Tensor read(Path file, @Nullable MessageDigest digest) {
    return new Idx(file, FileInput.requireFile(file, EXPECTED), digest).read();
  }

  /** Returns the header that precedes the bytes of a tensor in a file. */
  public static byte[] header(Tensor tensor) {
    ByteBuffer header = ByteBuffer.allocate(MAGIC_BYTES * (1 + tensor.rank()));
    header.putInt(tensor.rank() == 1 ? LABELS_MAGIC : IMAGES_MAGIC);
    for (int dimension : tensor.shape()) {
      header.putInt(dimension);
    }
    return header.array();
  }

  private Tensor read() {
    try (InputStream in = StrictGzip.open(file)) {
      Tensor tensor = parse(in);
      if (in instanceof StrictGzip unzipped && unzipped.hasTrailingBytes()) {
        throw error("the end of the file after the gzip data", "more bytes", "Get the file again");
      }
      return tensor;
    } catch (EOFException e) {
      throw error("a complete gzip file", "one that ends early", "Get the file again");
    } catch (ZipException e) {
      throw error("intact gzip data", "damage (" + FileInput.reason(e) + ")", "Get the file again");
    } catch (IOException e) {
      throw FileInput.unreadable(file, EXPECTED, e);
    }
  }

  private Tensor parse(InputStream in) throws IOException {
    int magic = header(in, 1).getInt();
    if (magic != IMAGES_MAGIC && magic != LABELS_MAGIC) {
      throw error(
          "magic 0x00000803 (images) or 0x00000801 (labels), unsigned bytes",
          String.format("0x%08X", magic),
          "Use an IDX file of unsigned bytes");
    }
    int[] shape = shape(in, magic & 0xFF);
    long count = Arrays.stream(shape).asLongStream().reduce(1, (a, b) -> a * b);
    int headerBytes = MAGIC_BYTES * (1 + shape.length);
    if (!(in instanceof StrictGzip)) {
      requireLength(shape, count, sizeBytes - headerBytes);
    }
    FileInput.requireMemory(file.toString(), count);
    byte[] data = data(in, (int) count, headerBytes);
    if (data.length < count) {
      requireLength(shape, count, data.length);
    }
    if (in.read() >= 0) { // reading to the end also verifies the gzip checksum
      throw error(
          count + " bytes of data for shape " + Arrays.toString(shape),
          "more",
          "Get the file again");
    }
    if (digest != null) {
      digest.update(data);
    }
    return Tensor.ofBytes(data, shape);
  }

  /** Reads the elements, or as many as there are: then a wrong declared size costs no memory. */
  private byte[] data(InputStream in, int count, int headerBytes) throws IOException {
    if (in instanceof StrictGzip && StrictGzip.lastSize(file) != headerBytes + (long) count) {
      return in.readNBytes(count);
    }
    byte[] data = new byte[count];
    int read = in.readNBytes(data, 0, count);
    return read < count ? Arrays.copyOf(data, read) : data;
  }

  /** Reads the dimensions and checks that an array of that size can be allocated. */
  private int[] shape(InputStream in, int rank) throws IOException {
    ByteBuffer dimensions = header(in, rank);
    long[] declared = new long[rank];
    int[] shape = new int[rank];
    long count = 1;
    for (int axis = 0; axis < rank; axis++) {
      declared[axis] = Integer.toUnsignedLong(dimensions.getInt());
      shape[axis] = (int) declared[axis];
      // Stays at the limit once exceeded, so that a product of three cannot overflow.
      count = Math.min(count * Math.min(declared[axis], 1L << 31), 1L << 31);
    }
    if (count > FileInput.MAX_ELEMENTS || Arrays.stream(shape).anyMatch(d -> d < 0)) {
      throw error(
          "at most " + FileInput.MAX_ELEMENTS + " bytes of data",
          "a header that declares " + Arrays.toString(declared),
          "The header is damaged: get the file again");
    }
    return shape;
  }

  private ByteBuffer header(InputStream in, int words) throws IOException {
    byte[] header = in.readNBytes(MAGIC_BYTES * words);
    if (header.length < MAGIC_BYTES * words) {
      throw error("a complete IDX header", "a file that ends in it", "Get the file again");
    }
    if (digest != null) {
      digest.update(header);
    }
    return ByteBuffer.wrap(header);
  }

  private void requireLength(int[] shape, long expected, long received) {
    if (expected != received) {
      throw error(
          expected + " bytes of data for shape " + Arrays.toString(shape),
          received + (received < expected ? " (truncated)" : " (trailing bytes)"),
          "Get the file again");
    }
  }

  private InputException error(String expected, Object received, String remedy) {
    return InputException.of(file.toString(), expected, received, remedy);
  }
}
