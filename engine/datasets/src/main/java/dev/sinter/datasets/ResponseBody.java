package dev.sinter.datasets;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * An HTTP response's body as blocks that are waited for with a time limit.
 *
 * <p>An input stream of the JDK's client blocks for ever when the server stalls; this does not. One
 * block at a time is asked for, so that the queue holds two signals at most: a block and the end.
 */
final class ResponseBody implements Flow.Subscriber<List<ByteBuffer>>, AutoCloseable {
  /** One signal: blocks, the end (no blocks, no error) or an error. */
  private record Signal(List<ByteBuffer> blocks, Throwable error) {}

  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private volatile Flow.Subscription subscription;
  private volatile boolean closed;

  @Override
  public void onSubscribe(Flow.Subscription given) {
    subscription = given;
    if (closed) {
      given.cancel();
    } else {
      given.request(1);
    }
  }

  @Override
  public void onNext(List<ByteBuffer> blocks) {
    signals.add(new Signal(blocks, null));
  }

  @Override
  public void onError(Throwable error) {
    signals.add(new Signal(null, error));
  }

  @Override
  public void onComplete() {
    signals.add(new Signal(null, null));
  }

  /**
   * Returns the next blocks, or null at the end.
   *
   * @throws IOException when nothing comes within the limit, or the connection breaks
   */
  List<ByteBuffer> next(Duration limit) throws IOException, InterruptedException {
    Signal signal = signals.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
    if (signal == null) {
      throw new IOException("no data for " + limit.toMillis() + " ms");
    }
    if (signal.error != null) {
      throw new IOException("the data ended early", signal.error);
    }
    if (signal.blocks != null) {
      subscription.request(1);
    }
    return signal.blocks;
  }

  /** Drops the connection unless the body was read to its end. */
  @Override
  public void close() {
    closed = true;
    if (subscription != null) {
      subscription.cancel();
    }
  }
}
