package dev.sinter.datasets;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Flow;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The body of an HTTP response as a sequence of blocks; each wait has a time limit.
 *
 * <p>The input stream of the JDK client blocks forever if the server stalls; this class does not.
 * It requests one block at a time, so the queue holds at most two signals: a block and the end.
 */
final class ResponseBody implements Flow.Subscriber<List<ByteBuffer>>, AutoCloseable {
  /** One signal: blocks, the end (no blocks, no error) or an error. */
  private record Signal(@Nullable List<ByteBuffer> blocks, @Nullable Throwable error) {}

  private final BlockingQueue<Signal> signals = new LinkedBlockingQueue<>();
  private volatile Flow.@Nullable Subscription subscription;
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
   * @throws IOException if nothing arrives within the limit, or the connection breaks
   */
  @Nullable List<ByteBuffer> next(Duration limit) throws IOException, InterruptedException {
    Signal signal = signals.poll(limit.toNanos(), TimeUnit.NANOSECONDS);
    if (signal == null) {
      throw new IOException("no data for " + limit.toMillis() + " ms");
    }
    if (signal.error != null) {
      throw new IOException("the data ended early", signal.error);
    }
    if (signal.blocks != null) {
      Objects.requireNonNull(subscription, "what the blocks came from").request(1);
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
