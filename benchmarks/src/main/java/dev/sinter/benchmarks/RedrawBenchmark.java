package dev.sinter.benchmarks;

import dev.sinter.report.Progress;
import dev.sinter.report.ProgressLine;
import dev.sinter.report.Style;
import dev.sinter.report.Terminal;
import dev.sinter.report.Verbosity;
import java.io.FileNotFoundException;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One drawing of the progress line: text, colours, and the system call that writes it, to the null
 * device. Training waits for it at most 20 times per second; the limit is 500 us.
 *
 * <p>Samples the times of single calls, in one case without warm-up: a training draws a few hundred
 * times, mostly before this code is compiled.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Measurement(iterations = 3, time = 2)
@Fork(1)
public class RedrawBenchmark {
  /** The width of the terminal; narrow ones try several texts until one fits. */
  @Param({"20", "80", "120"})
  public int columns;

  /** The style of Keras 2 or 3. */
  @Param({"KERAS3", "KERAS2"})
  public Style style;

  private ProgressLine line;
  private long nanos;
  private int step;

  /** Opens a line with a clock that permits every drawing. */
  @Setup(Level.Trial)
  public void setUp() throws FileNotFoundException {
    boolean windows = System.getProperty("os.name").startsWith("Windows");
    PrintStream out =
        new PrintStream(
            new FileOutputStream(windows ? "NUL" : "/dev/null"), false, StandardCharsets.UTF_8);
    Terminal terminal = new Terminal(true, columns, true, true);
    Verbosity verbosity = new Verbosity(Verbosity.Level.BAR, style);
    line = new ProgressLine(out, terminal, verbosity, 5, () -> nanos += 1_000_000_000);
  }

  /** Ends the line. */
  @TearDown(Level.Trial)
  public void tearDown() {
    line.close();
  }

  /** Draws with compiled code. */
  @Benchmark
  @Warmup(iterations = 2, time = 2)
  public void warm() {
    draw();
  }

  /** Draws for the first 200 times in a JVM. */
  @Benchmark
  @BenchmarkMode(Mode.SingleShotTime)
  @Warmup(iterations = 0)
  @Measurement(iterations = 200)
  public void cold() {
    draw();
  }

  private void draw() {
    step = step % 469 + 1;
    Map<String, Double> logs = Map.of("accuracy", 0.9 + step * 1e-4, "loss", 0.3 - step * 1e-4);
    line.draw(new Progress(0, 5, step, 469, step * 128L, step * 0.0015, logs));
  }
}
