package dev.sinter.benchmarks;

import dev.sinter.Checkpoint;
import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.benchmarks.InterleavedTimer.Block;
import dev.sinter.data.Dataset;
import dev.sinter.datasets.GeneratedDigits;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.recipes.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
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
 * What checkpoints cost: trainings of mnist-dense for three epochs with a checkpoint after each
 * epoch and without any, in turns in one process. The line at the end has the ratio; JMH's own time
 * is that of both together.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.SingleShotTime)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2)
@Measurement(iterations = 20)
@Fork(1)
public class CheckpointBenchmark {
  private static final int EPOCHS = 3;

  /** The backend. */
  @Param({"onednn"})
  public String backend;

  private Dataset data;
  private Model model;
  private Path folder;
  private InterleavedTimer turns;
  private int shots;

  /** Creates the benchmark; JMH does. */
  public CheckpointBenchmark() {
    // setup follows when the parameters are known
  }

  /** Makes data and model. */
  @Setup(Level.Trial)
  public void start() throws IOException {
    data = GeneratedDigits.train(1).flatten().scale(1 / 255f);
    Recipe recipe = Recipe.of("mnist-dense");
    model = recipe.model(0).backend(backend);
    model.compile(
        Optimizer.of(recipe.optimizer()), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, Metric.ACCURACY);
    folder = Files.createTempDirectory("sinter-checkpoints");
    Fit plain = Fit.epochs(EPOCHS).batchSize(recipe.batchSize()).verbose(0);
    turns =
        new InterleavedTimer(
            "samples/s",
            new Block("without checkpoints", () -> train(plain)),
            List.of(
                new Block(
                    "with one an epoch", () -> train(plain.checkpoint(Checkpoint.in(folder))))),
            this::clear);
  }

  private double train(Fit fit) {
    model.fit(data, fit);
    return (double) EPOCHS * data.size();
  }

  private void clear() {
    try (var files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.delete(file);
      }
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Trains twice. */
  @Benchmark
  public int pair() {
    turns.runCompared();
    turns.runCeiling();
    if (++shots == 2) {
      turns.reset(true); // that was the warm-up
    }
    return shots;
  }

  /** Prints the ratio. */
  @TearDown(Level.Trial)
  public void stop() throws IOException {
    System.out.println();
    turns.summary().forEach(System.out::println);
    model.close();
    clear();
    Files.delete(folder);
  }
}
