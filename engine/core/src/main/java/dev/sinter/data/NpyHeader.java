package dev.sinter.data;

import dev.sinter.errors.InputException;
import dev.sinter.io.FileInput;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * The header of a .npy array: type, byte order, element order and shape.
 *
 * <p>Format versions 1, 2 and 3: {@code \x93NUMPY}, major, minor, the length of the dictionary (2
 * bytes in version 1, else 4, little-endian), then the dictionary as Python prints it. Source:
 * numpy/lib/format.py.
 */
record NpyHeader(NpyElement element, ByteOrder order, boolean fortranOrder, int[] shape) {
  private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
  private static final int ALIGNMENT_BYTES = 64;
  private static final int MAX_DICTIONARY_BYTES = 1 << 20;
  private static final int MAX_RANK = 64; // the limit of NumPy

  /** Returns the number of elements of an array that fits into memory. */
  int count() {
    return Arrays.stream(shape).reduce(1, (a, b) -> a * b); // read() checked that it fits
  }

  long dataBytes() {
    return Arrays.stream(shape).asLongStream().reduce(element.sizeBytes, (a, b) -> a * b);
  }

  /** Reads the header of an array that fits into memory; see {@link #read}. */
  static NpyHeader read(InputStream in, long sizeBytes, String where) throws IOException {
    return read(in, sizeBytes, where, FileInput.MAX_ELEMENTS);
  }

  /**
   * Reads a header.
   *
   * @param where the file and its entry, for messages
   * @param sizeBytes the size of the whole array, including the header
   * @param mostElements what the array may have
   */
  static NpyHeader read(InputStream in, long sizeBytes, String where, long mostElements)
      throws IOException {
    byte[] start = in.readNBytes(MAGIC.length + 2);
    if (start.length < MAGIC.length + 2 || !Arrays.equals(start, 0, 6, MAGIC, 0, 6)) {
      throw InputException.of(
          where, "a NumPy .npy array", "other data", "Write it with numpy.save(name, array)");
    }
    int major = start[MAGIC.length] & 0xFF;
    if (major < 1 || major > 3) {
      throw InputException.of(
          where, "format version 1, 2 or 3", major, "Write it again with numpy.save");
    }
    int lengthBytes = major == 1 ? 2 : 4;
    byte[] lengthField = in.readNBytes(lengthBytes);
    byte[] padded = Arrays.copyOf(lengthField, Long.BYTES);
    long length = ByteBuffer.wrap(padded).order(ByteOrder.LITTLE_ENDIAN).getLong();
    long left = sizeBytes - start.length - lengthBytes;
    if (lengthField.length < lengthBytes || length > left) {
      throw new InputException(
          "%s: expected a header of %s bytes, received %s bytes (truncated). Get the file again."
              .formatted(where, length, Math.max(left, 0)));
    }
    if (length > MAX_DICTIONARY_BYTES) {
      throw malformed(where, "a header of " + length + " bytes");
    }
    byte[] text = in.readNBytes((int) length);
    Charset charset = major == 3 ? StandardCharsets.UTF_8 : StandardCharsets.ISO_8859_1;
    NpyHeader header = of(new NpyDictionary(new String(text, charset), where), where, mostElements);
    header.requireLength(left - length, where);
    return header;
  }

  /** Returns the bytes of a version 1 header: little-endian, C order. */
  static byte[] write(Tensor tensor) {
    String shape =
        Arrays.stream(tensor.shape()).mapToObj(String::valueOf).collect(Collectors.joining(", "));
    String text =
        "{'descr': '%s', 'fortran_order': False, 'shape': (%s%s), }"
            .formatted(
                tensor.type() == Tensor.Type.UINT8 ? "|u1" : "<f4",
                shape,
                tensor.rank() == 1 ? "," : "");
    int prefixBytes = MAGIC.length + 4;
    int blanks = Math.floorMod(-(prefixBytes + text.length() + 1), ALIGNMENT_BYTES);
    byte[] line = (text + " ".repeat(blanks) + "\n").getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer header =
        ByteBuffer.allocate(prefixBytes + line.length).order(ByteOrder.LITTLE_ENDIAN);
    header.put(MAGIC).put((byte) 1).put((byte) 0).putShort((short) line.length);
    return header.put(line).array();
  }

  private static NpyHeader of(NpyDictionary dictionary, String where, long mostElements) {
    String descr = dictionary.descr();
    boolean prefixed = !descr.isEmpty() && "<>|=".indexOf(descr.charAt(0)) >= 0;
    String code = prefixed ? descr.substring(1) : descr;
    NpyElement element = NpyElement.ofCode(code);
    if (element == null) {
      throw InputException.of(
          where,
          "float32, float64, or integers",
          NpyElement.describe(code) + " (dtype '" + descr + "')",
          "Convert it in Python: array.astype('float32')");
    }
    ByteOrder order =
        switch (descr.charAt(0)) {
          case '<' -> ByteOrder.LITTLE_ENDIAN;
          case '>' -> ByteOrder.BIG_ENDIAN;
          default -> ByteOrder.nativeOrder();
        };
    return new NpyHeader(
        element, order, dictionary.fortranOrder(), shape(dictionary.shape(), where, mostElements));
  }

  private static int[] shape(long[] declared, String where, long mostElements) {
    long count = 1;
    boolean fits = declared.length <= MAX_RANK;
    for (long dimension : declared) {
      fits = fits && dimension >= 0 && dimension <= FileInput.MAX_ELEMENTS;
      count = fits ? count * dimension : count;
      fits = fits && count <= mostElements;
    }
    if (!fits) {
      throw InputException.of(
          where,
          "at most " + MAX_RANK + " dimensions and " + mostElements + " elements",
          "shape " + Arrays.toString(declared),
          "Use a smaller array; if it is small, its header is damaged");
    }
    return Arrays.stream(declared).mapToInt(Math::toIntExact).toArray();
  }

  private void requireLength(long received, String where) {
    if (received != dataBytes()) {
      throw InputException.of(
          where,
          dataBytes()
              + " bytes for "
              + element.name().toLowerCase(Locale.ROOT)
              + Arrays.toString(shape),
          received + (received < dataBytes() ? " (truncated)" : " (trailing bytes)"),
          "Get the file again, or write it again with numpy.save");
    }
  }

  static InputException malformed(String where, String received) {
    return InputException.of(
        where,
        "a NumPy header with descr, fortran_order and shape",
        received,
        "The file is damaged: write it again with numpy.save");
  }
}
