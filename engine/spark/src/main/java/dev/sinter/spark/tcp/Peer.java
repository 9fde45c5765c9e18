package dev.sinter.spark.tcp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.SocketChannel;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Another process of the group, and the connection to it. */
record Peer(int rank, Address address, SocketChannel channel) {
  /** In the place of an all-reduce's number: the sender leaves. */
  static final int FAREWELL = -1;

  private static final Logger LOG = LoggerFactory.getLogger(Peer.class);

  /**
   * Says that this process leaves, if that can be said at once, and closes the connection.
   *
   * @param culprit the rank because of which it leaves, possibly its own
   */
  void leave(int culprit) {
    ByteBuffer bytes = ByteBuffer.allocate(2 * Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN);
    try (channel) {
      channel.write(bytes.putInt(FAREWELL).putInt(culprit).flip());
    } catch (IOException e) {
      LOG.debug("{} has hung up: {}", this, e.toString());
    }
  }

  /** Closes the connection in the middle of a frame. */
  void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.debug("{} has hung up: {}", this, e.toString());
    }
  }

  @Override
  public String toString() {
    return "rank " + rank + " at " + address;
  }
}
