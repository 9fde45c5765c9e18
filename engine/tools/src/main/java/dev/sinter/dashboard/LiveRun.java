package dev.sinter.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sinter.Callback;
import dev.sinter.CallbackState;
import dev.sinter.Model;
import dev.sinter.ModelLayer;
import dev.sinter.data.Tensor;
import dev.sinter.figures.EpochSeries;
import dev.sinter.report.Progress;
import dev.sinter.runs.Run;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A running training in this process: pass it to {@code fit} as a callback, and to the dashboard.
 *
 * <p>The training thread publishes the progress, the numbers of each epoch and, now and then, a
 * copy of the weights for the drawing pad. It never waits.
 */
public final class LiveRun implements Callback {
  /** Weights are copied after the first epoch, then at most once per interval. */
  private static final long COPY_NANOS = 1_000_000_000L;

  private static final JsonNode NONE = JsonNodeFactory.instance.objectNode();

  private final Path folder;
  private final String name;
  private final String recipe;
  private final JsonNode configuration;
  private final Instant started = Instant.now();
  private volatile Progress progress; // null before the first step

  // Guarded by this.
  private final List<Integer> epochs = new ArrayList<>();
  private final Map<String, List<Double>> series = new LinkedHashMap<>();
  private Map<String, Tensor> weights; // null before the first epoch has ended
  private long copiedNanos;
  private Run.Status status = Run.Status.RUNNING;
  private String reason;
  private Instant changed = started;
  private long parameters;
  private JsonNode results = NONE;
  private int version;

  /**
   * Creates a training that has just started.
   *
   * @param folder of the run, or null
   * @param configuration the requested settings
   */
  public LiveRun(Path folder, String name, String recipe, JsonNode configuration) {
    this.folder = folder;
    this.name = name;
    this.recipe = recipe;
    this.configuration = configuration;
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
    epochs.add(epoch);
    // A new name has no values in earlier epochs; a missing name has none in this epoch.
    List<Double> none = Collections.nCopies(epochs.size() - 1, Double.NaN);
    logs.keySet().forEach(name -> series.putIfAbsent(name, new ArrayList<>(none)));
    series.forEach((name, values) -> values.add(logs.getOrDefault(name, Double.NaN)));
    long now = System.nanoTime();
    boolean last = epoch + 1 == configuration.path("epochs").asInt();
    if (weights == null || last || now - copiedNanos >= COPY_NANOS) {
      weights = model.getNamedWeights();
      copiedNanos = now;
    }
    touch();
  }

  @Override
  public synchronized CallbackState state() {
    CallbackState state = CallbackState.of("epochs", joined(epochs));
    for (Map.Entry<String, List<Double>> each : series.entrySet()) {
      state = state.with("series." + each.getKey(), joined(each.getValue()));
    }
    return state;
  }

  private static String joined(List<? extends Number> numbers) {
    return numbers.stream().map(String::valueOf).collect(Collectors.joining(" "));
  }

  @Override
  public synchronized void restore(CallbackState state) {
    epochs.clear();
    series.clear();
    state
        .values()
        .forEach(
            (key, text) -> {
              List<String> numbers = text.isEmpty() ? List.of() : List.of(text.split(" "));
              if (key.equals("epochs")) {
                numbers.forEach(number -> epochs.add(Integer.valueOf(number)));
              } else {
                String plain = key.substring("series.".length());
                series.put(plain, new ArrayList<>(numbers.stream().map(Double::valueOf).toList()));
              }
            });
    touch();
  }

  /**
   * Reports the successful end.
   *
   * @param outcome the fields of {@code train --json}
   */
  public synchronized void finished(JsonNode outcome) {
    status = Run.Status.FINISHED;
    results = outcome;
    touch();
  }

  /** Reports a failure. */
  public synchronized void failed(String message) {
    status = Run.Status.FAILED;
    reason = message;
    touch();
  }

  private void touch() {
    changed = Instant.now();
    version++;
  }

  /** Returns a number that grows with each epoch and at the end. */
  synchronized int version() {
    return version;
  }

  /** Returns the latest progress, or null before the first. */
  Progress progress() {
    return progress;
  }

  /** Returns the id of the run in addresses. */
  String id() {
    return folder == null ? name : folder.getFileName().toString();
  }

  /** Returns the current state of the run. */
  synchronized RunCard card() {
    Run now =
        new Run(
            folder,
            name,
            status,
            reason,
            started,
            status == Run.Status.RUNNING ? null : changed,
            changed,
            recipe,
            configuration,
            NONE,
            NONE,
            JsonNodeFactory.instance.arrayNode(),
            parameters,
            results,
            new EpochSeries(epochs, series));
    return RunJson.card(id(), now, weights(), Map.of(), "live" + version);
  }

  /** Returns the latest copy of the weights, or null. */
  synchronized RunCard.Weights weights() {
    Map<String, Tensor> copy = weights;
    return copy == null || !RunCard.drawsDigits(configuration)
        ? null
        : new RunCard.Weights(recipe, "live" + copiedNanos, () -> copy);
  }
}
