package dev.sinter;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.data.Dataset;
import dev.sinter.errors.RunException;
import dev.sinter.metrics.Metric;
import dev.sinter.program.Philox;
import dev.sinter.report.Progress;
import dev.sinter.report.Verbosity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/**
 * The training loop of one call of fit: epochs of chunks of steps. Data and options were checked.
 */
final class Trainer {
  private static final String DIVERGED =
      ". Training has diverged: use a smaller learning rate, or scale the inputs to about 0 to 1.";

  /** Progress within an epoch is told at most 20 times a second. */
  private static final long TOLD_NANOS = 50_000_000;

  /** Rows that take longer to shuffle, 100 us and more, than to ask another thread for it. */
  private static final int LONG_ORDER = 1 << 14;

  private final Model model;
  private final Engine engine;
  private final Dataset data;
  private final Dataset validation;
  private final Fit options;
  private final int labelColumns;
  private final List<Metric> metrics;
  private final List<Callback> callbacks; // the display first
  private final ProgressDisplay display; // null when silent
  private final boolean batches;
  private final Pace pace;
  private long toldNanos = System.nanoTime() - TOLD_NANOS;
  private CompletableFuture<int[]> nextOrder; // null where nobody makes one
  private int nextIndex; // of the shuffle that it is made with
  private boolean diverged; // and a callback wants training to end, not to fail

  Trainer(
      Model model, Engine engine, Dataset data, Dataset validation, Fit options, int labelColumns) {
    this.model = model;
    this.engine = engine;
    this.data = data;
    this.validation = validation;
    this.options = options;
    this.labelColumns = labelColumns;
    this.metrics = model.metrics();
    this.display =
        options.verbose().level() == Verbosity.Level.SILENT
            ? null
            : new ProgressDisplay(options.verbose(), options.epochs());
    this.callbacks = new ArrayList<>(options.callbacks());
    if (display != null) {
      callbacks.add(0, display);
    }
    this.batches = callbacks.stream().anyMatch(Callback::wantsBatches);
    this.pace = Pace.of(batches, callbacks.stream().anyMatch(Callback::wantsProgress));
  }

  /**
   * Runs the epochs.
   *
   * @param startNanos when fit was called
   */
  History run(long startNanos) {
    try {
      return runEpochs(startNanos);
    } finally {
      if (display != null) {
        display.close();
      }
    }
  }

  private History runEpochs(long startNanos) {
    History history = new History(data.size());
    List<Executable> programs = prepare();
    float[] results = new float[programs.stream().mapToInt(this::resultFloats).max().orElse(0)];
    callbacks.forEach(callback -> callback.onTrainBegin(model));
    try (Resident resident = engine.upload(data, true);
        Resident validationResident = validation == null ? null : engine.upload(validation, true)) {
      history.setUp((System.nanoTime() - startNanos) / 1e9);
      for (int epoch = options.initialEpoch();
          epoch < options.epochs() && !model.isTrainingStopped();
          epoch++) {
        int current = epoch;
        callbacks.forEach(callback -> callback.onEpochBegin(model, current));
        long start = System.nanoTime();
        Runner.Totals totals = new Runner.Totals(metrics);
        int steps = trainEpoch(epoch, programs, new Feed(resident, order(epoch)), results, totals);
        double seconds = (System.nanoTime() - start) / 1e9;
        Progress whole = progress(epoch, steps, seconds, totals);
        callbacks.forEach(callback -> callback.onProgress(model, whole));
        Map<String, Double> logs = new LinkedHashMap<>(totals.means()); // callbacks add at its end
        if (validation != null) {
          Runner.evaluate(engine, validation, validationResident, labelColumns, metrics)
              .forEach((name, value) -> logs.put("val_" + name, value));
        }
        callbacks.forEach(callback -> callback.onEpochEnd(model, current, logs));
        history.add(epoch, seconds, logs);
      }
    }
    if (!history.epochs().isEmpty() && !diverged) {
      checkWeights(options.epochs());
    }
    callbacks.forEach(callback -> callback.onTrainEnd(model, history));
    return history;
  }

  /** Translates everything the epochs need, at once. */
  private List<Executable> prepare() {
    List<Engine.Request> training = Runner.training(data.size(), options.batchSize(), labelColumns);
    List<Engine.Request> all = new ArrayList<>(training);
    if (validation != null) {
      all.addAll(
          Runner.inference(
              Engine.Kind.EVALUATE, validation.size(), engine.inferenceBatch(), labelColumns));
    }
    return engine.prepare(all).subList(0, training.size());
  }

  private int resultFloats(Executable executable) {
    return Math.min(pace.longest(), data.size() / executable.program().batch())
        * executable.program().resultSize();
  }

  /** Returns an epoch's order; that of the next is made while this one runs, where it is long. */
  private int[] order(int epoch) {
    if (!options.shuffle()) {
      return Runner.inOrder(data.firstRow(), data.size());
    }
    int index = model.shuffleIndex(epoch);
    int[] order = nextOrder != null && nextIndex == index ? nextOrder.join() : shuffled(index);
    nextIndex = index + 1;
    nextOrder =
        data.size() >= LONG_ORDER && epoch + 1 < options.epochs()
            ? CompletableFuture.supplyAsync(() -> shuffled(index + 1))
            : null;
    return order;
  }

  private int[] shuffled(int index) {
    int[] order = Runner.inOrder(data.firstRow(), data.size());
    new Philox(model.seed(), Philox.Stream.SHUFFLE, index).shuffle(order);
    return order;
  }

  /** Returns the number of steps done: fewer than an epoch's when a callback stopped it. */
  private int trainEpoch(
      int epoch, List<Executable> programs, Feed feed, float[] results, Runner.Totals totals) {
    final long start = System.nanoTime();
    double[] learningRates = new double[1];
    int row = 0;
    int step = 0;
    for (Executable executable : programs) {
      int batch = executable.program().batch();
      int left = (data.size() - row) / batch;
      while (left > 0) {
        int steps = Math.min(left, pace.steps());
        learningRates[0] = model.learningRate();
        long chunkStart = System.nanoTime();
        executable.run(feed, new Chunk(row, steps, model.iterations(), learningRates), results);
        long now = System.nanoTime();
        pace.ran(steps, now - chunkStart);
        model.addIterations(steps);
        int valid = checkLoss(results, steps, epoch, step);
        totals.add(results, valid, (long) valid * batch);
        row += steps * batch;
        step += steps;
        left -= steps;
        if (batches) {
          batchCallbacks(step - 1, totals);
        }
        if (diverged || batches && model.isTrainingStopped()) {
          return step;
        }
        if (row < data.size() && now - toldNanos >= TOLD_NANOS) {
          toldNanos = now;
          tell(progress(epoch, step, (now - start) / 1e9, totals));
        }
      }
    }
    return step;
  }

  private Progress progress(int epoch, int step, double seconds, Runner.Totals totals) {
    int steps = (data.size() + options.batchSize() - 1) / options.batchSize();
    return new Progress(
        epoch, options.epochs(), step, steps, totals.samples(), seconds, totals.means());
  }

  private void tell(Progress progress) {
    for (Callback callback : callbacks) {
      if (callback.wantsProgress()) {
        callback.onProgress(model, progress);
      }
    }
  }

  private void batchCallbacks(int step, Runner.Totals totals) {
    Map<String, Double> logs = Collections.unmodifiableMap(totals.means());
    callbacks.stream()
        .filter(Callback::wantsBatches)
        .forEach(callback -> callback.onTrainBatchEnd(model, step, logs));
  }

  /**
   * The last step's loss was computed before its update, and a library's ReLU may turn a NaN into
   * 0: the loss alone does not tell.
   */
  private void checkWeights(int epochs) {
    model
        .getNamedWeights()
        .forEach(
            (name, weight) -> {
              for (int i = 0; i < weight.size(); i++) {
                if (!Float.isFinite(weight.get(i))) {
                  throw new RunException(
                      "fit, after epoch "
                          + epochs
                          + ", weights "
                          + name
                          + ": expected finite numbers, received "
                          + weight.get(i)
                          + DIVERGED);
                }
              }
            });
  }

  /**
   * Returns how many steps of a chunk count: all, or those up to an invalid loss that a callback
   * takes on.
   */
  private int checkLoss(float[] results, int steps, int epoch, int firstStep) {
    int width = 1 + metrics.size();
    for (int step = 0; step < steps; step++) {
      float loss = results[step * width];
      if (!Float.isFinite(loss)) {
        int batch = firstStep + step;
        for (Callback callback : options.callbacks()) {
          diverged |= callback.onInvalidLoss(model, batch, loss);
        }
        if (diverged) {
          model.stopTraining();
          return step + 1;
        }
        throw new RunException(
            "fit, epoch "
                + (epoch + 1)
                + ", step "
                + (batch + 1)
                + ": expected a finite loss, received "
                + loss
                + DIVERGED);
      }
    }
    return steps;
  }
}
