package dev.sinter.cuda;

import dev.sinter.io.AtomicFile;
import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;

/**
 * Which way was picked for which product: kept in a file for each device and its libraries, so that
 * a pick made by timing is made once.
 *
 * <p>The file is a help, not a need: where it cannot be read or written, picks hold for the
 * process.
 */
final class Choices {
  private final Path file; // null where nothing is kept
  private final Properties known = new Properties();
  private final Map<String, String> used = new TreeMap<>();

  /**
   * Reads what was picked before.
   *
   * @param file may be missing; null to keep nothing
   */
  Choices(Path file) {
    this.file = file;
    if (file != null) {
      known.putAll(load());
    }
  }

  private Properties load() {
    Properties kept = new Properties();
    if (Files.isRegularFile(file)) {
      try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
        kept.load(reader);
      } catch (IOException | IllegalArgumentException e) { // damaged: timed anew
        kept.clear();
      }
    }
    return kept;
  }

  /** Returns the pick for a product, or null. */
  synchronized String get(String key) {
    String value = known.getProperty(key);
    if (value != null) {
      used.put(key, value);
    }
    return value;
  }

  /** Keeps a pick. */
  synchronized void put(String key, String value) {
    known.setProperty(key, value);
    used.put(key, value);
    if (file != null) {
      save();
    }
  }

  /** Returns the picks that this process used. */
  synchronized Map<String, String> used() {
    return Map.copyOf(used);
  }

  private void save() {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Properties all = load(); // other processes may have picked meanwhile
      all.putAll(known);
      StringWriter text = new StringWriter();
      all.store(text, null);
      AtomicFile.write(
          file, output -> output.write(text.toString().getBytes(StandardCharsets.UTF_8)));
    } catch (IOException | RuntimeException e) {
      // Not writable: the next process times again.
    }
  }
}
