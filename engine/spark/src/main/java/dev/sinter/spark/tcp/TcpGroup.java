package dev.sinter.spark.tcp;

import dev.sinter.distributed.ProcessGroup;
import dev.sinter.errors.RunException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connected group: a thread of its own works through the floats that were begun, in order. When
 * anything fails, the thread leaves the group, so that all processes learn of it, and ends.
 */
final class TcpGroup implements ProcessGroup {
  private static final Logger LOG = LoggerFactory.getLogger(TcpGroup.class);

  private final int rank;
  private final int size;
  private final Exchange exchange;
  private final @Nullable Thread thread; // none in a group of one

  private final ReentrantLock lock = new ReentrantLock(); // guards what follows
  private final Condition changed = lock.newCondition();
  private final List<Region> regions = new ArrayList<>(); // of the calls since the last await
  private int begun; // of the regions
  private int done; // of the regions
  private boolean closed;
  private @Nullable RunException failure;

  /** Floats that are to be summed; used again and again. */
  private static final class Region {
    private float[] values = new float[0];
    private int from;
    private int length;
  }

  private TcpGroup(int rank, int size, Exchange exchange) {
    this.rank = rank;
    this.size = size;
    this.exchange = exchange;
    thread = size == 1 ? null : new Thread(this::work, "sinter-tcp-" + rank);
  }

  static TcpGroup start(int rank, List<Peer> peers, Duration timeout) throws IOException {
    int size = peers.size() + 1;
    TcpGroup group = new TcpGroup(rank, size, new Exchange(rank, peers, timeout));
    if (group.thread != null) {
      group.thread.setDaemon(true);
      group.thread.start();
    }
    return group;
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public String transport() {
    return TcpTransport.NAME;
  }

  @Override
  public void begin(float[] values, int from, int length) {
    Objects.checkFromIndexSize(from, length, values.length);
    lock.lock();
    try {
      requireUsable();
      if (thread == null) {
        return; // the sum over one process
      }
      if (begun == regions.size()) {
        regions.add(new Region());
      }
      Region region = regions.get(begun++);
      region.values = values;
      region.from = from;
      region.length = length;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void await() {
    InterruptedException interrupt;
    lock.lock();
    try {
      while (done < begun && failure == null && !closed) {
        changed.await();
      }
      requireUsable();
      begun = 0;
      done = 0;
      return;
    } catch (InterruptedException e) {
      interrupt = e;
    } finally {
      lock.unlock();
    }
    close();
    Thread.currentThread().interrupt();
    throw problem("to be left waiting", "an interrupt", interrupt);
  }

  private void requireUsable() {
    if (failure != null) {
      throw new RunException(failure.getMessage(), failure);
    }
    if (closed) {
      throw problem("an open group", "a closed one", null);
    }
  }

  private RunException problem(String expected, String received, @Nullable Throwable cause) {
    return RunException.of(where(), expected, received, "Start the group again", cause);
  }

  private String where() {
    return "transport tcp, rank " + rank + " of " + size;
  }

  private void work() {
    int culprit = rank;
    RunException reason = null;
    try {
      int number = 0;
      for (Region region = next(); region != null; region = next()) {
        exchange.allReduce(number, region.values, region.from, region.length);
        number = (number + 1) & Integer.MAX_VALUE;
        finish();
      }
    } catch (GroupLostException e) {
      culprit = e.culprit();
      reason = e.at(where());
    } catch (IOException | RuntimeException | Error e) {
      reason = problem("an all-reduce without errors", e.toString(), e);
    }
    leave(culprit);
    lock.lock();
    try {
      failure = reason;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  /** Returns the floats that come next, as soon as there are any; null once the group is closed. */
  private @Nullable Region next() {
    lock.lock();
    try {
      while (done == begun && !closed) {
        changed.awaitUninterruptibly();
      }
      return closed ? null : regions.get(done);
    } finally {
      lock.unlock();
    }
  }

  private void finish() {
    lock.lock();
    try {
      done++;
      if (done == begun) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  private void leave(int culprit) {
    try {
      exchange.leave(culprit);
    } catch (IOException e) {
      LOG.debug("{}: {}", where(), e.toString());
    }
  }

  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    exchange.stop();
    if (thread == null) {
      leave(rank);
      return;
    }
    boolean interrupted = false;
    while (thread.isAlive()) { // moments: it never blocks but for what was just ended
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
