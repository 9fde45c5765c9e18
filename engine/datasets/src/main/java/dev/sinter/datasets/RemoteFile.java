package dev.sinter.datasets;

import dev.sinter.io.StrictGzip;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * A published file: its name, and its size and digest after decompression.
 *
 * <p>Mirrors compress differently, so the size and the digest are those of the decompressed bytes.
 *
 * @param name its name after decompression; the compressed file adds ".gz"
 * @param sizeBytes its size after decompression
 * @param sha256 its SHA-256 after decompression, in lower-case hexadecimal
 */
record RemoteFile(String name, long sizeBytes, String sha256) {
  private static final int BLOCK_BYTES = 1 << 16;

  /** Returns the name of the compressed file on the mirrors. */
  String zippedName() {
    return name + ".gz";
  }

  /** Returns whether a copy, gzip or plain, holds exactly this file's bytes. */
  boolean isIntact(Path copy) {
    MessageDigest digest = newDigest();
    long left = sizeBytes;
    try (InputStream in = StrictGzip.open(copy)) {
      byte[] block = new byte[BLOCK_BYTES];
      for (int read = in.read(block); read >= 0 && left >= 0; read = in.read(block)) {
        digest.update(block, 0, read);
        left -= read;
      }
    } catch (IOException e) {
      return false;
    }
    return left == 0 && isDigest(digest);
  }

  /** Returns whether the digest matches this file; resets the digest. */
  boolean isDigest(MessageDigest digest) {
    return HexFormat.of().formatHex(digest.digest()).equals(sha256);
  }

  static MessageDigest newDigest() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JVM has SHA-256", e);
    }
  }
}
