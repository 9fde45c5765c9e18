package dev.sinter;

import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.data.Stream;
import dev.sinter.program.Philox;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** The windows of a stream; while the backend works on one, a thread reads the next. */
final class StreamWindows implements Windows {
  private final Engine engine;
  private final Stream stream;
  private final StreamReader reader;
  private final boolean labels;
  private final @Nullable Long seed; // null: in order
  private final BooleanSupplier halted;
  private StreamReader.@Nullable Buffer buffer; // in use
  private @Nullable Resident resident; // its samples
  private int[] order = {};
  private int shuffle;
  private int number; // of the next window of the pass
  private long waitedNanos;

  /**
   * Starts to read once a pass begins.
   *
   * @param reader closed with this
   * @param labels whether labels are needed
   * @param seed of the shuffles, or null for samples in order
   * @param halted ends a wait for samples
   */
  StreamWindows(
      Engine engine,
      Stream stream,
      StreamReader reader,
      boolean labels,
      @Nullable Long seed,
      BooleanSupplier halted) {
    this.engine = engine;
    this.stream = stream;
    this.reader = reader;
    this.labels = labels;
    this.seed = seed;
    this.halted = halted;
  }

  @Override
  public long size() {
    return stream.size();
  }

  @Override
  public void begin(int value, boolean last) {
    shuffle = value;
    number = 0;
    reader.begin(last);
  }

  @Override
  public @Nullable Window next() {
    giveBack();
    long start = System.nanoTime();
    StreamReader.Buffer next = reader.take(halted);
    waitedNanos += System.nanoTime() - start;
    if (next == null) {
      return null;
    }
    buffer = next;
    Resident samples =
        engine.borrow(
            next.inputs(), labels ? next.labels() : null, next.weights(), stream.inputScale());
    resident = samples;
    return new Window(new Feed(samples, order(next.rows())), next.rows(), next.isLast());
  }

  /** Returns the order of a window: that of a whole dataset, if it is the first one. */
  private int[] order(int rows) {
    if (order.length != rows || seed != null) {
      order = IntStream.range(0, rows).toArray();
    }
    if (seed != null) {
      long index = (long) number++ << Integer.SIZE | shuffle;
      new Philox(seed, Philox.Stream.SHUFFLE, index).shuffle(order);
    }
    return order;
  }

  private void giveBack() {
    if (resident != null) {
      resident.close();
      resident = null;
    }
    if (buffer != null) {
      reader.giveBack(buffer);
      buffer = null;
    }
  }

  @Override
  public long waitedNanos() {
    return waitedNanos;
  }

  @Override
  public void close() {
    try {
      giveBack();
    } finally {
      reader.close();
    }
  }
}
