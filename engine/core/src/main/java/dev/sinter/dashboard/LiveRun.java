package dev.sinter.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sinter.Callback;
import dev.sinter.Model;
import dev.sinter.ModelLayer;
import dev.sinter.data.Tensor;
import dev.sinter.figures.EpochSeries;
import dev.sinter.report.Progress;
import dev.sinter.runs.Run;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A training under way in this process: give it to {@code fit} as a callback, and to the dashboard.
 *
 * <p>The training thread hands over the progress, the numbers of each epoch, and once in a while a
 * copy of the weights for the drawing pad; it waits for nobody.
 */
public final class LiveRun implements Callback {
  /** Weights are copied after the first epoch, then when this has passed. */
  private static final long COPY_NANOS = 1_000_000_000L;

  private final Run start;
  private volatile Progress progress; // null before the first step

  // Guarded by this.
  private final List<Integer> epochs = new ArrayList<>();
  private final Map<String, List<Double>> series = new LinkedHashMap<>();
  private Map<String, Tensor> weights; // null before the first epoch has ended
  private long copiedNanos;
  private Run.Status status = Run.Status.RUNNING;
  private String reason;
  private Instant changed;
  private long parameters;
  private JsonNode results = JsonNodeFactory.instance.objectNode();
  private int version;

  /**
   * Creates a training that has just started.
   *
   * @param start its name, recipe and configuration; without a history
   */
  public LiveRun(Run start) {
    this.start = start;
    this.changed = start.changed();
    this.parameters = start.parameters();
  }

  @Override
  public synchronized void onTrainBegin(Model model) {
    parameters = model.layers().stream().mapToLong(ModelLayer::parameterCount).sum();
    touch();
  }

  @Override
  public boolean wantsProgress() {
    return true;
  }

  @Override
  public void onProgress(Model model, Progress current) {
    progress = current;
  }

  @Override
  public synchronized void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
    int before = epochs.size();
    epochs.add(epoch);
    logs.forEach(
        (name, value) -> {
          List<Double> values = series.computeIfAbsent(name, key -> new ArrayList<>());
          while (values.size() < before) {
            values.add(Double.NaN);
          }
          values.add(value);
        });
    series.values().stream()
        .filter(values -> values.size() == before)
        .forEach(values -> values.add(Double.NaN));
    long now = System.nanoTime();
    if (weights == null || now - copiedNanos >= COPY_NANOS || epoch + 1 == start.epochsPlanned()) {
      weights = model.getNamedWeights();
      copiedNanos = now;
    }
    touch();
  }

  /**
   * Says that it was trained.
   *
   * @param outcome the fields of {@code train --json}
   */
  public synchronized void finished(JsonNode outcome) {
    status = Run.Status.FINISHED;
    results = outcome;
    touch();
  }

  /** Says why it ended early. */
  public synchronized void failed(String message) {
    status = Run.Status.FAILED;
    reason = message;
    touch();
  }

  private void touch() {
    changed = Instant.now();
    version++;
  }

  /** Returns a number that grows with each epoch, and at the end. */
  synchronized int version() {
    return version;
  }

  /** Returns the latest progress, or null before the first. */
  Progress progress() {
    return progress;
  }

  /** Returns the name that the run has in addresses. */
  String id() {
    return start.folder() == null ? start.name() : start.folder().getFileName().toString();
  }

  /** Returns the run as it stands. */
  synchronized RunCard card() {
    Run now =
        new Run(
            start.folder(),
            start.name(),
            status,
            reason,
            start.started(),
            status == Run.Status.RUNNING ? null : changed,
            changed,
            start.recipe(),
            start.configuration(),
            start.machine(),
            start.versions(),
            start.network(),
            parameters,
            results,
            new EpochSeries(epochs, series));
    return RunJson.card(id(), now, weights(), Map.of(), "live" + version);
  }

  /** Returns the latest copy of the weights, or null. */
  synchronized RunCard.Weights weights() {
    Map<String, Tensor> copy = weights;
    return copy == null
        ? null
        : new RunCard.Weights(start.recipe(), "live" + copiedNanos, () -> copy);
  }
}
