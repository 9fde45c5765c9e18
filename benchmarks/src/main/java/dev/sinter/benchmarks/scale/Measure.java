package dev.sinter.benchmarks.scale;

import dev.sinter.Callback;
import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.backend.BackendOptions;
import dev.sinter.data.Dataset;
import dev.sinter.datasets.Mnist;
import dev.sinter.datasets.MnistOptions;
import dev.sinter.distributed.Parts;
import dev.sinter.distributed.ProcessGroup;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.recipes.Recipe;
import dev.sinter.recipes.RecipeData;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;

/**
 * Measures how many samples a recipe needs until it reaches a test accuracy: in batches of several
 * sizes, and with local SGD. Prints lines for samples.csv and local.csv. Arguments: {@code samples
 * RECIPE}, {@code local RECIPE WORKERS EVERY}.
 */
final class Measure {
  /**
   * What is measured of a recipe.
   *
   * @param accuracy to reach on the test data
   * @param check samples between two looks at the test data, at least a batch
   * @param most samples after which a training is given up
   * @param power learning rates grow with this power of the batch size: 1 for SGD (Goyal et al.,
   *     2017), 1/2 for Adam and RMSprop (Malladi et al., 2022)
   * @param seeds of the weights and shuffles; of the samples the median counts
   * @param batches of samples.csv
   */
  private record Goal(
      String recipe,
      double accuracy,
      int check,
      long most,
      double power,
      int seeds,
      List<Integer> batches) {}

  private static final List<Goal> GOALS =
      List.of(
          new Goal("mnist-dense", 0.97, 4000, 2_400_000, 0.5, 3, List.of(32, 128, 512, 2048, 4096)),
          new Goal(
              "mnist-sigmoid", 0.94, 40_000, 6_000_000, 1, 3, List.of(25, 100, 400, 1600, 6400)),
          new Goal("digits01", 0.998, 640, 400_000, 0.5, 3, List.of(32, 128, 512, 2048, 8192)),
          new Goal("mnist-convnet", 0.97, 6000, 400_000, 0.5, 1, List.of(128, 512, 2048)));

  /** Learning rates that are tried, as multiples of the rule's. */
  private static final double[] FACTORS = {2, 1, 4, 0.5};

  /** As multiples of the recipe's own, for local SGD. */
  private static final double[] LOCAL_FACTORS = {4, 2, 8};

  private final Goal goal;
  private final Recipe recipe;
  private final RecipeData data;

  private Measure(String name) {
    this.goal = GOALS.stream().filter(each -> each.recipe.equals(name)).findFirst().orElseThrow();
    this.recipe = Recipe.of(name);
    this.data = recipe.fromMnist(Mnist.load(MnistOptions.defaults()), 0);
  }

  /** Measures. */
  public static void main(String[] arguments) throws Exception {
    Measure measure = new Measure(arguments[1]);
    if (arguments[0].equals("samples")) {
      for (int batch : measure.goal.batches) {
        measure.print(batch, 1, 0);
      }
    } else {
      int workers = Integer.parseInt(arguments[2]);
      measure.print(workers * measure.recipe.batchSize(), workers, Integer.parseInt(arguments[3]));
    }
  }

  /** Prints the best of the learning rates: the median of the seeds, the least, the most. */
  private void print(int batch, int workers, int every) throws Exception {
    double base = Optimizer.of(recipe.optimizer()).learningRate();
    double rule = every > 0 ? 1 : Math.pow((double) batch / recipe.batchSize(), goal.power);
    long[] best = {goal.most};
    double bestFactor = 0;
    double[] factors =
        workers > 1 ? LOCAL_FACTORS : goal.seeds == 1 ? Arrays.copyOf(FACTORS, 2) : FACTORS;
    for (double factor : factors) {
      long[] samples = new long[workers > 1 ? 1 : goal.seeds];
      for (int seed = 0; seed < samples.length; seed++) {
        long most = Math.min(goal.most, median(best) * 3 / 2);
        samples[seed] = samples(batch, base * rule * factor, seed, most, workers, every);
      }
      Arrays.sort(samples);
      if (median(samples) < median(best)) {
        best = samples;
        bestFactor = factor;
      }
    }
    System.out.printf(
        Locale.ROOT,
        "%s,%d,%d,%d,%.5f,%.1f,%d,%d,%d%n",
        goal.recipe,
        workers,
        every,
        batch,
        base * rule * bestFactor,
        bestFactor, // 0: not reached
        median(best),
        best[0],
        best[best.length - 1]);
  }

  private static long median(long[] sorted) {
    return sorted[sorted.length / 2];
  }

  /** Returns the samples to the goal, of all workers together; Long.MAX_VALUE: not reached. */
  private long samples(int batch, double rate, int seed, long most, int workers, int every)
      throws Exception {
    if (workers == 1) {
      return samples(batch, rate, seed, most, null, every);
    }
    ExecutorService threads = Executors.newFixedThreadPool(workers);
    try {
      List<Callable<Long>> ranks =
          Threads.groups(workers).stream()
              .<Callable<Long>>map(group -> () -> samples(batch, rate, seed, most, group, every))
              .toList();
      long samples = 0;
      for (Future<Long> each : threads.invokeAll(ranks)) {
        samples = each.get();
      }
      return samples;
    } finally {
      threads.shutdown();
    }
  }

  /** The group is null for one worker. */
  private long samples(int batch, double rate, int seed, long most, ProcessGroup group, int every) {
    int rows = data.train().size();
    int pass = (rows + batch - 1) / batch; // steps
    int unit = Math.max(1, every); // an epoch ends with an average
    int steps = Math.min(pass, Math.max(1, goal.check / batch / unit) * unit);
    int epochs = (int) Math.max(1, most / ((long) steps * batch));
    long[] reached = {Long.MAX_VALUE};
    try (Model model = recipe.model(0).seed(seed)) {
      model.backend("onednn", BackendOptions.DEFAULT.threads(1));
      Optimizer optimizer = Optimizer.of(recipe.optimizer()).learningRate(rate);
      model.compile(optimizer, recipe.loss(), Metric.ACCURACY);
      Callback watch =
          new Callback() {
            @Override
            public void onEpochEnd(Model own, int epoch, Map<String, Double> logs) {
              if (logs.get("val_accuracy") >= goal.accuracy) {
                reached[0] = own.iterations() / pass * rows + own.iterations() % pass * batch;
                own.stopTraining();
              }
            }

            @Override
            public boolean onInvalidLoss(Model own, int step, double loss) {
              own.stopTraining(); // too high a rate
              return true;
            }
          };
      Fit fit =
          Fit.epochs(epochs)
              .batchSize(batch)
              .stepsPerEpoch(steps)
              .validationData(part(data.test(), recipe.batchSize(), group))
              .validationBatchSize(1000)
              .callback(watch)
              .verbose(0);
      fit = every == 0 ? fit : fit.group(group).averageEvery(every);
      model.fit(part(data.train(), batch, group), fit);
    }
    return reached[0];
  }

  private static Dataset part(Dataset all, int batch, ProcessGroup group) {
    if (group == null) {
      return all;
    }
    Parts parts = new Parts(batch, group.size());
    int[] rows =
        IntStream.range(0, all.size())
            .filter(row -> parts.rankOf(row, all.size()) == group.rank())
            .toArray();
    return Dataset.of(all.source().rows(rows), all.sourceLabels().rows(rows)).like(all);
  }
}
