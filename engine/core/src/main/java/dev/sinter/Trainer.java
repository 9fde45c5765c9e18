package dev.sinter;

import dev.sinter.TrainingCheckpoint.Place;
import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.errors.TrainingDivergedException;
import dev.sinter.report.Progress;
import dev.sinter.report.Verbosity;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The training loop of one call of fit: epochs of chunks of steps. Data and options were checked.
 */
final class Trainer {
  private static final Logger LOG = LoggerFactory.getLogger(Fit.class);

  /** Progress within an epoch is told at most 20 times a second. */
  private static final long TOLD_NANOS = 50_000_000;

  private final Model model; // for callbacks
  private final CompiledModel compiled;
  private final TrainingState state;
  private final Engine engine;
  private final SampleSet data;
  private final Targets targets;
  private final @Nullable SampleSet validation; // or null
  private final Targets validationTargets;
  private final int batchSize;
  private final Fit options;
  private final List<Callback> callbacks; // the display first
  private final @Nullable ProgressDisplay display; // null when silent
  private final List<Callback> batchCallbacks; // those that want to be told of steps
  private final List<Callback> progressCallbacks; // those that want progress
  private final ChunkSizer pace;
  private final ChunkSizer validationPace = ChunkSizer.of(false);
  private final double[] learningRates = new double[1];
  private final long[] seeds = new long[1];
  private final Checkpointer checkpointer;
  private final @Nullable Together together; // null: alone
  private final long size; // of the data of all processes
  private @Nullable Executable program; // of the batches that come next
  private float[] results = {}; // of a chunk
  private int stepsOfEpoch; // 0 where nobody knows
  private boolean ranOut; // before the steps of an epoch were done
  private long toldNanos = System.nanoTime() - TOLD_NANOS;
  private boolean diverged; // and a callback wants training to end, not to fail

  Trainer(Model model, CompiledModel compiled, Engine engine, FitData data, Fit options) {
    this.model = model;
    this.compiled = compiled;
    this.state = compiled.state();
    this.engine = engine;
    this.data = data.samples();
    this.targets = compiled.targets(this.data.isWeighted());
    this.validation = data.validation();
    this.validationTargets = compiled.targets(validation != null && validation.isWeighted());
    this.batchSize = data.batchSize();
    this.options = options;
    this.display =
        options.verbose().level() == Verbosity.Level.SILENT
            ? null
            : new ProgressDisplay(options.verbose(), options.epochs());
    this.callbacks = new ArrayList<>(options.callbacks());
    if (display != null) {
      callbacks.add(0, display);
    }
    this.batchCallbacks = callbacks.stream().filter(Callback::wantsBatches).toList();
    this.progressCallbacks = callbacks.stream().filter(Callback::wantsProgress).toList();
    this.pace = ChunkSizer.of(!batchCallbacks.isEmpty());
    this.seeds[0] = state.seed();
    this.together =
        options.group() == null
            ? null
            : new Together(options.group(), compiled, engine, data, options, targets);
    this.size = together == null ? this.data.size() : together.rows();
    this.stepsOfEpoch = stepsOfEpoch(size);
    if (together == null) {
      this.checkpointer = new Checkpointer(compiled, data, options);
    } else {
      this.seeds[0] = together.seed();
      this.checkpointer =
          new Checkpointer(compiled, options, together.isFirst(), together::training);
    }
  }

  private int stepsOfEpoch(long samples) {
    Integer wanted = options.stepsPerEpoch();
    if (samples == Windows.UNKNOWN) {
      return wanted == null ? 0 : wanted;
    }
    long all = (samples + batchSize - 1) / batchSize;
    return (int) Math.min(all, wanted == null ? Integer.MAX_VALUE : wanted);
  }

  /**
   * Runs the epochs.
   *
   * @param startNanos when fit was called
   */
  History run(long startNanos) {
    History history = new History(size);
    try (checkpointer) {
      TrainingCheckpoint from = resumed();
      prepare();
      callbacks.forEach(callback -> callback.onTrainBegin(model));
      checkpointer.begin();
      Long seed = options.shuffle() ? Long.valueOf(seeds[0]) : null;
      BooleanSupplier halted = compiled::isTrainingHalted;
      try (Windows samples = data.open(engine, batchSize, seed, halted);
          Windows held =
              validation == null
                  ? null
                  : validation.open(engine, engine.inferenceBatch(), null, halted)) {
        history.setUp((System.nanoTime() - startNanos) / 1e9);
        int epoch = options.initialEpoch();
        for (Callback callback : options.callbacks()) {
          epoch = callback.initialEpoch(model, epoch);
        }
        SampleCursor cursor =
            together == null ? new SampleCursor(samples) : together.cursor(samples);
        if (from != null) {
          history.restore(from.history());
          epoch = from.place().epoch();
          goOn(from); // within an epoch again, after its onEpochBegin
          if (from.place().row() > 0) {
            cursor.begin(from.place().shuffle(), isLast(epoch));
            cursor.skip(from.place().row());
          }
        }
        if (together != null) {
          together.begin(options, epoch);
        }
        for (; epoch < options.epochs() && !isEnded(); epoch++) {
          boolean within = from != null && from.place().within() && epoch == from.place().epoch();
          runEpoch(epoch, cursor, held, history, within ? from : null);
        }
        history.waited(samples.waitedNanos() / 1e9);
        history.waitedForGroup(together == null ? 0 : together.waitingSeconds());
      }
      if (!history.epochs().isEmpty() && !diverged) {
        checkWeights(1 + Collections.max(history.epochs()));
        if (state.iterations() > 0) { // before, there is no average
          compiled.takeAverages();
        }
      }
      callbacks.forEach(callback -> callback.onTrainEnd(model, history));
    } finally {
      if (display != null) {
        display.close();
      }
    }
    return history;
  }

  /** Returns the checkpoint to go on from, that of rank 0 in a group; null for none. */
  private @Nullable TrainingCheckpoint resumed() {
    int sums = StepResults.width(targets.measures());
    if (together == null) {
      return checkpointer.resumed(options.resume(), size, sums);
    }
    Path folder = together.isFirst() ? options.resume() : null;
    return together.resumed(checkpointer.resumed(folder, size, sums));
  }

  /** Takes on the state of the training that goes on. */
  private void goOn(TrainingCheckpoint from) {
    state.restore(from);
    checkpointer.restoreCallbacks(from);
    if (from.place().stopped()) {
      model.stopTraining();
    }
  }

  private boolean isLast(int epoch) {
    return epoch + 1 == options.epochs();
  }

  private boolean isEnded() {
    return isHalted() || isStopped();
  }

  /** Returns whether training ends after the epoch. */
  private boolean isStopped() {
    return together == null ? compiled.isTrainingStopped() : together.isStopped();
  }

  /** Returns whether training ends at once: in a group, once all processes know. */
  private boolean isHalted() {
    return together == null ? compiled.isTrainingHalted() : together.isHalted();
  }

  /**
   * Trains, validates, tells the callbacks. An epoch that has begun makes at least one chunk, so
   * that there is something to tell.
   *
   * @param from the checkpoint within this epoch to go on from, or null
   */
  private void runEpoch(
      int epoch,
      SampleCursor cursor,
      @Nullable Windows held,
      History history,
      @Nullable TrainingCheckpoint from) {
    callbacks.forEach(callback -> callback.onEpochBegin(model, epoch));
    StepResults totals = new StepResults(targets.measures());
    int step = 0;
    long start = System.nanoTime();
    if (from != null) {
      goOn(from);
      totals.restore(from.place().sums(), from.place().samples());
      step = from.place().step();
      start -= (long) (from.place().seconds() * 1e9);
    } else if (!cursor.isInPass()) {
      cursor.begin(options.shuffle() ? state.nextEpoch(epoch) : epoch, isLast(epoch));
    }
    int steps = trainEpoch(epoch, step, cursor, totals, start, history);
    final double seconds = (System.nanoTime() - start) / 1e9;
    boolean complete = !diverged && isEpochOver(steps, cursor);
    if (complete && size == Windows.UNKNOWN && options.stepsPerEpoch() == null) {
      stepsOfEpoch = steps; // known now; the next epoch may have others
    }
    warnOfEnd(steps, cursor);
    cursor.end();
    Progress done = progress(epoch, steps, seconds, totals);
    callbacks.forEach(callback -> callback.onProgress(model, done));
    Map<String, Double> logs = new LinkedHashMap<>(totals.values()); // callbacks add at its end
    boolean due = options.validatesAfter(epoch);
    Map<String, Double> validated = validate(held, due);
    boolean whole = !isHalted();
    validated.forEach(
        (name, value) -> {
          if (due && (whole || !value.isNaN())) { // what was cut is no result to act on
            logs.put(name, value);
          }
        });
    callbacks.forEach(callback -> callback.onEpochEnd(model, epoch, logs));
    validated.forEach(logs::putIfAbsent);
    history.add(epoch, seconds, totals.samples(), logs);
    if (together != null) {
      together.agree();
    }
    if (complete && whole && checkpointer.isDueAfter(epoch)) {
      checkpointer.save(Place.before(epoch + 1, cursor.passed(), isStopped()), history);
    }
  }

  private boolean isEpochOver(int steps, SampleCursor cursor) {
    Integer wanted = options.stepsPerEpoch();
    return cursor.isAtEnd() || wanted != null && steps == wanted;
  }

  private void warnOfEnd(int steps, SampleCursor cursor) {
    Integer wanted = options.stepsPerEpoch();
    if (!ranOut && wanted != null && steps < wanted && cursor.isAtEnd()) {
      ranOut = true;
      LOG.warn(
          "fit: the data ran out after {} of {} steps, and the epoch ended; the next one begins at its start",
          steps,
          wanted);
    }
  }

  /** Returns the values of a validation; NaN where none is due. */
  private Map<String, Double> validate(@Nullable Windows held, boolean due) {
    if (together == null ? held == null : !together.validates()) {
      return Map.of();
    }
    StepResults results =
        due && held != null
            ? Passes.evaluate(
                engine, held, validationTargets, validationPace, compiled::isTrainingHalted)
            : new StepResults(validationTargets.measures());
    if (due && together != null) {
      together.sum(results);
    }
    Map<String, Double> values = new LinkedHashMap<>();
    results.values().forEach((name, value) -> values.put("val_" + name, value));
    return values;
  }

  /**
   * Trains the rest of an epoch.
   *
   * @param done steps of it that were done before
   * @param start when the epoch began
   * @return the number of steps done: fewer than an epoch's when the training was ended
   */
  private int trainEpoch(
      int epoch, int done, SampleCursor cursor, StepResults totals, long start, History history) {
    int step = done;
    while (!isEpochOver(step, cursor)) {
      int left = cursor.left();
      if (left == 0) {
        return step; // halted
      }
      int batch = Math.min(batchSize, left);
      int steps = Math.min(left / batch, stepsAtOnce(step));
      runChunk(batch, cursor.feed(), cursor.row(), steps);
      int valid = checkLoss(totals, steps, epoch, step);
      totals.add(results, valid, (long) valid * batch);
      cursor.advance(steps * batch);
      step += steps;
      if (!batchCallbacks.isEmpty()) {
        int index = step - 1;
        Map<String, Double> logs = Collections.unmodifiableMap(totals.values());
        batchCallbacks.forEach(callback -> callback.onTrainBatchEnd(model, index, logs));
      }
      if (diverged || isHalted() || stopsWithin()) {
        return step;
      }
      long now = System.nanoTime();
      double seconds = (now - start) / 1e9;
      if (checkpointer.isDueWithin(state.iterations())) {
        checkpointer.save(Place.within(epoch, cursor.passed(), step, totals, seconds), history);
      }
      if (!isEpochOver(step, cursor) && now - toldNanos >= TOLD_NANOS) {
        toldNanos = now;
        Progress part = progress(epoch, step, seconds, totals);
        progressCallbacks.forEach(callback -> callback.onProgress(model, part));
      }
    }
    return step;
  }

  /** Returns whether a callback ends the epoch; in a group it goes on to its end. */
  private boolean stopsWithin() {
    return together == null && !batchCallbacks.isEmpty() && compiled.isTrainingStopped();
  }

  /** Returns how many steps may follow a step of an epoch in one chunk. */
  private int stepsAtOnce(int step) {
    long iterations = state.iterations();
    int most =
        together == null
            ? Math.min(pace.steps(), checkpointer.stepsLeft(iterations))
            : together.stepsAtOnce(iterations);
    Integer wanted = options.stepsPerEpoch();
    return wanted == null ? most : Math.min(most, wanted - step);
  }

  private Executable program(int batch) {
    Executable next = program;
    if (next == null || next.program().batch() != batch) {
      Engine.Request request = targets.request(Engine.Kind.TRAIN, batch);
      next = engine.prepare(List.of(request)).get(0);
      program = next;
    }
    return next;
  }

  /** Runs steps on the backend; their results overwrite those of the chunk before. */
  private void runChunk(int batch, Feed feed, int row, int steps) {
    int floats = steps * StepResults.width(targets.measures());
    if (results.length < floats) {
      results = new float[floats];
    }
    long start = System.nanoTime();
    learningRates[0] = state.learningRate();
    Chunk chunk = new Chunk(row, steps, state.iterations(), learningRates, seeds);
    if (together == null) {
      program(batch).run(feed, chunk, results);
    } else {
      together.run(batch, feed, chunk, results);
    }
    pace.ran(steps, System.nanoTime() - start);
    state.addIterations(steps);
  }

  /** Translates everything the epochs need, at once. */
  private void prepare() {
    List<Engine.Request> all = new ArrayList<>();
    if (together == null) { // else its steps have prepared theirs
      all.addAll(Passes.training(size, batchSize, targets));
    }
    if (validation != null) {
      all.addAll(
          Passes.inference(
              Engine.Kind.EVALUATE, validation.size(), engine.inferenceBatch(), validationTargets));
    }
    engine.prepare(all);
  }

  private Progress progress(int epoch, int step, double seconds, StepResults totals) {
    int known = step > stepsOfEpoch ? 0 : stepsOfEpoch;
    return new Progress(
        epoch, options.epochs(), step, known, totals.samples(), seconds, totals.values());
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
                  String where = "after epoch %s, weights %s: expected finite numbers";
                  throw diverged(where.formatted(epochs, name), weight.get(i), epochs, 0);
                }
              }
            });
  }

  private static TrainingDivergedException diverged(
      String where, float received, int epoch, int step) {
    return new TrainingDivergedException(
        "fit, %s, received %s. Training has diverged: use a smaller learning rate, or scale the inputs to about 0 to 1."
            .formatted(where, received),
        epoch,
        step);
  }

  /**
   * Returns how many steps of a chunk count: all, or those up to an invalid loss that a callback
   * takes on.
   */
  private int checkLoss(StepResults layout, int steps, int epoch, int firstStep) {
    for (int step = 0; step < steps; step++) {
      float loss = layout.loss(results, step);
      if (!Float.isFinite(loss)) {
        int batch = firstStep + step;
        for (Callback callback : options.callbacks()) {
          diverged |= callback.onInvalidLoss(model, batch, loss);
        }
        if (diverged) {
          model.stopTraining();
          return step + 1;
        }
        String where = "epoch %s, step %s: expected a finite loss";
        throw diverged(where.formatted(epoch + 1, batch + 1), loss, epoch + 1, batch + 1);
      }
    }
    return steps;
  }
}
