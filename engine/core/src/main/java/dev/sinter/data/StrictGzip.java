package dev.sinter.data;

import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;

/** A gzip stream that can tell whether something other than gzip follows its last member. */
final class StrictGzip extends GZIPInputStream {
  private static final int BUFFER_BYTES = 1 << 16;
  private static final int TRAILER_BYTES = 8; // CRC-32 and size end a member

  StrictGzip(InputStream in) throws IOException {
    super(in, BUFFER_BYTES);
  }

  /** Returns whether a file starts as gzip does. */
  static boolean isMagic(int first, int second) {
    return first == 0x1F && second == 0x8B;
  }

  /** Returns whether bytes follow the end; to be asked once, after the stream was read out. */
  boolean hasTrailingBytes() throws IOException {
    // The inflater still holds what it did not use of the last buffer: the trailer, and more.
    return inf.getRemaining() > TRAILER_BYTES || in.read() >= 0;
  }
}
