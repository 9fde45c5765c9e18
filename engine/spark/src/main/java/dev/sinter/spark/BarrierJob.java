package dev.sinter.spark;

import dev.sinter.errors.RunException;
import dev.sinter.errors.SinterException;
import java.io.Serializable;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.apache.spark.SimpleFutureAction;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkException;
import org.apache.spark.SparkStageInfo;
import org.apache.spark.SparkStatusTracker;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import org.jspecify.annotations.Nullable;
import scala.collection.Iterator;
import scala.concurrent.Await;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction0;
import scala.runtime.AbstractFunction1;
import scala.runtime.AbstractFunction2;
import scala.runtime.BoxedUnit;

/**
 * One attempt of a training: a job of one barrier stage.
 *
 * <p>Spark aborts a job whose last stage is a barrier stage when any of its tasks fails, and kills
 * the other tasks, but interrupts them only if {@code spark.job.interruptOnCancel} says so. Tasks
 * that wait for a lost worker would otherwise hold their slots.
 */
final class BarrierJob {
  private static final String WHERE = "training on Spark";
  private static final String INTERRUPT = "spark.job.interruptOnCancel";

  /** How often the driver looks after the job. */
  private static final int LOOK_SECONDS = 1;

  private static final Pattern OF_SINTER =
      Pattern.compile("dev\\.sinter\\.errors\\.\\w+: ([^\\n]+)");
  private static final Pattern OF_TASK = Pattern.compile("finished unsuccessfully\\.\\n([^\\n]+)");

  private final SparkContext context;
  private final Duration timeout;
  private final Runnable meanwhile;
  private boolean hopeless;

  /**
   * Prepares the job.
   *
   * @param timeout how long to wait for free slots
   * @param meanwhile what the driver does while it waits, every second
   */
  BarrierJob(SparkContext context, Duration timeout, Runnable meanwhile) {
    this.context = context;
    this.timeout = timeout;
    this.meanwhile = meanwhile;
  }

  /**
   * Runs the workers and returns their results, by rank.
   *
   * @throws dev.sinter.errors.InputException and TrainingDivergedException as a worker met them
   * @throws RunException when a worker was lost or the thread is interrupted
   */
  List<WorkerResult.Trained> run(JavaRDD<byte[]> blocks, Worker worker, int workers) {
    ClassTag<byte[]> bytes = ClassTag$.MODULE$.apply(byte[].class);
    RDD<byte[]> stage = blocks.rdd().barrier().mapPartitions(worker, false, bytes);
    Collected collected = new Collected(workers);
    List<Object> all = new ArrayList<>(IntStream.range(0, workers).boxed().toList());
    String before = context.getLocalProperty(INTERRUPT);
    context.setLocalProperty(INTERRUPT, "true");
    SimpleFutureAction<BoxedUnit> job;
    try {
      job =
          context.submitJob(
              stage,
              new Only(),
              CollectionConverters.asScala(all).toSeq(),
              collected,
              new Nothing());
    } finally {
      context.setLocalProperty(INTERRUPT, before);
    }
    await(job, collected, workers);
    return collected.trained();
  }

  /** Returns whether a job that failed would fail again. */
  boolean isHopeless() {
    return hopeless;
  }

  private void await(SimpleFutureAction<BoxedUnit> job, Collected collected, int workers) {
    Slots slots = new Slots(context);
    Duration given = slots.untilGivenUp();
    Duration most = timeout.compareTo(given) > 0 ? timeout : given;
    long seen = System.nanoTime(); // when a task of the job last ran, or could not yet
    while (true) {
      try {
        Await.ready(job, scala.concurrent.duration.Duration.create(LOOK_SECONDS, TimeUnit.SECONDS));
      } catch (TimeoutException e) { // goes on
      } catch (InterruptedException e) {
        job.cancel();
        Thread.currentThread().interrupt();
        throw RunException.of(
            WHERE, "to wait for the workers", "an interrupt", "Start the training again", e);
      }
      try {
        meanwhile.run();
      } catch (RuntimeException | Error e) { // of the user's listener
        job.cancel();
        throw e;
      }
      SinterException refused = collected.refused.get();
      if (refused != null) {
        job.cancel();
        throw refused;
      }
      if (job.isCompleted()) {
        requireSuccess(job);
        return;
      }
      if (isBusy(job)) {
        seen = System.nanoTime();
      } else if (System.nanoTime() - seen > most.toNanos()) {
        job.cancel();
        hopeless = true;
        throw RunException.of(
            WHERE,
            workers + " free slots within " + most.toSeconds() + " s",
            slots.found() + " slots, not all of them free",
            "Look for lost executors, and for tasks that hang: spark.task.reaper.enabled ends these",
            null);
      }
    }
  }

  /** Returns whether a task of the job runs, or of another job, for which this one may wait. */
  private boolean isBusy(SimpleFutureAction<BoxedUnit> job) {
    SparkStatusTracker tracker = context.statusTracker();
    int[] active = tracker.getActiveJobIds();
    List<Object> mine = CollectionConverters.asJava(job.jobIds());
    if (Arrays.stream(active).anyMatch(id -> !mine.contains(id))) {
      return true;
    }
    return Arrays.stream(tracker.getActiveStageIds())
        .mapToObj(id -> tracker.getStageInfo(id))
        .filter(info -> info.isDefined())
        .map(info -> info.get())
        .anyMatch((SparkStageInfo info) -> info.numActiveTasks() > 0);
  }

  private void requireSuccess(SimpleFutureAction<BoxedUnit> job) {
    try {
      job.get();
    } catch (SparkException | RuntimeException e) {
      throw RunException.of(
          WHERE,
          "all workers to train to the end",
          context.isStopped() ? "a context that was stopped, here or by the master" : reason(e),
          "Spark's log of the executors says more",
          e);
    }
  }

  /** Returns why a job failed, without stack traces. */
  static String reason(Throwable failure) {
    StringBuilder all = new StringBuilder();
    Throwable last = failure;
    for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
      all.append(cause.getMessage()).append('\n');
      last = cause;
    }
    String text = all.toString();
    for (Pattern pattern : List.of(OF_SINTER, OF_TASK)) {
      Matcher found = pattern.matcher(text);
      if (found.find()) {
        return found.group(1).strip().replaceAll("\\.$", "");
      }
    }
    return last.toString().lines().findFirst().orElse("an unknown failure");
  }

  /** Takes the results as they come, on a thread of Spark's. */
  private static final class Collected extends AbstractFunction2<Object, byte[], BoxedUnit> {
    private final AtomicReferenceArray<WorkerResult.@Nullable Trained> results;
    private final AtomicReference<@Nullable SinterException> refused = new AtomicReference<>();

    Collected(int workers) {
      this.results = new AtomicReferenceArray<>(workers);
    }

    @Override
    public BoxedUnit apply(Object rank, byte[] result) {
      WorkerResult read = Bytes.read(result, WorkerResult.class);
      if (read instanceof WorkerResult.Refused refusal) {
        refused.compareAndSet(null, refusal.exception());
      } else if (read instanceof WorkerResult.Trained trained) {
        results.set((Integer) rank, trained);
      }
      return BoxedUnit.UNIT;
    }

    List<WorkerResult.Trained> trained() {
      List<WorkerResult.Trained> all = new ArrayList<>();
      for (int rank = 0; rank < results.length(); rank++) {
        WorkerResult.Trained result = results.get(rank);
        if (result == null) {
          throw new IllegalStateException("worker " + rank + " returned nothing");
        }
        all.add(result);
      }
      return all;
    }
  }

  /** The one element of a partition. */
  private static final class Only extends AbstractFunction1<Iterator<byte[]>, byte[]>
      implements Serializable {
    private static final long serialVersionUID = 1L;

    @Override
    public byte[] apply(Iterator<byte[]> elements) {
      return elements.next();
    }
  }

  private static final class Nothing extends AbstractFunction0<BoxedUnit> {
    @Override
    public BoxedUnit apply() {
      return BoxedUnit.UNIT;
    }
  }
}
