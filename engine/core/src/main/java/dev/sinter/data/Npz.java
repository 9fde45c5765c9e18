package dev.sinter.data;

import dev.sinter.errors.InputException;
import dev.sinter.io.AtomicFile;
import dev.sinter.io.FileInput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.CheckedInputStream;
import java.util.zip.CheckedOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Reads and writes NumPy's .npz files: a zip of .npy arrays by name, in order. Any number of
 * threads may call its methods.
 *
 * <p>A name may contain '/', as {@code dense/kernel} does (entry {@code dense/kernel.npy}). Read:
 * stored or deflated entries, element types as {@link Npy}. Written: stored, as numpy.savez does;
 * the same arrays give the same bytes.
 *
 * <p>Errors: {@link InputException} for a file that is missing, unreadable, no zip or damaged, and
 * for an entry that is no array; {@link dev.sinter.errors.RunException} when writing fails.
 */
public final class Npz {
  private static final String EXPECTED = "a NumPy .npz file";
  private static final String SUFFIX = ".npy";
  private static final int MAX_ENTRIES = 100_000;
  private static final int MAX_DEFLATE_RATIO = 1032; // the most that deflated data can expand
  private static final LocalDateTime ENTRY_TIME = LocalDateTime.of(1980, 2, 1, 0, 0);

  private Npz() {}

  /** Reads all arrays, by name without ".npy", in the order of the file. */
  public static Map<String, Tensor> read(Path file) {
    long sizeBytes = FileInput.requireFile(file, EXPECTED);
    try (ZipFile zip = new ZipFile(file.toFile())) {
      Map<String, Tensor> arrays = new LinkedHashMap<>();
      for (ZipEntry entry : entries(zip, file, sizeBytes)) {
        String name = entry.getName();
        Tensor array = read(zip, entry, file + ", entry " + name);
        if (arrays.put(name.substring(0, name.length() - SUFFIX.length()), array) != null) {
          throw damaged(file.toString(), "two entries named " + name, null);
        }
      }
      return arrays;
    } catch (ZipException e) {
      throw damaged(file.toString(), "no such archive (" + FileInput.reason(e) + ")", e);
    } catch (IOException e) {
      throw FileInput.unreadable(file, EXPECTED, e);
    }
  }

  /** Writes arrays in the order of the map, completely or not at all; replaces an existing file. */
  public static void write(Path file, Map<String, Tensor> arrays) {
    AtomicFile.write(file, content(arrays));
  }

  /** Returns the content that {@link #write} writes, to write it together with other files. */
  public static AtomicFile.Content content(Map<String, Tensor> arrays) {
    return out -> {
      ZipOutputStream zip = new ZipOutputStream(out);
      zip.setMethod(ZipOutputStream.STORED);
      for (Map.Entry<String, Tensor> array : arrays.entrySet()) {
        write(zip, array.getKey() + SUFFIX, array.getValue());
      }
      zip.finish();
    };
  }

  /** Lists the entries after checking that their declared sizes are possible and fit the memory. */
  private static List<ZipEntry> entries(ZipFile zip, Path file, long fileBytes) {
    if (zip.size() > MAX_ENTRIES) {
      throw damaged(file.toString(), zip.size() + " entries", null);
    }
    List<ZipEntry> entries = new ArrayList<>();
    long totalBytes = 0;
    for (ZipEntry entry : zip.stream().toList()) {
      if (entry.isDirectory()) {
        continue;
      }
      String where = file + ", entry " + entry.getName();
      if (!entry.getName().endsWith(SUFFIX)) {
        throw InputException.of(
            where, "a name that ends in .npy", "another file", "Write the file with numpy.savez");
      }
      long packed = entry.getCompressedSize();
      boolean stored = entry.getMethod() == ZipEntry.STORED;
      long possible = stored ? packed : packed * MAX_DEFLATE_RATIO;
      if (packed > fileBytes || entry.getSize() > possible) {
        throw damaged(where, entry.getSize() + " bytes declared, packed into " + packed, null);
      }
      totalBytes += entry.getSize();
      entries.add(entry);
    }
    FileInput.requireMemory(file.toString(), totalBytes);
    return entries;
  }

  private static Tensor read(ZipFile zip, ZipEntry entry, String where) {
    CRC32 crc = new CRC32(); // ZipFile does not compare it
    try (InputStream raw = zip.getInputStream(entry);
        InputStream in = new CheckedInputStream(raw, crc)) {
      Tensor tensor = Npy.read(in, entry.getSize(), where);
      if (in.read() >= 0) {
        throw damaged(where, "more bytes than the archive declares", null);
      }
      if (crc.getValue() != entry.getCrc()) {
        throw damaged(where, "data with another checksum", null);
      }
      return tensor;
    } catch (IOException e) {
      throw damaged(where, "damage (" + FileInput.reason(e) + ")", e);
    }
  }

  private static void write(ZipOutputStream zip, String name, Tensor tensor) throws IOException {
    // The size and checksum of a stored entry precede its data: the array is encoded twice.
    CRC32 crc = new CRC32();
    OutputStream nowhere = OutputStream.nullOutputStream();
    try (CheckedOutputStream measured = new CheckedOutputStream(nowhere, crc)) {
      Npy.write(measured, tensor);
    }
    ZipEntry entry = new ZipEntry(name);
    entry.setTimeLocal(ENTRY_TIME);
    entry.setSize(Npy.sizeBytes(tensor));
    entry.setCompressedSize(entry.getSize());
    entry.setCrc(crc.getValue());
    zip.putNextEntry(entry);
    Npy.write(zip, tensor);
    zip.closeEntry();
  }

  private static InputException damaged(
      String where, String received, @Nullable IOException cause) {
    return InputException.of(
        where,
        "an intact zip archive of .npy arrays",
        received,
        "Get the file again, or write it again with numpy.savez",
        cause);
  }
}
