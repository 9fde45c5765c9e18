package dev.sinter.spark;

import dev.sinter.History;
import java.io.Serializable;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.apache.spark.SparkContext;
import org.apache.spark.scheduler.AccumulableInfo;
import org.apache.spark.scheduler.SparkListener;
import org.apache.spark.scheduler.SparkListenerExecutorMetricsUpdate;
import org.apache.spark.util.CollectionAccumulator;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Tells the driver of epochs while the workers train: they come with the heartbeats of the executor
 * of worker 0, by default every 10 seconds, and those that are left at the end.
 */
final class EpochReports extends SparkListener implements AutoCloseable {
  private final SparkContext context;
  private final SparkTraining.Listener listener;
  private final CollectionAccumulator<byte[]> accumulator;
  private final Queue<Report> received = new ConcurrentLinkedQueue<>();
  private final Set<Integer> told = new HashSet<>();
  private final Map<Long, Integer> seen =
      new HashMap<>(); // by task; of the thread of Spark's events

  /** What worker 0 says after an epoch, counted from 0. */
  record Report(int epoch, LinkedHashMap<String, Double> logs) implements Serializable {}

  EpochReports(SparkContext context, SparkTraining.Listener listener) {
    this.context = context;
    this.listener = listener;
    this.accumulator = context.collectionAccumulator();
    context.addSparkListener(this);
  }

  /** Returns what worker 0 adds reports to, as bytes. */
  CollectionAccumulator<byte[]> accumulator() {
    return accumulator;
  }

  @Override
  public void onExecutorMetricsUpdate(SparkListenerExecutorMetricsUpdate update) {
    CollectionConverters.asJava(update.accumUpdates())
        .forEach(
            task ->
                CollectionConverters.asJava(task._4())
                    .forEach(info -> take((long) task._1(), info)));
  }

  private void take(long task, AccumulableInfo info) {
    if (info.id() != accumulator.id() || info.update().isEmpty()) {
      return;
    }
    List<?> all = (List<?>) info.update().get();
    for (int i = seen.getOrDefault(task, 0); i < all.size(); i++) {
      received.add(Bytes.read((byte[]) all.get(i), Report.class));
    }
    seen.put(task, all.size());
  }

  /** Tells the listener what has come; on the driver's thread. */
  void tell() {
    for (Report report = received.poll(); report != null; report = received.poll()) {
      told.add(report.epoch);
      listener.onEpochEnd(report.epoch, report.logs);
    }
  }

  /** Tells the listener of the epochs that it has not heard of. */
  void tellRest(History history) {
    tell();
    for (int i = 0; i < history.epochs().size(); i++) {
      int epoch = history.epochs().get(i);
      if (told.add(epoch)) {
        Map<String, Double> logs = new LinkedHashMap<>();
        for (String name : history.names()) {
          double value = history.get(name).get(i);
          if (!Double.isNaN(value)) {
            logs.put(name, value);
          }
        }
        listener.onEpochEnd(epoch, logs);
      }
    }
  }

  void restarted(int attempt, String reason) {
    listener.onRestart(attempt, reason);
  }

  @Override
  public void close() {
    context.removeSparkListener(this);
  }
}
