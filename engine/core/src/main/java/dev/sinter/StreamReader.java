package dev.sinter;

import dev.sinter.data.Sample;
import dev.sinter.data.SampleReader;
import dev.sinter.data.SampleSource;
import dev.sinter.data.Stream;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.errors.SinterException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads a stream ahead: a thread fills two buffers in turn. What goes wrong there is thrown where
 * its samples would have been taken.
 */
final class StreamReader implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Stream.class);

  private static final int BUFFERS = 2;
  private static final int WINDOW_BYTES = 32 << 20;
  private static final int WINDOW_ROWS = 1 << 16;
  private static final int ASK_MILLIS = 50;
  private static final int END_MILLIS = 5_000;

  private final String where;
  private final Stream stream;
  private final Check check;
  private final Thread thread = new Thread(this::run, "sinter-stream");
  private final BlockingQueue<Buffer> free = new ArrayBlockingQueue<>(BUFFERS);
  private final BlockingQueue<Buffer> filled = new ArrayBlockingQueue<>(BUFFERS + 1); // one failed
  private final Semaphore passes = new Semaphore(0); // that may begin
  private volatile boolean closed;
  private boolean isNextAllowed; // the pass that begins next may have begun to be read

  /** Checks a sample; on the thread that reads. */
  @FunctionalInterface
  interface Check {
    void accept(Sample sample, long number);
  }

  /** A window of samples, written by one thread and then read by the other. */
  static final class Buffer {
    private final Tensor inputs; // [window, I]
    private final Tensor labels; // [window, K]
    private final float @Nullable [] weights; // [window], or null
    private int rows;
    private boolean last; // of its pass
    private @Nullable Throwable failure; // in place of samples

    private Buffer(int window, Stream stream, boolean weighted) {
      int elements = window * stream.features();
      this.inputs =
          stream.source().type() == Tensor.Type.UINT8
              ? Tensor.ofBytes(new byte[elements], window, stream.features())
              : Tensor.of(new float[elements], window, stream.features());
      int columns = stream.source().labelColumns();
      this.labels = Tensor.of(new float[window * columns], window, columns);
      this.weights = weighted ? new float[window] : null;
    }

    private Buffer(Throwable failure) {
      this.inputs = Tensor.of(new float[0]);
      this.labels = inputs;
      this.weights = null;
      this.failure = failure;
    }

    Tensor inputs() {
      return inputs;
    }

    Tensor labels() {
      return labels;
    }

    @Nullable Tensor weights() {
      return weights == null ? null : Tensor.of(weights);
    }

    int rows() {
      return rows;
    }

    private void add(Sample sample) {
      if (weights != null) {
        weights[rows] = sample.weight();
      }
      sample.copyTo(inputs, labels, rows++);
    }

    boolean isLast() {
      return last;
    }
  }

  /**
   * Makes the buffers.
   *
   * @param where the call, for messages
   * @param batch the rows of a window are a multiple of it
   * @param weighted whether to keep the samples' weights
   */
  StreamReader(String where, Stream stream, int batch, boolean weighted, Check check) {
    this.where = where;
    this.stream = stream;
    this.check = check;
    int window = window(stream, batch);
    for (int i = 0; i < BUFFERS; i++) {
      free.add(new Buffer(window, stream, weighted));
    }
    thread.setDaemon(true);
  }

  /** Returns the rows of a window. */
  static int window(Stream stream, int batch) {
    int elementBytes = stream.source().type() == Tensor.Type.UINT8 ? 1 : Float.BYTES;
    long rowBytes =
        (long) stream.features() * elementBytes
            + (long) stream.source().labelColumns() * Float.BYTES;
    long rows =
        stream.window() > 0
            ? stream.window()
            : Math.max(1, Math.min(WINDOW_ROWS, WINDOW_BYTES / rowBytes));
    if (stream.size() >= 0) {
      rows = Math.max(1, Math.min(rows, stream.size()));
    }
    long whole = (rows + batch - 1) / batch * batch;
    long widest = Math.max(stream.features(), stream.source().labelColumns());
    if (whole * widest > Integer.MAX_VALUE) {
      throw InputException.of(
          "Stream.window",
          "at most " + Integer.MAX_VALUE + " numbers",
          whole + " samples of " + widest,
          "Use a smaller window or batch size");
    }
    return (int) whole;
  }

  /**
   * Allows to read a pass, and the one after it ahead.
   *
   * @param last whether no other one follows
   */
  void begin(boolean last) {
    passes.release((isNextAllowed ? 0 : 1) + (last ? 0 : 1));
    isNextAllowed = !last;
    if (thread.getState() == Thread.State.NEW) {
      thread.start();
    }
  }

  /**
   * Returns the next window; waits for it. Returns null once the wait is halted, or by an
   * interrupt, which stays set.
   */
  @Nullable Buffer take(BooleanSupplier halted) {
    try {
      Buffer next = filled.poll();
      while (next == null) {
        if (halted.getAsBoolean()) {
          return null;
        }
        next = filled.poll(ASK_MILLIS, TimeUnit.MILLISECONDS);
      }
      if (next.failure != null) {
        throw failed(next.failure);
      }
      return next;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }

  private static RuntimeException failed(Throwable failure) {
    if (failure instanceof Error error) {
      throw error;
    }
    return failure instanceof InputException problem
        ? new InputException(problem.getMessage(), problem) // of the thread that asked
        : new IllegalStateException(failure); // a mistake of this class
  }

  /** Takes a window back that was used. */
  void giveBack(Buffer buffer) {
    free.add(buffer);
  }

  private void run() {
    try {
      while (!closed) {
        passes.acquire();
        readPass();
      }
    } catch (InterruptedException interrupt) {
      if (!closed) { // by the source itself
        filled.add(new Buffer(problem(", stream", "samples", interrupt)));
      }
    } catch (Throwable failure) { // of the user's code as well: it ends the call, not the thread
      filled.add(new Buffer(failure));
    }
  }

  private void readPass() throws InterruptedException {
    Buffer buffer = free.take();
    buffer.rows = 0;
    SampleSource source = stream.source();
    Sample sample = new Sample(source.type(), stream.features(), source.labelColumns());
    long number = 0;
    try (Opened reader = open()) {
      while (number < stream.most() && reader.read(sample, number)) {
        requireWithinSize(number);
        requireNoWeight(sample, number);
        check.accept(sample, number);
        if (buffer.rows == buffer.inputs.dimension(0)) { // not the last one, as is known only now
          hand(buffer, false);
          buffer = free.take();
          buffer.rows = 0;
        }
        buffer.add(sample);
        number++;
      }
    }
    requireSize(number);
    hand(buffer, true);
  }

  /** A reader whose failures name the sample. */
  private final class Opened implements AutoCloseable {
    private final SampleReader reader;

    Opened(SampleReader reader) {
      this.reader = reader;
    }

    boolean read(Sample sample, long number) throws InterruptedException {
      if (closed) {
        throw new InterruptedException();
      }
      try {
        sample.weight(1);
        return reader.read(sample);
      } catch (InterruptedException e) {
        throw e;
      } catch (Exception e) {
        throw problem(", sample " + number, "a sample", e);
      }
    }

    @Override
    public void close() {
      try {
        reader.close();
      } catch (Exception e) {
        throw problem(", stream", "a source that closes", e);
      }
    }
  }

  private Opened open() throws InterruptedException {
    try {
      return new Opened(stream.source().open());
    } catch (InterruptedException e) {
      throw e;
    } catch (Exception e) {
      throw problem(", stream", "a source that opens", e);
    }
  }

  private InputException problem(String place, String expected, Exception cause) {
    return cause instanceof SinterException
        ? new InputException(where + place + ": " + cause.getMessage(), cause)
        : InputException.of(
            where + place, expected, cause.toString(), "Correct the source of the stream", cause);
  }

  private void requireWithinSize(long number) {
    if (stream.size() >= 0 && number >= stream.size()) {
      throw InputException.of(
          where + ", sample " + number,
          "the end after " + stream.size() + " samples, as the source says",
          "one more",
          "Correct the size of the source, or take as many samples");
    }
  }

  private void requireNoWeight(Sample sample, long number) {
    if (!stream.isWeighted() && sample.weight() != 1) {
      throw InputException.of(
          where + ", sample " + number,
          "no weight, as the stream has none",
          sample.weight(),
          "Call weighted() on the stream");
    }
  }

  private void requireSize(long received) {
    long expected = stream.size();
    if (received == 0 || expected >= 0 && received < expected) {
      throw InputException.of(
          where + ", stream",
          expected > 0 ? expected + " samples, as its source says" : "at least one sample",
          received,
          "Open the source at its first sample each time: every epoch goes through all of it");
    }
  }

  private void hand(Buffer buffer, boolean last) {
    buffer.last = last;
    filled.add(buffer);
  }

  /** Ends the thread; waits for a source that is reading, for a while. */
  @Override
  public void close() {
    closed = true;
    boolean interrupted = false;
    long end = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(END_MILLIS);
    while (thread.isAlive() && System.nanoTime() < end) {
      thread.interrupt(); // again, where a source has swallowed it
      try {
        thread.join(50);
      } catch (InterruptedException e) {
        interrupted = true; // stays set; the thread is waited for nevertheless
      }
    }
    if (thread.isAlive()) {
      LOG.warn(
          "{}, stream: its source reads on, as it does not answer to an interrupt; its thread ends once it returns",
          where);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
