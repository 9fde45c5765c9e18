package dev.sinter.callbacks;

import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.io.HostName;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32C;

/**
 * A file of TensorBoard's events, to which whole records are added; it may be read meanwhile.
 *
 * <p>A record: the length of its data (64 bits), the masked CRC-32C of those eight bytes (32 bits),
 * the data, the masked CRC-32C of the data (32 bits); all little-endian. Masked: rotated right by
 * 15 bits, plus 0xa282ead8. Source: TensorFlow, core/lib/io/record_writer.h, core/lib/hash/crc32c.h
 * and, for the name, core/summary/summary_file_writer.cc.
 */
record EventFile(Path path) {
  private static final AtomicInteger COUNT = new AtomicInteger(); // files of this process
  private static final int MASK_DELTA = 0xa282ead8;

  /**
   * Creates a file events.out.tfevents.SECONDS.HOST.PROCESS.N.v2 with its first record.
   *
   * @throws InputException when folder or file cannot be created
   */
  static EventFile create(Path folder) {
    Folders.create(folder);
    long seconds = System.currentTimeMillis() / 1000;
    String host = HostName.here();
    long process = ProcessHandle.current().pid();
    while (true) {
      String name =
          String.format(
              Locale.ROOT,
              "events.out.tfevents.%010d.%s.%d.%d.v2",
              seconds,
              host,
              process,
              COUNT.getAndIncrement());
      Path path = folder.resolve(name);
      try {
        Files.write(path, record(Events.version(seconds)), StandardOpenOption.CREATE_NEW);
        return new EventFile(path);
      } catch (FileAlreadyExistsException e) {
        continue; // another container's, with the same host name and process number
      } catch (IOException e) {
        throw InputException.of(
            path.toString(),
            "a folder to write event files to",
            "an error (" + Folders.reason(e) + ")",
            "Write elsewhere, or change the folder's permissions",
            e);
      }
    }
  }

  /**
   * Adds events, in one write. The file is open only meanwhile: a training that fails leaves
   * nothing open and nothing unwritten.
   *
   * @throws RunException when writing fails, or the file is gone
   */
  void append(List<byte[]> events) {
    ByteArrayOutputStream records = new ByteArrayOutputStream();
    events.forEach(event -> records.writeBytes(record(event)));
    try {
      Files.write(path, records.toByteArray(), StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new RunException(
          "%s: expected to add events, received an error (%s). Free some space, and leave the file while training runs."
              .formatted(path, Folders.reason(e)),
          e);
    }
  }

  /** Returns the framed data. */
  static byte[] record(byte[] data) {
    ByteBuffer record =
        ByteBuffer.allocate(Long.BYTES + Integer.BYTES + data.length + Integer.BYTES)
            .order(ByteOrder.LITTLE_ENDIAN)
            .putLong(data.length);
    record.putInt(maskedCrc(record.array(), Long.BYTES));
    record.put(data);
    return record.putInt(maskedCrc(data, data.length)).array();
  }

  private static int maskedCrc(byte[] data, int length) {
    CRC32C crc = new CRC32C();
    crc.update(data, 0, length);
    return Integer.rotateRight((int) crc.getValue(), 15) + MASK_DELTA;
  }
}
