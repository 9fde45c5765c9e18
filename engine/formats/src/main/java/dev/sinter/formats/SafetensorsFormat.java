package dev.sinter.formats;

import com.google.gson.stream.JsonWriter;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.io.AtomicFile;
import dev.sinter.io.FileInput;
import dev.sinter.saving.WeightsFormat;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Safetensors: the length of a header (8 bytes, little-endian), the header (JSON), then the arrays,
 * row-major and little-endian. Written: F32. Read: F32, F64, F16, BF16, all of which become
 * float32. Immutable: any number of threads may use it. Source: the format's own description,
 * huggingface/safetensors README.
 */
public final class SafetensorsFormat implements WeightsFormat {
  static final String EXPECTED = "a safetensors file";
  private static final int LENGTH_BYTES = Long.BYTES;
  private static final int MAX_HEADER_BYTES = 10_000_000;
  private static final int BLOCK_BYTES = 1 << 16; // a multiple of every element size

  /** Opens the format. */
  public SafetensorsFormat() {}

  @Override
  public String name() {
    return "safetensors";
  }

  @Override
  public List<String> suffixes() {
    return List.of(".safetensors");
  }

  @Override
  public Map<String, Tensor> read(Path file) {
    long sizeBytes = FileInput.requireFile(file, EXPECTED);
    try (FileChannel channel = FileChannel.open(file)) {
      SafetensorsHeader header = header(channel, sizeBytes, file.toString());
      FileInput.requireMemory(file.toString(), header.elements() * Float.BYTES);
      Map<String, Tensor> arrays = new LinkedHashMap<>();
      for (SafetensorsHeader.Entry entry : header.entries()) {
        float[] values = values(channel, header.dataStart() + entry.begin(), entry);
        Finite.require(file + ", array " + entry.name(), values);
        arrays.put(entry.name(), Tensor.of(values, entry.shape()).reshape(entry.shape()));
      }
      return arrays;
    } catch (IOException e) {
      throw FileInput.unreadable(file, EXPECTED, e);
    }
  }

  private static SafetensorsHeader header(FileChannel channel, long sizeBytes, String where)
      throws IOException {
    if (sizeBytes < LENGTH_BYTES) {
      throw SafetensorsHeader.damaged(where, "a file of " + sizeBytes + " bytes", null);
    }
    long length = fill(channel, 0, ByteBuffer.allocate(LENGTH_BYTES)).getLong(0);
    if (length < 2 || length > MAX_HEADER_BYTES || length > sizeBytes - LENGTH_BYTES) {
      throw InputException.of(
          where,
          "a header of 2 to "
              + Math.max(2, Math.min(MAX_HEADER_BYTES, sizeBytes - LENGTH_BYTES))
              + " bytes",
          Long.toUnsignedString(length) + " bytes declared",
          SafetensorsHeader.REMEDY);
    }
    ByteBuffer json = fill(channel, LENGTH_BYTES, ByteBuffer.allocate((int) length));
    long dataStart = LENGTH_BYTES + length;
    return SafetensorsHeader.read(json, dataStart, sizeBytes - dataStart, where);
  }

  private static float[] values(FileChannel channel, long from, SafetensorsHeader.Entry entry)
      throws IOException {
    SafetensorsElement element = entry.element();
    float[] values = new float[entry.count()];
    int blockElements = BLOCK_BYTES / element.sizeBytes;
    ByteBuffer block =
        ByteBuffer.allocate(Math.min(values.length, blockElements) * element.sizeBytes);
    for (int done = 0; done < values.length; done += blockElements) {
      int count = Math.min(blockElements, values.length - done);
      block.clear().limit(count * element.sizeBytes);
      fill(channel, from + (long) done * element.sizeBytes, block);
      element.convert(block, values, done, count);
    }
    return values;
  }

  /** Reads until the buffer is full, and rewinds it. */
  private static ByteBuffer fill(FileChannel channel, long from, ByteBuffer buffer)
      throws IOException {
    while (buffer.hasRemaining()) {
      if (channel.read(buffer, from + buffer.position()) < 0) {
        throw new EOFException("the data ended early");
      }
    }
    return buffer.flip().order(ByteOrder.LITTLE_ENDIAN);
  }

  @Override
  public void write(Path file, Map<String, Tensor> weights) {
    AtomicFile.write(
        file,
        out -> {
          byte[] header = header(weights);
          byte[] length = new byte[LENGTH_BYTES];
          ByteBuffer.wrap(length).order(ByteOrder.LITTLE_ENDIAN).putLong(header.length);
          out.write(length);
          out.write(header);
          for (Tensor weight : weights.values()) {
            write(out, weight.type() == Tensor.Type.FLOAT32 ? weight.floats() : weight.toFloats());
          }
        });
  }

  private static byte[] header(Map<String, Tensor> weights) throws IOException {
    StringWriter text = new StringWriter();
    try (JsonWriter json = new JsonWriter(text)) {
      json.beginObject();
      json.name(SafetensorsHeader.METADATA).beginObject();
      json.name("format").value("sinter").endObject();
      long from = 0;
      for (Map.Entry<String, Tensor> weight : weights.entrySet()) {
        json.name(weight.getKey()).beginObject();
        json.name("dtype").value("F32");
        json.name("shape").beginArray();
        for (int length : weight.getValue().shape()) {
          json.value(length);
        }
        json.endArray();
        long to = from + (long) weight.getValue().size() * Float.BYTES;
        json.name("data_offsets").beginArray().value(from).value(to).endArray();
        json.endObject();
        from = to;
      }
      json.endObject();
    }
    // Blanks up to a multiple of 8 bytes, so that the arrays lie as readers that map the file want.
    int bytes = text.toString().getBytes(StandardCharsets.UTF_8).length;
    return (text + " ".repeat((LENGTH_BYTES - bytes % LENGTH_BYTES) % LENGTH_BYTES))
        .getBytes(StandardCharsets.UTF_8);
  }

  private static void write(OutputStream out, float[] values) throws IOException {
    ByteBuffer block = ByteBuffer.allocate(BLOCK_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    int blockElements = BLOCK_BYTES / Float.BYTES;
    for (int from = 0; from < values.length; from += blockElements) {
      int count = Math.min(blockElements, values.length - from);
      block.asFloatBuffer().put(values, from, count);
      out.write(block.array(), 0, count * Float.BYTES);
    }
  }
}
