package dev.sinter.benchmarks;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sinter.Model;
import dev.sinter.dashboard.Dashboard;
import dev.sinter.dashboard.LiveRun;
import dev.sinter.recipes.Recipe;
import dev.sinter.report.Progress;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.ArrayList;
import java.util.List;
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
 * The time that the training thread spends on a dashboard with open, reading pages: for the
 * progress, at most 20 times per second, and for the end of an epoch, when it copies the weights of
 * mnist-dense, at most once per second.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SampleTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 3, time = 3)
@Fork(1)
public class DashboardBenchmark {
  private static final Progress PROGRESS =
      new Progress(0, 5, 128, 469, 16_384, 0.2, Map.of("loss", 0.2524, "accuracy", 0.9273));

  /** The number of listening pages. */
  @Param({"0", "1", "10"})
  public int pages;

  private final List<InputStream> streams = new ArrayList<>();
  private LiveRun live;
  private Dashboard dashboard;
  private Model model;

  /** Creates the benchmark; JMH does. */
  public DashboardBenchmark() {
    // setup follows when the parameters are known
  }

  /** Starts a dashboard and opens its pages. */
  @Setup(Level.Trial)
  public void start() throws IOException, InterruptedException {
    model = Recipe.of("mnist-dense").model(0);
    live = started();
    dashboard = Dashboard.start(0, null, live);
    HttpRequest events = HttpRequest.newBuilder(dashboard.address().resolve("/api/events")).build();
    for (int i = 0; i < pages; i++) {
      InputStream stream =
          HttpClient.newHttpClient().send(events, HttpResponse.BodyHandlers.ofInputStream()).body();
      streams.add(stream);
      Thread reader = new Thread(() -> readAll(stream), "page");
      reader.setDaemon(true);
      reader.start();
    }
  }

  private static void readAll(InputStream stream) {
    try {
      stream.transferTo(OutputStream.nullOutputStream());
    } catch (IOException ended) {
      // The benchmark is over.
    }
  }

  private static LiveRun started() {
    return new LiveRun(null, "mnist-dense", "mnist-dense", JsonNodeFactory.instance.objectNode());
  }

  /** Publishes progress. */
  @Benchmark
  public void progress() {
    live.onProgress(model, PROGRESS);
  }

  /** Publishes the numbers of an epoch and a copy of the weights. */
  @Benchmark
  public LiveRun epoch() {
    LiveRun other = started();
    other.onEpochEnd(model, 0, PROGRESS.logs());
    return other;
  }

  /** Closes the pages and the dashboard. */
  @TearDown(Level.Trial)
  public void stop() throws IOException {
    for (InputStream stream : streams) {
      stream.close();
    }
    dashboard.close();
    model.close();
  }
}
