package dev.sinter.callbacks;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Reads event files; shares no code with what writes them. */
final class EventDecoder {
  /** A value in an event; numbers of a scalar or histogram, or strings of an image. */
  record Value(String plugin, String tag, long step, double[] numbers, List<byte[]> strings) {
    /** Says what it is, without its numbers. */
    String what() {
      return plugin + " " + tag + " " + step;
    }
  }

  /** A file: what its first event says, and the values after it. */
  record Content(String version, List<Value> values) {
    List<String> what() {
      return values.stream().map(Value::what).toList();
    }

    /** Returns the numbers of a scalar, step by step. */
    List<Double> scalars(String tag) {
      return values.stream()
          .filter(value -> value.tag.equals(tag))
          .map(value -> value.numbers[0])
          .toList();
    }
  }

  private EventDecoder() {}

  /** Reads the only event file of a folder. */
  static Content onlyFile(Path folder) throws IOException {
    try (var files = Files.list(folder)) {
      List<Path> all = files.toList();
      assertThat(all).hasSize(1);
      return read(all.get(0));
    }
  }

  static Content read(Path file) throws IOException {
    ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    String version = null;
    List<Value> values = new ArrayList<>();
    while (in.hasRemaining()) {
      int start = in.position();
      int length = Math.toIntExact(in.getLong());
      assertThat(in.getInt()).as("length's CRC").isEqualTo(masked(in.array(), start, 8));
      Map<Integer, List<Object>> event = message(slice(in, length));
      assertThat(in.getInt()).as("CRC").isEqualTo(masked(in.array(), start + 12, length));
      assertThat((double) event.get(1).get(0)).as("seconds since 1970").isBetween(1.7e9, 4e9);
      if (version == null) {
        version = text(event.get(3).get(0));
      } else {
        values.add(value(event));
      }
    }
    return new Content(version, values);
  }

  private static Value value(Map<Integer, List<Object>> event) {
    long step = event.containsKey(2) ? (long) event.get(2).get(0) : 0;
    Map<Integer, List<Object>> value = message(message(event.get(5).get(0)).get(1).get(0));
    Map<Integer, List<Object>> tensor = message(value.get(8).get(0));
    long type = (long) tensor.get(1).get(0);
    double[] numbers = {};
    if (type != 7) {
      ByteBuffer content = (ByteBuffer) tensor.get(4).get(0);
      numbers = new double[content.remaining() / (type == 1 ? 4 : 8)];
      for (int i = 0; i < numbers.length; i++) {
        numbers[i] = type == 1 ? content.getFloat() : content.getDouble();
      }
    }
    String plugin = text(message(message(value.get(9).get(0)).get(1).get(0)).get(1).get(0));
    return new Value(
        plugin,
        text(value.get(1).get(0)),
        step,
        numbers,
        tensor.getOrDefault(8, List.of()).stream().map(EventDecoder::bytes).toList());
  }

  /** Returns a message's fields by number: Long, Double or ByteBuffer. */
  private static Map<Integer, List<Object>> message(Object data) {
    ByteBuffer in = (ByteBuffer) data;
    Map<Integer, List<Object>> fields = new TreeMap<>();
    while (in.hasRemaining()) {
      long key = varint(in);
      Object value =
          switch ((int) key & 7) {
            case 0 -> varint(in);
            case 1 -> in.getDouble();
            case 2 -> slice(in, (int) varint(in));
            default -> throw new AssertionError("wire type of key " + key);
          };
      fields.computeIfAbsent((int) (key >> 3), number -> new ArrayList<>()).add(value);
    }
    return fields;
  }

  private static long varint(ByteBuffer in) {
    long value = 0;
    for (int shift = 0; ; shift += 7) {
      byte next = in.get();
      value |= (long) (next & 0x7f) << shift;
      if (next >= 0) {
        return value;
      }
    }
  }

  private static ByteBuffer slice(ByteBuffer in, int length) {
    ByteBuffer part = in.slice(in.position(), length).order(ByteOrder.LITTLE_ENDIAN);
    in.position(in.position() + length);
    return part;
  }

  private static byte[] bytes(Object data) {
    ByteBuffer in = (ByteBuffer) data;
    byte[] bytes = new byte[in.remaining()];
    in.get(bytes);
    return bytes;
  }

  private static String text(Object data) {
    return new String(bytes(data), StandardCharsets.UTF_8);
  }

  /** CRC-32C bit by bit, then masked. */
  private static int masked(byte[] data, int from, int length) {
    int crc = -1;
    for (int i = from; i < from + length; i++) {
      crc ^= data[i] & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) != 0 ? crc >>> 1 ^ 0x82f63b78 : crc >>> 1;
      }
    }
    crc = ~crc;
    return (crc >>> 15 | crc << 17) + 0xa282ead8;
  }
}
