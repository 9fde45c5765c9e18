package dev.sinter.spark.tcp;

import java.io.IOException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Sums floats over the processes: each rank owns a piece of them, gets the others' values of it,
 * sums these in the order of the ranks and sends the sums to all. Each process sends and receives
 * as much as in a ring, 2 (N - 1) / N of the floats, but in two steps instead of 2 (N - 1); and
 * each sees by itself which other one is lost. A block at a time, which bounds the memory.
 *
 * <p>Used by one thread; {@link #stop} by any.
 */
final class Exchange {
  /** The longest block, in floats. */
  static final int BLOCK = 1 << 20;

  private static final int STRIDE = 1 << 11; // floats summed at once, within the first-level cache

  private final int rank;
  private final Duration timeout;
  private final Selector selector;
  private final Block block;
  private final List<Link> links = new ArrayList<>(); // by rank, without this process
  private final float[] sum = new float[STRIDE];
  private final float[] term = new float[STRIDE];
  private long lastMoveNanos;
  private volatile boolean stopped;

  Exchange(int rank, List<Peer> peers, Duration timeout) throws IOException {
    this.rank = rank;
    this.timeout = timeout;
    block = new Block(rank, peers.size() + 1);
    selector = Selector.open();
    for (Peer peer : peers) {
      links.add(new Link(peer, block, selector));
    }
  }

  /**
   * Replaces floats by their sums over all processes.
   *
   * @param number of the all-reduce, from 0 on, equal on all processes
   */
  void allReduce(int number, float[] values, int from, int length)
      throws GroupLostException, IOException {
    int done = 0;
    do {
      int count = Math.min(length - done, BLOCK);
      block.begin(number, values, from + done, count, length - done);
      exchange();
      done += count;
    } while (done < length);
  }

  private void exchange() throws GroupLostException, IOException {
    for (Link link : links) {
      link.begin();
    }
    lastMoveNanos = System.nanoTime();
    while (!done()) {
      boolean moved = false;
      for (Link link : links) {
        moved |= link.send();
        moved |= link.receive();
      }
      moved |= sum();
      if (moved) {
        lastMoveNanos = System.nanoTime();
      } else {
        waitForMore();
      }
      if (stopped) {
        throw new GroupLostException(
            rank, "numbers of the other processes", "a call of close", "Start the group again");
      }
    }
  }

  private boolean done() {
    for (Link link : links) {
      if (!link.done()) {
        return false;
      }
    }
    return true;
  }

  /** Sums what is there from all processes; returns whether that was anything. */
  private boolean sum() {
    int ready = block.length(rank);
    for (Link link : links) {
      ready = Math.min(ready, link.valuesReady());
    }
    boolean moved = block.summed() < ready;
    while (block.summed() < ready) {
      int count = Math.min(ready - block.summed(), STRIDE);
      sum(block.start(rank), block.summed(), count);
      block.summed(block.summed() + count);
    }
    return moved;
  }

  private void sum(int start, int from, int count) {
    float[] values = block.values();
    for (int i = 0; i <= links.size(); i++) { // in the order of the ranks
      float[] target = i == 0 ? sum : term;
      if (i == rank) {
        System.arraycopy(values, start + from, target, 0, count);
      } else {
        links.get(i < rank ? i : i - 1).copyValues(from, target, count);
      }
      if (i > 0) {
        for (int j = 0; j < count; j++) {
          sum[j] += term[j];
        }
      }
    }
    System.arraycopy(sum, 0, values, start + from, count);
  }

  private void waitForMore() throws GroupLostException, IOException {
    long left = timeout.toNanos() - (System.nanoTime() - lastMoveNanos);
    if (left <= 0) {
      throw silent();
    }
    for (Link link : links) {
      link.showInterest();
    }
    selector.select(Exchange::ready, left / 1_000_000 + 1);
  }

  private static void ready(SelectionKey key) {
    // The links are all asked anyway.
  }

  private GroupLostException silent() {
    List<Peer> silent =
        links.stream().filter(Link::lacksValues).map(Link::peer).collect(Collectors.toList());
    if (silent.isEmpty()) { // all have sent their values: who has not sent its sums?
      links.stream().filter(link -> !link.done()).map(Link::peer).forEach(silent::add);
    }
    return new GroupLostException(
        silent.get(0).rank(),
        "numbers of " + silent.stream().map(Peer::toString).collect(Collectors.joining(", ")),
        "nothing for " + timeout.toMillis() + " ms",
        "See what holds that process up, and start the group again from its last checkpoint");
  }

  /** Ends an all-reduce that is under way; any thread may call it. */
  void stop() {
    stopped = true;
    selector.wakeup();
  }

  /** Leaves the group because of a rank, possibly this one, and frees everything. */
  void leave(int culprit) throws IOException {
    for (Link link : links) {
      link.leave(culprit);
    }
    selector.close();
  }
}
