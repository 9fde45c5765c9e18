package dev.sinter.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.Fit;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.backend.BackendOptions;
import dev.sinter.bench.Child;
import dev.sinter.bench.Command;
import dev.sinter.callbacks.LambdaCallback;
import dev.sinter.cli.BenchReport.Cell;
import dev.sinter.data.Dataset;
import dev.sinter.datasets.Mnist;
import dev.sinter.datasets.MnistOptions;
import dev.sinter.errors.SinterException;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.recipes.Recipe;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Locale;

/**
 * The JVM that {@code sinter bench} starts for a backend: it measures the recipes one by one and
 * writes a line of JSON for each to standard output, after one about the data. It ends when its
 * standard input does, so it never outlives the command.
 *
 * <p>It times what a user's training runs: {@code fit}, with the recipe's own numbers, from the
 * same seed, again and again until the time is over. A few batches tell how fast the backend is;
 * one that would need long for an epoch gets fewer samples. Then a quarter of the time warms up,
 * and its loss must fall; the rest is timed.
 */
public final class BenchChild {
  /** Marks our lines among those that native libraries may print. */
  static final String MARK = "sinter-bench ";

  private static final int SIZING_BATCHES = 2;
  private static final int SIZING_STEPS = 2;

  /** An epoch takes at most this share of the time. */
  private static final double EPOCH_SHARE = 1.0 / 8;

  private static final double WARM_UP_SHARE = 1.0 / 4;
  private static final int LEAST_EPOCHS = 2; // of a training: a loss falls from one to the next

  private final String backend;
  private final BackendOptions options;
  private final Recipe recipe;
  private final double seconds; // of warm-up and timing together
  private int threads;

  private BenchChild(String backend, BackendOptions options, Recipe recipe, double seconds) {
    this.backend = backend;
    this.options = options;
    this.recipe = recipe;
    this.seconds = seconds;
  }

  /**
   * Starts one with the environment that its backend's natives train fastest with.
   *
   * @param dataDir the folder that holds mnist/, or null
   */
  static Child start(
      String backend, int threads, double seconds, Path dataDir, List<String> recipes) {
    String data = dataDir == null ? "" : dataDir.toString();
    List<String> arguments = new ArrayList<>(List.of(backend, "" + threads, "" + seconds, data));
    arguments.addAll(recipes);
    return Command.java(Command.ownOptions(), BenchChild.class.getName(), arguments)
        .forBackend(backend)
        .lines()
        .start();
  }

  /**
   * Measures.
   *
   * @param arguments backend, threads, seconds a cell, the folder that holds mnist/ or nothing,
   *     recipes
   */
  public static void main(String[] arguments) {
    Child.startDaemon("parent", BenchChild::endWithInput);
    PrintStream lines = System.out;
    System.setOut(System.err);
    try {
      String backend = arguments[0];
      BackendOptions options = BackendOptions.DEFAULT.threads(Integer.parseInt(arguments[1]));
      double seconds = Double.parseDouble(arguments[2]);
      List<Recipe> recipes = List.of(arguments).stream().skip(4).map(Recipe::of).toList();
      Path dataDir = arguments[3].isEmpty() ? null : Path.of(arguments[3]);
      Mnist mnist = Mnist.load(MnistOptions.defaults().offline(true).dataDir(dataDir, "--data"));
      send(lines, Json.object().put("data", mnist.note()));
      for (Recipe recipe : recipes) {
        send(lines, Json.of(new BenchChild(backend, options, recipe, seconds).measure(mnist)));
      }
      System.exit(0);
    } catch (SinterException problem) {
      int code = Main.exitCode(problem);
      send(lines, Json.object().put("error", problem.getMessage()).put("exit_code", code));
      System.exit(code);
    }
  }

  private static void send(PrintStream lines, JsonNode node) {
    lines.writeBytes((MARK + node + "\n").getBytes(StandardCharsets.UTF_8));
    lines.flush();
  }

  /** Ends this JVM when its standard input ends: whoever held the other side is gone. */
  private static void endWithInput() {
    try {
      while (System.in.read() >= 0) {}
    } catch (IOException gone) {
      // as good as the end
    }
    Runtime.getRuntime().halt(Main.FAILURE);
  }

  private Cell measure(Mnist mnist) {
    try {
      return measure(recipe.fromMnist(mnist, 0).train());
    } catch (SinterException problem) {
      return Cell.failed(backend, recipe.name(), problem.getMessage());
    } catch (OutOfMemoryError | RuntimeException problem) {
      return Cell.failed(backend, recipe.name(), "unexpected " + problem);
    }
  }

  /** Measures on these samples, or the first of them. */
  private Cell measure(Dataset data) {
    Dataset part = data.take(sizeOf(data));
    List<Double> losses = train(part, seconds * WARM_UP_SHARE).get(0).get("loss");
    double first = losses.get(0);
    double last = losses.get(losses.size() - 1);
    List<Double> rates = new ArrayList<>();
    for (History history : train(part, seconds * (1 - WARM_UP_SHARE))) {
      history.epochSeconds().forEach(time -> rates.add(part.size() / time));
    }
    rates.sort(null);
    return new Cell(
        backend,
        recipe.name(),
        threads,
        part.size(),
        rates.size(),
        median(rates),
        rates.get(0),
        rates.get(rates.size() - 1),
        first,
        last,
        last < first ? "" : notFalling(first, last));
  }

  private static String notFalling(double first, double last) {
    return String.format(
        Locale.ROOT,
        "expected the loss to fall in the warm-up, received %.4g after %.4g",
        last,
        first);
  }

  /** Returns the middle one of sorted values, or the mean of the middle two. */
  static double median(List<Double> sorted) {
    int size = sorted.size();
    return (sorted.get((size - 1) / 2) + sorted.get(size / 2)) / 2;
  }

  /**
   * Returns whole batches that an epoch can do in its share of the time, or all samples: estimated
   * from a few, by code that was never run before, and again from what that allows.
   */
  private int sizeOf(Dataset data) {
    int size = Math.min(data.size(), SIZING_BATCHES * recipe.batchSize());
    for (int step = 0; step < SIZING_STEPS; step++) {
      List<Double> times = train(data.take(size), 0).get(0).epochSeconds();
      double rate = size / Collections.min(times);
      size = size(rate * seconds * EPOCH_SHARE, data.size(), recipe.batchSize());
    }
    return size;
  }

  /** Rounds a wish to whole batches, at least two of them and at most all samples. */
  static int size(double wished, int all, int batch) {
    if (wished >= all) {
      return all;
    }
    int batches = Math.max(SIZING_BATCHES, (int) (wished / batch));
    return Math.min(all, batches * batch);
  }

  /** Trains afresh until the time is over, at least once. */
  private List<History> train(Dataset data, double forSeconds) {
    long end = System.nanoTime() + (long) (forSeconds * 1e9);
    LambdaCallback stop =
        new LambdaCallback()
            .onEpochEnd(
                (model, epoch, logs) -> {
                  if (epoch + 1 >= LEAST_EPOCHS && System.nanoTime() >= end) {
                    model.stopTraining();
                  }
                });
    List<History> histories = new ArrayList<>();
    do {
      try (Model model = recipe.model(0)) {
        model.backend(backend, options);
        threads = model.openBackend().threads();
        model.compile(Optimizer.of(recipe.optimizer()), recipe.loss(), Metric.ACCURACY);
        histories.add(
            model.fit(
                data,
                Fit.epochs(Math.max(LEAST_EPOCHS, recipe.epochs()))
                    .batchSize(recipe.batchSize())
                    .verbose(0)
                    .callback(stop)));
      }
    } while (System.nanoTime() < end);
    return histories;
  }
}
