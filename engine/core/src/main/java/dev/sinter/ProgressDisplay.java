package dev.sinter;

import dev.sinter.report.Progress;
import dev.sinter.report.ProgressLine;
import dev.sinter.report.Terminal;
import dev.sinter.report.Verbosity;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Shows a training on standard output, as a callback like any other. */
final class ProgressDisplay implements Callback, AutoCloseable {
  /** How often the terminal's width is asked for at most; asking takes milliseconds. */
  private static final long RESIZE_NANOS = 5_000_000_000L;

  private final ProgressLine line;
  private @Nullable Progress last; // null until there is progress
  private long askedNanos = System.nanoTime();

  ProgressDisplay(Verbosity verbosity, int epochs) {
    this.line =
        new ProgressLine(System.out, Terminal.detect(), verbosity, epochs, System::nanoTime);
  }

  @Override
  public boolean wantsProgress() {
    return line.isLive();
  }

  @Override
  public void onEpochBegin(Model model, int epoch) {
    if (line.isLive() && System.nanoTime() - askedNanos > RESIZE_NANOS) {
      line.resize(Terminal.detect());
      askedNanos = System.nanoTime();
    }
    line.begin(epoch);
  }

  @Override
  public void onProgress(Model model, Progress progress) {
    last = progress;
    line.draw(progress);
  }

  @Override
  public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
    line.end(Objects.requireNonNull(last, "progress before the end of its epoch"), logs);
  }

  /** Ends the line, after an exception as well. */
  @Override
  public void close() {
    line.close();
  }
}
