package dev.sinter.spark.tcp;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;

/**
 * How far the block under way has come on the connection to one other process. Each side sends two
 * frames: its values of the other's piece, and the sums of its own. Never blocks, and allocates
 * nothing once it has seen the largest block. Used by one thread at a time.
 */
final class Link {
  /** How many floats are put together for one call of the system. */
  static final int CHUNK = 1 << 14;

  private static final int HEADER = 2; // in the size of floats
  private static final int VALUES = 0; // frames, in order
  private static final int SUMS = 1;
  private static final int DONE = 2;

  private final Peer peer;
  private final Block block;
  private final SelectionKey key;

  private final ByteBuffer out = buffer(CHUNK);
  private final FloatBuffer outFloats = out.asFloatBuffer();
  private int sending = DONE; // the frame
  private int sent = -1; // floats of it; -1 before its header

  private final ByteBuffer header = buffer(HEADER);
  private ByteBuffer values = buffer(0); // the other's, of this process's piece
  private FloatBuffer valuesFloats = values.asFloatBuffer();
  private final ByteBuffer sums = buffer(CHUNK);
  private final FloatBuffer sumsFloats = sums.asFloatBuffer();
  private int receiving = DONE; // the frame
  private int received; // floats of it, in whole chunks
  private int chunk; // floats that are received now; 0 for the header
  private ByteBuffer in = header; // where to

  Link(Peer peer, Block block, Selector selector) throws IOException {
    this.peer = peer;
    this.block = block;
    key = peer.channel().register(selector, 0);
    out.limit(0);
  }

  private static ByteBuffer buffer(int floats) {
    return ByteBuffer.allocateDirect(floats * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
  }

  Peer peer() {
    return peer;
  }

  /** Begins the block that the group works on now. */
  void begin() {
    int mine = block.length(block.rank());
    if (values.capacity() < mine * Float.BYTES) {
      values = buffer(mine);
      valuesFloats = values.asFloatBuffer();
    }
    sending = VALUES;
    sent = -1;
    expect(VALUES);
  }

  /** Returns whether everything of the block has been sent and received. */
  boolean done() {
    return sending == DONE && receiving == DONE && !out.hasRemaining();
  }

  /** Returns whether the other process owes its own values of the block. */
  boolean lacksValues() {
    return receiving == VALUES;
  }

  /** Sends what can be sent at once; returns whether that was anything. */
  boolean send() throws GroupLostException {
    if (!out.hasRemaining() && !fill()) {
      return false;
    }
    try {
      return peer.channel().write(out) > 0;
    } catch (IOException e) {
      throw lost(e.getMessage());
    }
  }

  private boolean fill() {
    if (sending == DONE) {
      return false;
    }
    int owner = sending == VALUES ? peer.rank() : block.rank();
    int length = block.length(owner);
    int ready = sending == VALUES ? length : block.summed();
    int at = 0;
    if (sent < 0) {
      if (ready == 0 && length > 0) {
        return false; // so long, a farewell can take the frame's place
      }
      out.clear().putInt(block.number()).putInt(block.remaining());
      at = HEADER;
      sent = 0;
    }
    int count = Math.min(ready - sent, CHUNK - at);
    outFloats.put(at, block.values(), block.start(owner) + sent, count);
    sent += count;
    if (sent == length) {
      sending++;
      sent = -1;
    }
    out.limit((at + count) * Float.BYTES).position(0);
    return out.hasRemaining();
  }

  /** Receives what is there; returns whether that was anything. */
  boolean receive() throws GroupLostException {
    if (receiving == DONE) {
      return false;
    }
    int got;
    try {
      got = peer.channel().read(in);
    } catch (IOException e) {
      throw lost(e.getMessage());
    }
    if (got < 0) {
      throw lost("the end of the connection");
    }
    if (got > 0 && !in.hasRemaining()) {
      take();
    }
    return got > 0;
  }

  /** Takes the header or the chunk that is complete, and prepares for what comes next. */
  private void take() throws GroupLostException {
    if (in == header) {
      check(header.getInt(0), header.getInt(Integer.BYTES));
    } else if (in == sums) {
      sumsFloats.get(0, block.values(), block.start(peer.rank()) + received, chunk);
    }
    received += chunk;
    int length = block.length(receiving == VALUES ? block.rank() : peer.rank());
    chunk = Math.min(length - received, CHUNK);
    if (chunk == 0) {
      expect(receiving + 1);
    } else if (receiving == VALUES) {
      in = values.limit((received + chunk) * Float.BYTES);
    } else {
      in = sums.clear().limit(chunk * Float.BYTES);
    }
  }

  private void expect(int frame) {
    receiving = frame;
    received = 0;
    chunk = 0;
    values.clear();
    in = header.clear();
  }

  private void check(int number, int remaining) throws GroupLostException {
    if (number == Peer.FAREWELL) {
      String whom = remaining == peer.rank() ? "" : " because of rank " + remaining;
      throw new GroupLostException(
          remaining,
          "numbers of " + peer,
          "word that it leaves" + whom,
          "See what that process reports, and start the group again from its last checkpoint");
    }
    if (number != block.number() || remaining != block.remaining()) {
      throw new GroupLostException(
          peer.rank(),
          block.remaining() + " floats of all-reduce " + block.number() + " as here",
          remaining + " of all-reduce " + number + " from " + peer,
          "Let all processes train the same model with the same settings");
    }
  }

  private GroupLostException lost(String what) {
    return new GroupLostException(
        peer.rank(),
        "numbers of " + peer,
        what,
        "See what ended that process, and start the group again from its last checkpoint");
  }

  /** Returns how many of the other's values are there, of this process's piece. */
  int valuesReady() {
    return receiving == VALUES ? received : block.length(block.rank());
  }

  /** Copies some of the other's values of this process's piece. */
  void copyValues(int from, float[] target, int count) {
    valuesFloats.get(from, target, 0, count);
  }

  /** Tells the selector what this connection waits for. */
  void showInterest() {
    int receive = receiving == DONE ? 0 : SelectionKey.OP_READ;
    int send = out.hasRemaining() ? SelectionKey.OP_WRITE : 0;
    if (key.interestOps() != (receive | send)) {
      key.interestOps(receive | send);
    }
  }

  /** Closes the connection, with a farewell if no frame is half sent. */
  void leave(int culprit) {
    if (sent < 0 && !out.hasRemaining()) {
      peer.leave(culprit);
    } else {
      peer.close();
    }
  }
}
