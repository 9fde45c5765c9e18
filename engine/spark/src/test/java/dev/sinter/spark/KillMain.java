package dev.sinter.spark;

import dev.sinter.Checkpoint;
import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.backend.BackendOptions;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.jspecify.annotations.Nullable;

/**
 * Trains again and again on two executors in processes of their own, kills one of them at a random
 * moment, and compares the weights with those of the training that nobody disturbed, to the bit:
 * {@code KillMain COUNT SEED}, with the master in the environment variable SPARK_MASTER. Prints a
 * line a training; exits with 1 at the first difference.
 */
final class KillMain {
  private static final int WORKERS = 2;
  private static final int ROWS = 4000;
  private static final int COLUMNS = 64;
  private static final int CLASSES = 10;

  private final SparkContext context;
  private final Random random;
  private final Dataset data;

  private KillMain(SparkContext context, long seed) {
    this.context = context;
    this.random = new Random(seed);
    float[] x = new float[ROWS * COLUMNS];
    int[] y = new int[ROWS];
    Random values = new Random(1);
    for (int i = 0; i < x.length; i++) {
      x[i] = values.nextFloat();
    }
    for (int row = 0; row < ROWS; row++) {
      y[row] = (int) (x[row * COLUMNS] * CLASSES);
    }
    this.data = Dataset.of(Tensor.of(x, ROWS, COLUMNS), Tensor.of(y));
  }

  public static void main(String[] arguments) throws Exception {
    int count = Integer.parseInt(arguments[0]);
    long seed = Long.parseLong(arguments[1]);
    SparkConf conf =
        new SparkConf()
            .setAppName("kill-test")
            .setMaster(System.getenv("SPARK_MASTER"))
            .set("spark.ui.enabled", "false")
            .set("spark.driver.host", "127.0.0.1")
            .set("spark.driver.bindAddress", "127.0.0.1");
    SparkContext context = new SparkContext(conf);
    boolean equal;
    try {
      equal = new KillMain(context, seed).run(count);
    } finally {
      context.stop();
    }
    System.exit(equal ? 0 : 1);
  }

  /** What one training ended with. */
  private record Outcome(Map<String, Tensor> weights, List<Double> losses, int attempts) {
    boolean equals(Outcome other) {
      return weights.equals(other.weights) && losses.equals(other.losses);
    }
  }

  private boolean run(int count) throws Exception {
    train(); // the first one loads libraries
    long start = System.nanoTime();
    Outcome expected = train();
    long nanos = System.nanoTime() - start;
    System.out.printf("uninterrupted: %.1f s, loss %s%n", nanos / 1e9, expected.losses());
    int startedAgain = 0;
    for (int i = 1; i <= count; ) {
      awaitExecutors();
      Killer killer = new Killer((long) (random.nextDouble() * nanos));
      killer.start();
      long begun = System.nanoTime();
      Outcome outcome = train();
      long taken = System.nanoTime() - begun;
      killer.interrupt();
      killer.join();
      if (!outcome.equals(expected)) {
        System.out.printf("%d/%d: %s: the results differ%n", i, count, killer);
        return false;
      }
      if (killer.killed == null) { // the training was faster
        nanos = Math.min(nanos, taken);
        continue;
      }
      startedAgain += outcome.attempts() > 1 ? 1 : 0;
      System.out.printf(
          "%d/%d: %s, %d attempts, %.1f s: equal%n",
          i, count, killer, outcome.attempts(), taken / 1e9);
      i++;
    }
    System.out.printf(
        "%d of %d equal to the bit to the uninterrupted training; %d of them were started again%n",
        count, count, startedAgain);
    return true;
  }

  /** Waits until a killed executor is replaced. */
  private void awaitExecutors() throws InterruptedException {
    while (executors().size() < WORKERS || new Slots(context).found() < WORKERS) {
      Thread.sleep(50);
    }
  }

  private List<ProcessHandle> executors() {
    return ProcessHandle.allProcesses()
        .filter(
            process ->
                process
                    .info()
                    .commandLine()
                    .filter(line -> line.contains("CoarseGrainedExecutorBackend"))
                    .filter(line -> line.contains(context.applicationId()))
                    .isPresent())
        .toList();
  }

  private Outcome train() throws IOException {
    Path folder = Files.createTempDirectory("sinter-kill");
    try (Model model =
        Sequential.of(new Input(COLUMNS), new Dense(64).relu(), new Dense(CLASSES).softmax())) {
      model.seed(3).compile("adam", "sparse_categorical_crossentropy", "accuracy");
      SparkTraining.Result result =
          SparkTraining.on(context)
              .workers(WORKERS)
              .attempts(10)
              .backend("onednn", BackendOptions.DEFAULT)
              .fit(
                  model,
                  data,
                  Fit.epochs(12)
                      .batchSize(64)
                      .verbose(0)
                      .checkpoint(Checkpoint.in(folder).every(40, Checkpoint.Unit.STEPS)));
      return new Outcome(model.getNamedWeights(), result.history().get("loss"), result.attempts());
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }

  /** Ends a random executor of this application with SIGKILL after a delay. */
  private final class Killer extends Thread {
    private final long delayNanos;
    private volatile @Nullable ProcessHandle killed;

    Killer(long delayNanos) {
      this.delayNanos = delayNanos;
    }

    @Override
    public void run() {
      try {
        Thread.sleep(delayNanos / 1_000_000);
        List<ProcessHandle> executors = executors();
        while (executors.isEmpty()) {
          Thread.sleep(20);
          executors = executors();
        }
        ProcessHandle chosen = executors.get(random.nextInt(executors.size()));
        chosen.destroyForcibly();
        killed = chosen;
      } catch (InterruptedException tooLate) {
        interrupt();
      }
    }

    @Override
    public String toString() {
      return "executor %s killed after %d ms".formatted(killed, delayNanos / 1_000_000);
    }
  }
}
