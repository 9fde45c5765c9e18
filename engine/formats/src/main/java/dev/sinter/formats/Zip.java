package dev.sinter.formats;

import dev.sinter.errors.InputException;
import dev.sinter.io.FileInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Reads and writes small zip archives; nothing is ever unpacked into a folder. */
final class Zip {
  private static final int MAX_ENTRIES = 1000;
  private static final int MAX_DEFLATE_RATIO = 1032; // the most that deflated data can expand
  private static final LocalDateTime ENTRY_TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  private Zip() {}

  /**
   * Reads the entries with certain names; others are left alone.
   *
   * @param expected what kind of file it is, for messages
   * @throws InputException for a file that is no archive, damaged, or would unpack to more than it
   *     can hold
   */
  static Map<String, byte[]> read(Path file, String expected, List<String> names) {
    long fileBytes = FileInput.requireFile(file, expected);
    Map<String, byte[]> entries = new LinkedHashMap<>();
    try (ZipFile zip = new ZipFile(file.toFile())) {
      if (zip.size() > MAX_ENTRIES) {
        throw damaged(file, expected, zip.size() + " entries");
      }
      Set<String> seen = new HashSet<>();
      long total = 0;
      for (ZipEntry entry : zip.stream().toList()) {
        String name = entry.getName();
        if (!seen.add(name)) {
          throw damaged(file, expected, "two entries " + name);
        }
        if (name.contains("..") || name.startsWith("/") || name.contains("\\")) {
          throw damaged(file, expected, "an entry " + name);
        }
        if (!names.contains(name)) {
          continue;
        }
        long packed = entry.getCompressedSize();
        boolean stored = entry.getMethod() == ZipEntry.STORED;
        long possible = stored ? packed : packed * MAX_DEFLATE_RATIO;
        long size = entry.getSize();
        total += size;
        if (packed > fileBytes || size < 0 || size > possible || size > FileInput.MAX_ELEMENTS) {
          throw damaged(file, expected, name + " of " + size + " bytes packed into " + packed);
        }
        FileInput.requireMemory(file.toString(), 3 * total);
        entries.put(name, bytes(zip, entry, file, expected));
      }
    } catch (ZipException e) {
      throw damaged(file, expected, "no such archive (" + FileInput.reason(e) + ")");
    } catch (IOException e) {
      throw FileInput.unreadable(file, expected, e);
    }
    return entries;
  }

  private static byte[] bytes(ZipFile zip, ZipEntry entry, Path file, String expected)
      throws IOException {
    int size = (int) entry.getSize();
    try (InputStream in = zip.getInputStream(entry)) {
      byte[] bytes = in.readNBytes(size); // takes memory as it comes
      CRC32 crc = new CRC32();
      crc.update(bytes);
      if (bytes.length < size || in.read() >= 0 || crc.getValue() != entry.getCrc()) {
        throw damaged(file, expected, entry.getName() + " with another length or checksum");
      }
      return bytes;
    }
  }

  private static InputException damaged(Path file, String expected, String received) {
    return InputException.of(
        file.toString(), expected, received, "Get the file again, or save it again");
  }

  /** Writes entries in their order, stored, as Keras does. */
  static void write(OutputStream out, Map<String, byte[]> entries) throws IOException {
    ZipOutputStream zip = new ZipOutputStream(out);
    zip.setMethod(ZipOutputStream.STORED);
    for (Map.Entry<String, byte[]> each : entries.entrySet()) {
      CRC32 crc = new CRC32();
      crc.update(each.getValue());
      ZipEntry entry = new ZipEntry(each.getKey());
      entry.setTimeLocal(ENTRY_TIME);
      entry.setSize(each.getValue().length);
      entry.setCompressedSize(each.getValue().length);
      entry.setCrc(crc.getValue());
      zip.putNextEntry(entry);
      zip.write(each.getValue());
      zip.closeEntry();
    }
    zip.finish();
  }
}
