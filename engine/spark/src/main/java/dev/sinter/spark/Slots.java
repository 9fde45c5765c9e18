package dev.sinter.spark;

import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import java.time.Duration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;

/**
 * The tasks that a cluster runs at once. All workers of a training need a slot at the same time:
 * Spark itself would wait for that, without a word, for minutes.
 */
final class Slots {
  /** How long to wait for the first executor of an application that has just begun. */
  private static final Duration FIRST_EXECUTOR = Duration.ofSeconds(90);

  /** How long the number of slots has stood still when no more are waited for. */
  private static final Duration SETTLED = Duration.ofSeconds(10);

  private static final String WHERE = "workers on Spark";

  private final SparkContext context;

  Slots(SparkContext context) {
    this.context = context;
  }

  /** Returns how many tasks can run at once. */
  int found() {
    return context.maxNumConcurrentTasks(context.resourceProfileManager().defaultResourceProfile());
  }

  /** Refuses a cluster that grows and shrinks as it likes: Spark runs no barrier stage there. */
  void requireFixed() {
    boolean dynamic = context.getConf().getBoolean("spark.dynamicAllocation.enabled", false);
    if (dynamic && !context.isLocal()) {
      throw InputException.of(
          WHERE,
          "a fixed number of executors",
          "spark.dynamicAllocation.enabled = true",
          "Set it to false, and spark.executor.instances: workers that train together all begin at"
              + " once");
    }
  }

  /**
   * Waits for slots while executors are still coming; returns how many there are.
   *
   * @param wanted slots that are enough; at least 1
   */
  int await(int wanted) {
    return await(wanted, FIRST_EXECUTOR, SETTLED);
  }

  /** Returns whether the application is so young that executors may still register. */
  boolean mayGrow() {
    long age = System.currentTimeMillis() - context.startTime();
    return !context.isLocal() && age < FIRST_EXECUTOR.toMillis();
  }

  /** Returns after how long Spark gives up an executor that hangs, at the latest. */
  Duration untilGivenUp() {
    SparkConf conf = context.getConf();
    String network = conf.get("spark.network.timeout", "120s");
    long silent = conf.getTimeAsMs("spark.storage.blockManagerHeartbeatTimeoutMs", network);
    return Duration.ofMillis(silent + conf.getTimeAsMs("spark.network.timeoutInterval", "60s"));
  }

  /** Waits for slots again after executors were lost, which Spark replaces. */
  void awaitAgain(int wanted, Duration timeout) {
    int found = await(wanted, timeout, timeout);
    if (found < wanted) {
      throw RunException.of(
          WHERE,
          wanted + " slots again within " + timeout.toSeconds() + " s",
          found + " on " + context.master(),
          "Bring the lost executors back, or use fewer workers",
          null);
    }
  }

  /**
   * Waits for slots.
   *
   * @param first how long to wait for the first executor
   * @param more how long to wait for further ones while none comes
   */
  private int await(int wanted, Duration first, Duration more) {
    int before = found();
    long changed = System.nanoTime();
    while (before < wanted && !context.isLocal() && !context.isStopped()) {
      long most = (before == 0 ? first : more).toNanos();
      if (System.nanoTime() - changed > most) {
        break;
      }
      pause();
      int now = found();
      if (now != before) {
        before = now;
        changed = System.nanoTime();
      }
    }
    return before;
  }

  /** Returns the exception for too few slots. */
  InputException tooFew(int wanted, int found) {
    return InputException.of(
        WHERE,
        wanted + " slots, one for each worker",
        found + " on " + context.master(),
        "Use fewer workers, or give the cluster more cores (a slot has spark.task.cpus of them) or"
            + " memory (an executor has spark.executor.memory)");
  }

  private static void pause() {
    try {
      Thread.sleep(100);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw RunException.of(
          WHERE, "to wait for executors", "an interrupt", "Start the training again", e);
    }
  }
}
