package dev.sinter.formats;

import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import dev.sinter.errors.InputException;
import dev.sinter.io.FileInput;
import java.io.IOException;
import java.io.StringReader;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What the header of a safetensors file declares, checked against the file. Immutable: any number
 * of threads may use it.
 *
 * @param entries in the order of the header
 * @param dataStart where the arrays begin in the file, in bytes
 */
record SafetensorsHeader(List<Entry> entries, long dataStart) {
  static final String METADATA = "__metadata__";
  static final String REMEDY = "Get the file again, or write it again with safetensors' save_file";
  private static final int MAX_RANK = 32;
  private static final int NESTING = 4; // an array in an entry in the header, and one to spare
  private static final int MAX_SHOWN = 200; // characters in a message
  private static final int MAX_DIGITS = 18; // fit a long

  /** One array; {@code begin} and {@code end} count bytes from the start of the arrays. */
  record Entry(String name, SafetensorsElement element, int[] shape, long begin, long end) {
    int count() {
      return (int) ((end - begin) / element.sizeBytes); // checked when it was read
    }
  }

  /** Returns the number of elements of all arrays. */
  long elements() {
    return entries.stream().mapToLong(Entry::count).sum();
  }

  /** Reads the JSON. */
  static SafetensorsHeader read(ByteBuffer json, long dataStart, long dataBytes, String where) {
    try (JsonReader in = new JsonReader(new StringReader(text(json)))) {
      in.setStrictness(Strictness.STRICT);
      in.setNestingLimit(NESTING);
      Set<String> names = new HashSet<>();
      List<Entry> entries = new ArrayList<>();
      in.beginObject();
      while (in.hasNext()) {
        String name = in.nextName();
        requireNew(where, names, name);
        if (name.equals(METADATA)) {
          skipMetadata(in, where);
        } else {
          entries.add(entry(in, where + ", array " + clipped(name), name));
        }
      }
      in.endObject();
      if (in.peek() != JsonToken.END_DOCUMENT) {
        throw damaged(where, "more than one JSON value in the header", null);
      }
      requireTiles(entries, dataBytes, where);
      return new SafetensorsHeader(List.copyOf(entries), dataStart);
    } catch (CharacterCodingException e) {
      throw damaged(where, "a header that is not UTF-8", e);
    } catch (IOException
        | IllegalStateException e) { // of the reader, for other JSON than asked for
      throw damaged(where, "a header of other JSON" + place(e), e);
    }
  }

  private static String text(ByteBuffer json) throws CharacterCodingException {
    return StandardCharsets.UTF_8.newDecoder().decode(json).toString(); // reports what is malformed
  }

  private static void skipMetadata(JsonReader in, String where) throws IOException {
    Set<String> keys = new HashSet<>();
    in.beginObject();
    while (in.hasNext()) {
      requireNew(where, keys, in.nextName());
      requireToken(in, JsonToken.STRING, where + ", " + METADATA);
      in.nextString();
    }
    in.endObject();
  }

  private static Entry entry(JsonReader in, String where, String name) throws IOException {
    String type = null;
    long[] shape = null;
    long[] offsets = null;
    Set<String> keys = new HashSet<>();
    in.beginObject();
    while (in.hasNext()) {
      String key = in.nextName();
      requireNew(where, keys, key);
      switch (key) {
        case "dtype" -> {
          requireToken(in, JsonToken.STRING, where);
          type = in.nextString();
        }
        case "shape" -> shape = numbers(in, where, MAX_RANK);
        case "data_offsets" -> offsets = numbers(in, where, 2);
        default -> throw damaged(where, "the key \"" + clipped(key) + "\"", null);
      }
    }
    in.endObject();
    if (type == null || shape == null || offsets == null || offsets.length != 2) {
      throw damaged(where, "an entry without dtype, shape and two data_offsets", null);
    }
    return checked(name, element(type, where), shape, offsets, where);
  }

  private static SafetensorsElement element(String type, String where) {
    return Arrays.stream(SafetensorsElement.values())
        .filter(element -> element.name().equals(type))
        .findFirst()
        .orElseThrow(
            () ->
                InputException.of(
                    where,
                    "elements of type F32, F64, F16 or BF16",
                    "\"" + type + "\"",
                    "Convert the array to float32 before it is saved, or leave it out"));
  }

  private static Entry checked(
      String name, SafetensorsElement element, long[] shape, long[] offsets, String where) {
    long begin = offsets[0];
    long end = offsets[1];
    long count = 1;
    for (long length : shape) {
      // Stays too large once it is; a later 0 would make an empty array of absurd dimensions.
      count = count > FileInput.MAX_ELEMENTS ? count : count * Math.min(length, Integer.MAX_VALUE);
    }
    if (count > FileInput.MAX_ELEMENTS || Arrays.stream(shape).anyMatch(n -> n > count(n))) {
      throw InputException.of(
          where,
          "at most " + FileInput.MAX_ELEMENTS + " elements",
          Arrays.toString(shape),
          "Split the array, or leave it out");
    }
    if (begin > end || end - begin != count * element.sizeBytes) {
      throw damaged(
          where,
          Arrays.toString(shape) + " of " + element + " in bytes " + begin + " to " + end,
          null);
    }
    return new Entry(
        name, element, Arrays.stream(shape).mapToInt(Math::toIntExact).toArray(), begin, end);
  }

  private static int count(long length) {
    return (int) Math.min(length, FileInput.MAX_ELEMENTS);
  }

  private static long[] numbers(JsonReader in, String where, int most) throws IOException {
    long[] numbers = new long[most];
    int count = 0;
    in.beginArray();
    while (in.hasNext()) {
      requireToken(in, JsonToken.NUMBER, where);
      String digits = in.nextString();
      if (count == most
          || digits.length() > MAX_DIGITS
          || !digits.chars().allMatch(c -> c >= '0' && c <= '9')) {
        throw damaged(
            where, count == most ? "more than " + most + " numbers" : "the number " + digits, null);
      }
      numbers[count++] = Long.parseLong(digits);
    }
    in.endArray();
    return Arrays.copyOf(numbers, count);
  }

  /** The arrays must follow each other without hole or overlap, from first to last byte. */
  private static void requireTiles(List<Entry> entries, long dataBytes, String where) {
    long from = 0;
    Comparator<Entry> byPlace = Comparator.comparingLong(Entry::begin);
    for (Entry entry : entries.stream().sorted(byPlace.thenComparing(Entry::end)).toList()) {
      if (entry.begin() != from || entry.end() > dataBytes) {
        throw damaged(
            where + ", array " + clipped(entry.name()),
            "bytes %s to %s of %s, after %s".formatted(entry.begin(), entry.end(), dataBytes, from),
            null);
      }
      from = entry.end();
    }
    if (from != dataBytes) {
      throw damaged(where, "arrays of %s bytes in %s bytes".formatted(from, dataBytes), null);
    }
  }

  private static void requireNew(String where, Set<String> keys, String key) {
    if (!keys.add(key)) {
      throw damaged(where, "\"" + clipped(key) + "\" twice", null);
    }
  }

  private static void requireToken(JsonReader in, JsonToken token, String where)
      throws IOException {
    if (in.peek() != token) {
      throw damaged(where, in.peek() + " in place of " + token, null);
    }
  }

  /** Returns the place that Gson's message ends with; the rest of it speaks to programmers. */
  private static String place(Exception e) {
    String message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
    int at = message.indexOf(" at line ");
    return at < 0 ? "" : clipped(message.substring(at));
  }

  /** A name may be as long as the header. */
  private static String clipped(String text) {
    return text.length() <= MAX_SHOWN ? text : text.substring(0, MAX_SHOWN) + "...";
  }

  static InputException damaged(String where, String received, @Nullable Exception cause) {
    return InputException.of(where, "an intact safetensors file", received, REMEDY, cause);
  }
}
