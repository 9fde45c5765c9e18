package dev.sinter.spark.tcp;

import dev.sinter.errors.InputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import org.jspecify.annotations.Nullable;

/**
 * How a process introduces itself on a connection: protocol and version (8 bytes), SHA-256 of the
 * token (32), its rank, the size of the group, and the rank that it takes the other one for (4
 * each). Immutable.
 */
final class Greeting {
  private static final long PROTOCOL = 0x0001_5245_544E_4953L; // SINTER and version 1, in memory
  private static final int RANK = 40; // where the token ends
  private static final int SIZE = 44;
  private static final int PEER = 48;
  private static final int END = 52;

  private final byte[] token; // its digest
  private final int rank;
  private final int size;

  Greeting(byte[] token, int rank, int size) {
    this.token = digest(token);
    this.rank = rank;
    this.size = size;
  }

  private static byte[] digest(byte[] token) {
    if (token.length == 0) {
      throw InputException.of("token", "at least one byte", "none", "Give a secret of the group");
    }
    try {
      return MessageDigest.getInstance("SHA-256").digest(token);
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError("every JDK has SHA-256", e);
    }
  }

  /** Returns the bytes that this process sends to another one. */
  ByteBuffer to(int peer) {
    return buffer().putLong(PROTOCOL).put(token).putInt(rank).putInt(size).putInt(peer).flip();
  }

  private static ByteBuffer buffer() {
    return ByteBuffer.allocate(END).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Returns an empty buffer for a greeting, which ends for now where the token does. */
  static ByteBuffer empty() {
    return buffer().limit(RANK);
  }

  /** Returns whether all of a greeting is there. */
  static boolean complete(ByteBuffer received) {
    return received.position() == END;
  }

  /** Returns the rank in a complete greeting. */
  static int rank(ByteBuffer received) {
    return received.getInt(RANK);
  }

  /**
   * Checks what has come so far, and makes room for the rest once the token is right.
   *
   * @return the reason to refuse the sender, or null
   */
  @Nullable String check(ByteBuffer received) {
    if (received.position() >= Long.BYTES && received.getLong(0) != PROTOCOL) {
      return "it speaks another protocol or version";
    }
    if (received.position() == RANK) {
      byte[] theirs = new byte[token.length];
      received.get(Long.BYTES, theirs);
      if (!MessageDigest.isEqual(token, theirs)) {
        return "its token is not that of the group";
      }
      received.limit(END);
    }
    if (!complete(received)) {
      return null;
    }
    int theirSize = received.getInt(SIZE);
    if (theirSize != size) {
      return "its group has " + theirSize + " processes, this one " + size;
    }
    int meant = received.getInt(PEER);
    return meant == rank ? null : "it looks for rank " + meant + ", this is rank " + rank;
  }
}
