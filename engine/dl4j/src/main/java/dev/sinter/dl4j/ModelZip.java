package dev.sinter.dl4j;

import dev.sinter.errors.InputException;
import dev.sinter.io.FileInput;
import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/**
 * The zip of DL4J's ModelSerializer, read without DL4J: its own reader takes whole entries into
 * memory, believes declared lengths, and deserializes Java objects from preprocessor.bin. Owns the
 * open file. Used by one thread at a time.
 */
final class ModelZip implements AutoCloseable {
  static final String EXPECTED = "a zip that DL4J's ModelSerializer wrote";
  private static final String CONFIGURATION = "configuration.json";
  private static final String PARAMETERS = "coefficients.bin";
  private static final String STATE = "updaterState.bin";
  private static final int MAX_SHAPE_NUMBERS = 2 * 32 + 4; // of ND4J's largest rank
  private static final int BLOCK_BYTES = 1 << 16;

  /** Weights do not get smaller by compression; a small part of zeros may. */
  private static final long MAX_RATIO = 100;

  private static final long FREE_BYTES = 32 << 20;

  private final Path file;
  private final ZipFile zip;

  /** Opens a file. */
  ModelZip(Path file) {
    this.file = file;
    FileInput.requireFile(file, EXPECTED);
    try {
      this.zip = new ZipFile(file.toFile());
    } catch (ZipException e) {
      throw refused(file.toString(), EXPECTED, "no zip (" + e.getMessage() + ")", e);
    } catch (IOException e) {
      throw FileInput.unreadable(file, EXPECTED, e);
    }
  }

  /** Returns the text of configuration.json. */
  String configuration() {
    ZipEntry entry = zip.getEntry(CONFIGURATION);
    if (entry == null) {
      throw refused(file.toString(), EXPECTED, "no " + CONFIGURATION, null);
    }
    try (var in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes(ConfigurationJson.MAX_BYTES + 1);
      if (bytes.length > ConfigurationJson.MAX_BYTES) {
        String most = "at most " + ConfigurationJson.MAX_BYTES + " bytes";
        throw refused(file + ", " + CONFIGURATION, most, "more", null);
      }
      return new String(bytes, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw refused(file + ", " + CONFIGURATION, "whole text", reason(e), e);
    }
  }

  /** Returns the parameters. */
  float[] parameters(long size) {
    float[] parameters = array(PARAMETERS, size);
    if (parameters == null) {
      throw refused(file.toString(), EXPECTED, "no " + PARAMETERS, null);
    }
    return parameters;
  }

  /** Returns the state of the updater; empty where there is none in the file. */
  float[] state(long size) {
    float[] state = size == 0 ? null : array(STATE, size);
    return state == null ? new float[0] : state;
  }

  /** Returns whether the file holds what ModelSerializer makes of a normalizer. */
  boolean hasNormalizer() {
    return List.of("normalizer.bin", "preprocessor.bin").stream()
        .anyMatch(name -> zip.getEntry(name) != null);
  }

  private float @Nullable [] array(String name, long size) {
    ZipEntry entry = zip.getEntry(name);
    if (entry == null) {
      return null;
    }
    String where = file + ", " + name;
    long bytes = size * Float.BYTES;
    if (bytes > FREE_BYTES && bytes / MAX_RATIO > entry.getCompressedSize()) {
      String received = size + " in " + entry.getCompressedSize() + " bytes";
      throw refused(where, "as many numbers as its size can hold", received, null);
    }
    FileInput.requireMemory(where, 3 * bytes);
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(zip.getInputStream(entry), BLOCK_BYTES))) {
      long shape = header(where, in, "LONG", "INT");
      if (shape < 4 || shape > MAX_SHAPE_NUMBERS) {
        throw refused(where, "a shape", shape + " numbers of it", null);
      }
      in.skipNBytes(shape * Long.BYTES); // the configuration says it
      long length = header(where, in, "FLOAT");
      if (length != size) {
        throw refused(where, size + " numbers, as the configuration says", length, null);
      }
      return floats(in, (int) size);
    } catch (IOException e) {
      throw refused(where, size + " numbers", reason(e), e);
    } catch (UncheckedIOException e) {
      throw refused(where, size + " numbers", reason(e.getCause()), e);
    }
  }

  /** Reads what is before the numbers of a buffer; returns how many there are. */
  private static long header(String where, DataInputStream in, String... types) throws IOException {
    String mode = in.readUTF();
    if (!mode.equals("LONG_SHAPE") && !mode.equals("MIXED_DATA_TYPES")) {
      throw refused(where, "an array of ND4J 1.0.0", "another", null);
    }
    long length = in.readLong();
    String type = in.readUTF();
    if (!Arrays.asList(types).contains(type)) {
      String received = type.matches("[A-Z0-9]{1,20}") ? type : "something else";
      throw refused(where, "numbers of type " + types[0], received, null);
    }
    return length;
  }

  /** Takes memory as the numbers come, not as they are announced. */
  private static float[] floats(DataInputStream in, int size) throws IOException {
    float[] floats = new float[Math.min(size, BLOCK_BYTES)];
    byte[] block = new byte[BLOCK_BYTES];
    for (int at = 0; at < size; ) {
      int count = Math.min(size - at, BLOCK_BYTES / Float.BYTES);
      in.readFully(block, 0, count * Float.BYTES);
      if (at + count > floats.length) {
        floats = Arrays.copyOf(floats, (int) Math.min(size, 2L * floats.length));
      }
      ByteBuffer.wrap(block).asFloatBuffer().get(floats, at, count);
      at += count;
    }
    return floats;
  }

  private static String reason(IOException e) {
    return e instanceof java.io.EOFException ? "an early end" : "damage (" + e.getMessage() + ")";
  }

  private static InputException refused(
      String where, String expected, Object received, @Nullable Throwable cause) {
    return InputException.of(where, expected, received, "Use a whole, undamaged file", cause);
  }

  @Override
  public void close() {
    try {
      zip.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
