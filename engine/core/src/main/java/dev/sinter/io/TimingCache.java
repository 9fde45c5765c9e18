package dev.sinter.io;

import java.io.IOException;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The chosen method for each product, kept in one file per device and library versions, so that
 * each timing is done only once.
 *
 * <p>The file is only a cache: if it cannot be read or written, choices hold for the process. Any
 * number of threads may use it.
 */
public final class TimingCache {
  private final @Nullable Path file; // null to keep nothing
  private final Properties known = new Properties();
  private final Map<String, String> used = new TreeMap<>();

  /**
   * Reads the previous choices.
   *
   * @param file may be missing; null to keep nothing
   */
  public TimingCache(@Nullable Path file) {
    this.file = file;
    known.putAll(load());
  }

  private Properties load() {
    Properties kept = new Properties();
    if (file != null && Files.isRegularFile(file)) {
      try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
        kept.load(reader);
      } catch (IOException | IllegalArgumentException e) { // damaged: time again
        kept.clear();
      }
    }
    return kept;
  }

  /** Returns the choice for a product, or null. */
  public synchronized @Nullable String get(String key) {
    String value = known.getProperty(key);
    if (value != null) {
      used.put(key, value);
    }
    return value;
  }

  /** Keeps a choice. */
  public synchronized void put(String key, String value) {
    known.setProperty(key, value);
    used.put(key, value);
    if (file != null) {
      save(file);
    }
  }

  /**
   * Keeps a choice unless one was kept meanwhile, by this process or another.
   *
   * @return the choice that stands
   */
  public synchronized String putIfAbsent(String key, String value) {
    String standing = known.getProperty(key);
    if (standing == null) {
      standing = load().getProperty(key, value);
    }
    put(key, standing);
    return standing;
  }

  /** Returns the choices that this process used. */
  public synchronized Map<String, String> used() {
    return Map.copyOf(used);
  }

  private void save(Path file) {
    try {
      Files.createDirectories(file.toAbsolutePath().getParent());
      Properties all = load(); // other processes may have added choices
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
