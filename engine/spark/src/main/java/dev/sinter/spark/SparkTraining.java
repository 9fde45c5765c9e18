package dev.sinter.spark;

import dev.sinter.Fit;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Backends;
import dev.sinter.data.Dataset;
import dev.sinter.distributed.Parts;
import dev.sinter.distributed.Transport;
import dev.sinter.distributed.Transports;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.errors.TrainingDivergedException;
import java.io.Serializable;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains a model on the executors of a Spark application: one worker each in the tasks of a barrier
 * stage, each with its part of every batch; their gradients are summed in the order of the workers.
 * Several workers therefore give the bits of one machine that sums as many parts in that order.
 *
 * <pre>{@code
 * model.compile("rmsprop", "sparse_categorical_crossentropy", "accuracy");
 * var training = SparkTraining.on(spark.sparkContext()).workers(4);
 * History history = training.fit(model, train, Fit.epochs(5).batchSize(128)).history();
 * }</pre>
 *
 * <p>When a worker is lost, the training is started again, on all workers: from its last checkpoint
 * where {@link Fit#checkpoint} names a folder that all executors see, else from the beginning.
 *
 * <p>Immutable: any number of threads may use it.
 */
public final class SparkTraining {
  private static final Logger LOG = LoggerFactory.getLogger(SparkTraining.class);

  private final SparkContext context;
  private final int workers; // 0: as many as there are slots
  private final int attempts;
  private final WorkerOptions options;
  private final Listener listener;

  /**
   * What a training has brought.
   *
   * @param history epoch by epoch
   * @param workers that trained
   * @param transport how their numbers travelled: tcp, nccl; none for one worker
   * @param averageEvery the steps between two averages of the weights (local SGD); 0 where
   *     gradients were summed in every step
   * @param backend of all workers, by name
   * @param device of the first worker
   * @param attempts how many times it was begun: 1, and one more for each time that a worker was
   *     lost
   */
  public record Result(
      History history,
      int workers,
      String transport,
      int averageEvery,
      String backend,
      String device,
      int attempts)
      implements Serializable {}

  /** Hears of a training under way; called by the thread that called fit. */
  public interface Listener {
    /**
     * Called after an epoch, within seconds; after a restart, for some epochs again.
     *
     * @param epoch counted from 0
     * @param logs loss and metrics of the epoch
     */
    default void onEpochEnd(int epoch, Map<String, Double> logs) {}

    /**
     * Called before the training is begun again.
     *
     * @param attempt the number of the attempt that begins, from 2 on
     * @param reason what ended the one before
     */
    default void onRestart(int attempt, String reason) {}
  }

  private SparkTraining(
      SparkContext context, int workers, int attempts, WorkerOptions options, Listener listener) {
    this.context = context;
    this.workers = workers;
    this.attempts = attempts;
    this.options = options;
    this.listener = listener;
  }

  /**
   * Returns a training on the executors of an application, on as many workers as it has slots. It
   * is begun again as often as Spark begins a stage: spark.stage.maxConsecutiveAttempts, 4.
   */
  public static SparkTraining on(SparkContext context) {
    int attempts = context.getConf().getInt("spark.stage.maxConsecutiveAttempts", 4);
    return new SparkTraining(
        context, 0, Math.max(1, attempts), WorkerOptions.DEFAULT, new Listener() {});
  }

  /**
   * Returns this with a number of workers; 0, the default, for all slots of the cluster, but not
   * more than a batch has rows.
   */
  public SparkTraining workers(int count) {
    require(count >= 0, "workers", "at least 1, or 0 for all slots", count);
    return new SparkTraining(context, count, attempts, options, listener);
  }

  /** Returns this with how many times the training is begun at most, at least 1. */
  public SparkTraining attempts(int most) {
    require(most >= 1, "attempts", "at least 1", most);
    return new SparkTraining(context, workers, most, options, listener);
  }

  /**
   * Returns this with how the workers' numbers travel: tcp, the default; nccl between GPUs; auto
   * for nccl where it works.
   */
  public SparkTraining transport(String name) {
    List<String> known =
        Stream.concat(
                Stream.of(Backends.AUTO), Transports.providers().stream().map(Transport::name))
            .toList();
    require(known.contains(name), "transport", "one of " + known, name);
    return new SparkTraining(context, workers, attempts, options.transport(name), listener);
  }

  /**
   * Returns this with how long a worker waits for another one from which nothing comes, default 2
   * minutes: while they begin, and in each step. One that is busy for longer counts as lost. Slots
   * of executors that hang are waited for at least until Spark gives these up.
   */
  public SparkTraining timeout(Duration value) {
    require(value.compareTo(Duration.ZERO) > 0, "timeout", "more than 0", value);
    return new SparkTraining(context, workers, attempts, options.timeout(value), listener);
  }

  /**
   * Returns this with the workers' backend by name, or {@code auto}, the default, and its options.
   * Without a number of threads, it uses as many as a task has cores: spark.task.cpus. The option
   * {@code onednn.sparse} is off unless it is set, so that all workers compute alike.
   */
  public SparkTraining backend(String name, BackendOptions value) {
    return new SparkTraining(context, workers, attempts, options.backend(name, value), listener);
  }

  /** Returns this with who hears of the training while it is under way. */
  public SparkTraining listener(Listener value) {
    return new SparkTraining(context, workers, attempts, options, value);
  }

  private static void require(boolean legal, String option, String expected, Object received) {
    if (!legal) {
      throw InputException.of(
          "training on Spark, " + option, expected, received, "Correct the value");
    }
  }

  /**
   * Trains a compiled model on a dataset of the driver, which is dealt out to the workers: bytes
   * stay bytes. The model then has the trained weights and the optimizer's state. Of the options,
   * callbacks, class weights, streams and how validation is done are refused; nothing is printed.
   *
   * @throws InputException for data that does not fit the model, for options that do not reach the
   *     workers, when the cluster has too few slots, all before anything is sent
   * @throws RunException when workers are lost more often than {@link #attempts} allows, or when
   *     the thread is interrupted
   * @throws dev.sinter.errors.TrainingDivergedException when the loss stops being finite
   */
  public Result fit(Model model, Dataset data, Fit fit) {
    FitOptions values = FitOptions.of(fit);
    Dataset train = data;
    Dataset validation = fit.validationData();
    if (validation == null && fit.validationSplit() > 0) {
      int first = (int) Math.floor(data.size() * (1 - fit.validationSplit()));
      train = data.take(first);
      validation = data.skip(first);
    }
    model.check("fit", train);
    if (validation != null) {
      model.check("fit, validation data", validation);
    }
    int count =
        workers(values.batchSize(), train.size(), validation == null ? -1 : validation.size());
    Parts parts = new Parts(values.batchSize(), count);
    JavaSparkContext java = JavaSparkContext.fromSparkContext(context);
    try (DatasetShares shares = DatasetShares.of(java, parts, train, validation)) {
      JavaRDD<byte[]> none = java.parallelize(Collections.nCopies(count, new byte[0]), count);
      return run(model, none, shares, values, count);
    }
  }

  /**
   * Returns the number of workers for so many rows.
   *
   * @param validation rows, or -1 where nothing is validated
   */
  int workers(int batchSize, long rows, long validation) {
    long most = Math.min(batchSize, validation < 0 ? rows : Math.min(rows, validation));
    if (workers > most) {
      String what = batchSize == most ? "batch" : rows == most ? "training" : "validation";
      throw InputException.of(
          "training on Spark",
          "at least a row of each " + what + " for each of " + workers + " workers",
          most,
          "Use fewer workers, or more rows");
    }
    int found = requireSlots(batchSize);
    return workers == 0 ? (int) Math.min(found, most) : workers;
  }

  /** Refuses a cluster with too few slots; returns how many there are. */
  int requireSlots(int batchSize) {
    new Parts(batchSize, Math.max(1, workers)); // refuses more workers than rows in a batch
    Slots slots = new Slots(context);
    slots.requireFixed();
    int found = slots.await(workers > 0 ? workers : slots.mayGrow() ? batchSize : 1);
    if (found < Math.max(1, workers)) {
      throw slots.tooFew(Math.max(1, workers), found);
    }
    return found;
  }

  /**
   * Trains, if need be several times.
   *
   * @param blocks as many partitions as there are workers
   * @param rows makes a worker's rows out of a partition
   */
  Result run(
      Model model, JavaRDD<byte[]> blocks, WorkerRows.Loader rows, FitOptions fit, int count) {
    JavaSparkContext java = JavaSparkContext.fromSparkContext(context);
    Broadcast<byte[]> network = java.broadcast(NetworkBytes.of(model.saved()));
    String training = UUID.randomUUID().toString();
    try (EpochReports reports = new EpochReports(context, listener)) {
      for (int attempt = 0; ; attempt++) {
        byte[] token = new byte[32];
        new SecureRandom().nextBytes(token);
        Worker.Order order =
            new Worker.Order(
                network, rows, fit, options, count, training, token, reports.accumulator());
        BarrierJob job = new BarrierJob(context, options.timeout(), reports::tell);
        List<WorkerResult.Trained> results;
        try {
          results = job.run(blocks, new Worker(order), count);
        } catch (TrainingDivergedException e) { // as it would again
          throw e;
        } catch (RunException e) {
          boolean hopeless = job.isHopeless() || context.isStopped();
          if (hopeless || attempt + 1 == attempts || Thread.currentThread().isInterrupted()) {
            throw e;
          }
          FitOptions.Checkpoints plan = fit.checkpoints();
          String from =
              plan == null
                  ? "its beginning"
                  : "the last checkpoint that worker 0 finds in " + plan.folder();
          LOG.warn(
              "{} Attempt {} of {}: the training goes on from {}",
              e.getMessage(),
              attempt + 2,
              attempts,
              from);
          reports.restarted(attempt + 2, String.valueOf(e.getMessage()));
          new Slots(context).awaitAgain(count, options.timeout());
          continue;
        }
        Result result = result(model, results, fit, attempt + 1);
        reports.tellRest(result.history());
        return result;
      }
    } finally {
      network.destroy();
    }
  }

  private static Result result(
      Model model, List<WorkerResult.Trained> results, FitOptions fit, int attempts) {
    WorkerResult.Trained first = results.get(0);
    if (first.network() == null || first.history() == null) {
      throw new IllegalStateException("rank 0 returned no model");
    }
    if (results.stream().mapToLong(WorkerResult.Trained::weights).distinct().count() > 1) {
      LOG.warn(
          "the workers ended with weights that differ: their processors or libraries round"
              + " differently. The model has those of worker 0");
    }
    model.restore(NetworkBytes.read(first.network()));
    return new Result(
        first.history(),
        results.size(),
        first.transport(),
        results.size() == 1 ? 0 : fit.averageEvery(),
        first.backend(),
        first.device(),
        attempts);
  }
}
