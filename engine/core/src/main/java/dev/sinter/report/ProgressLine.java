package dev.sinter.report;

import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Prints the progress of a training: on a terminal, a line redrawn in place; elsewhere, one line
 * per epoch.
 *
 * <p>{@link #close} ends the open line, so that later output starts on a new line. It runs
 * automatically if the JVM is told to stop (Ctrl-C). Nothing is printed after that.
 *
 * <p>Used by one thread at a time.
 */
public final class ProgressLine implements AutoCloseable {
  /** At most 20 drawings a second, as in Keras. */
  static final long INTERVAL_NANOS = 50_000_000;

  private final PrintStream out;
  private final int epochs;
  private final Verbosity verbosity;
  private final LongSupplier clock;
  private final @Nullable Thread atExit; // null unless live
  private Terminal terminal;
  private ProgressText text;
  private int openColumns; // width of the open line; 0 if there is none
  private long drawnNanos;
  private boolean closed;

  /**
   * Starts a training.
   *
   * @param out the output
   * @param terminal the capabilities of the output
   * @param verbosity not silent
   * @param epochs of the whole training
   * @param clock in nanoseconds: System::nanoTime
   */
  public ProgressLine(
      PrintStream out, Terminal terminal, Verbosity verbosity, int epochs, LongSupplier clock) {
    boolean bar =
        verbosity.level() == Verbosity.Level.BAR
            || verbosity.level() == Verbosity.Level.AUTO && terminal.live();
    this.out = out;
    this.epochs = epochs;
    this.verbosity = verbosity.level(bar ? Verbosity.Level.BAR : Verbosity.Level.LINES);
    this.clock = clock;
    this.drawnNanos = clock.getAsLong() - INTERVAL_NANOS;
    resize(terminal);
    this.atExit = isLive() ? new Thread(this::end, "sinter-progress-line") : null;
    if (atExit != null) {
      Runtime.getRuntime().addShutdownHook(atExit);
    }
  }

  /** Returns whether {@link #draw} shows anything. */
  public boolean isLive() {
    return verbosity.level() == Verbosity.Level.BAR && terminal.live();
  }

  /** Continues with another width, after the terminal was resized. */
  public synchronized void resize(Terminal now) {
    terminal = now;
    text = new ProgressText(verbosity.style(), now);
  }

  /** Starts an epoch, counted from 0. */
  public synchronized void begin(int epoch) {
    if (!closed && verbosity.level() == Verbosity.Level.BAR && epochs > 1) {
      out.println("Epoch " + (epoch + 1) + "/" + epochs);
      out.flush();
    }
  }

  /** Draws the line of the current epoch, unless it was drawn a moment ago. */
  public synchronized void draw(Progress progress) {
    long now = clock.getAsLong();
    if (closed || !isLive() || now - drawnNanos < INTERVAL_NANOS) {
      return;
    }
    ProgressText.Row row = text.running(progress);
    out.print("\r" + row.text() + blanksAfter(row));
    out.flush();
    openColumns = row.width();
    drawnNanos = now;
  }

  /**
   * Ends an epoch.
   *
   * @param last the final progress
   * @param logs of training and validation
   */
  public synchronized void end(Progress last, Map<String, Double> logs) {
    if (closed) {
      return;
    }
    if (verbosity.level() == Verbosity.Level.LINES) {
      out.println(ProgressText.line(last, logs));
    } else {
      List<ProgressText.Row> rows = text.finished(last, logs);
      StringBuilder all = new StringBuilder(isLive() ? "\r" : "");
      for (ProgressText.Row row : rows) {
        all.append(row.text()).append(row == rows.get(0) ? blanksAfter(row) : "");
        all.append(System.lineSeparator());
      }
      out.print(all);
    }
    out.flush();
    openColumns = 0;
  }

  private String blanksAfter(ProgressText.Row row) {
    return " ".repeat(Math.max(0, openColumns - row.width()));
  }

  /** Ends the open line, if there is one. Call it at the end of training, whatever the outcome. */
  @Override
  public void close() {
    end();
    if (atExit != null) {
      try {
        Runtime.getRuntime().removeShutdownHook(atExit);
      } catch (IllegalStateException stopping) {
        return; // the hook has run or will run, and finds nothing to do
      }
    }
  }

  private synchronized void end() {
    if (!closed && openColumns > 0) {
      out.println();
      out.flush();
    }
    closed = true;
  }
}
