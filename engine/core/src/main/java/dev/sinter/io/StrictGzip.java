package dev.sinter.io;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;

/** A gzip stream that detects other data after its last member. Used by one thread at a time. */
public final class StrictGzip extends GZIPInputStream {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int TRAILER_BYTES = 8; // CRC-32 and size end a member

  private StrictGzip(InputStream in) throws IOException {
    super(in, BUFFER_BYTES);
  }

  /**
   * Opens a file: as a strict gzip stream if it starts with the gzip magic, else as plain bytes.
   */
  public static InputStream open(Path file) throws IOException {
    InputStream raw = new BufferedInputStream(Files.newInputStream(file));
    try {
      raw.mark(2);
      boolean gzip = raw.read() == 0x1F && raw.read() == 0x8B;
      raw.reset();
      return gzip ? new StrictGzip(raw) : raw;
    } catch (IOException e) {
      raw.close();
      throw e;
    }
  }

  /**
   * Returns the size that the end of a file declares for its last member after decompression, up to
   * 4 GB; of a file that is none, any number.
   */
  public static long lastSize(Path file) throws IOException {
    ByteBuffer size = ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (FileChannel channel = FileChannel.open(file)) {
      channel.read(size, Math.max(0, channel.size() - Integer.BYTES));
    }
    return Integer.toUnsignedLong(size.getInt(0));
  }

  /** Returns whether bytes follow the end. Call it once, after reading the whole stream. */
  public boolean hasTrailingBytes() throws IOException {
    // The inflater still holds the unused rest of the last buffer: the trailer and more.
    return inf.getRemaining() > TRAILER_BYTES || in.read() >= 0;
  }
}
