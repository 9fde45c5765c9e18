package dev.sinter;

import dev.sinter.TrainingCheckpoint.Place;
import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.data.Dataset;
import dev.sinter.errors.TrainingDivergedException;
import dev.sinter.report.Progress;
import dev.sinter.report.Verbosity;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The training loop of one call of fit: epochs of chunks of steps. Data and options were checked.
 */
final class Trainer {
  /** Progress within an epoch is told at most 20 times a second. */
  private static final long TOLD_NANOS = 50_000_000;

  private final Model model; // for callbacks
  private final CompiledModel compiled;
  private final TrainingState state;
  private final Engine engine;
  private final Dataset data;
  private final @Nullable Dataset validation; // or null
  private final Fit options;
  private final List<Callback> callbacks; // the display first
  private final @Nullable ProgressDisplay display; // null when silent
  private final List<Callback> batchCallbacks; // those that want to be told of steps
  private final List<Callback> progressCallbacks; // those that want progress
  private final ChunkSizer pace;
  private final ChunkSizer validationPace = ChunkSizer.of(false);
  private final SampleOrder order;
  private final double[] learningRates = new double[1];
  private final long[] seeds = new long[1];
  private final Checkpointer checkpointer;
  private List<Executable> programs = List.of(); // full batches, then the rest
  private float[] results = {}; // of a chunk
  private long toldNanos = System.nanoTime() - TOLD_NANOS;
  private boolean diverged; // and a callback wants training to end, not to fail

  Trainer(
      Model model,
      CompiledModel compiled,
      Engine engine,
      Dataset data,
      @Nullable Dataset validation,
      Fit options) {
    this.model = model;
    this.compiled = compiled;
    this.state = compiled.state();
    this.engine = engine;
    this.data = data;
    this.validation = validation;
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
    this.order = new SampleOrder(data, state.seed(), options.shuffle());
    this.seeds[0] = state.seed();
    this.checkpointer = new Checkpointer(compiled, data, validation, options);
  }

  /**
   * Runs the epochs.
   *
   * @param startNanos when fit was called
   */
  History run(long startNanos) {
    History history = new History(data.size());
    try (checkpointer) {
      TrainingCheckpoint from = checkpointer.resumed(options.resume(), data.size());
      prepare();
      callbacks.forEach(callback -> callback.onTrainBegin(model));
      checkpointer.begin();
      try (Resident samples = engine.upload(data, true);
          Resident held = validation == null ? null : engine.upload(validation, true)) {
        history.setUp((System.nanoTime() - startNanos) / 1e9);
        int epoch = options.initialEpoch();
        for (Callback callback : options.callbacks()) {
          epoch = callback.initialEpoch(model, epoch);
        }
        if (from != null) {
          history.restore(from.history());
          epoch = from.place().epoch();
          goOn(from); // within an epoch again, after its onEpochBegin
        }
        for (; epoch < options.epochs() && !isEnded(); epoch++) {
          boolean within = from != null && from.place().within() && epoch == from.place().epoch();
          runEpoch(epoch, samples, held, history, within ? from : null);
        }
      }
      if (!history.epochs().isEmpty() && !diverged) {
        checkWeights(1 + Collections.max(history.epochs()));
      }
      callbacks.forEach(callback -> callback.onTrainEnd(model, history));
    } finally {
      if (display != null) {
        display.close();
      }
    }
    return history;
  }

  /** Takes on the state of the training that goes on. */
  private void goOn(TrainingCheckpoint from) {
    state.restore(from);
    checkpointer.restoreCallbacks(from);
    if (from.place().stopped()) {
      model.stopTraining();
    }
  }

  private boolean isEnded() {
    return compiled.isTrainingHalted() || compiled.isTrainingStopped();
  }

  /**
   * Trains, validates, tells the callbacks. An epoch that has begun makes at least one chunk, so
   * that there is something to tell.
   *
   * @param from the checkpoint within this epoch to go on from, or null
   */
  private void runEpoch(
      int epoch,
      Resident samples,
      @Nullable Resident held,
      History history,
      @Nullable TrainingCheckpoint from) {
    callbacks.forEach(callback -> callback.onEpochBegin(model, epoch));
    StepResults totals = new StepResults(compiled.resultNames());
    Place begin;
    if (from == null) {
      int index = options.shuffle() ? state.nextEpoch(epoch) : epoch;
      begin = new Place(epoch, true, index, 0, 0, totals.sums(), 0, false);
    } else {
      goOn(from);
      begin = from.place();
      totals.restore(begin.sums(), begin.row());
    }
    final long start = System.nanoTime() - (long) (begin.seconds() * 1e9);
    Feed feed = new Feed(samples, order.of(begin.shuffle(), epoch + 1 == options.epochs()));
    int steps = trainEpoch(begin, feed, totals, start, history);
    double seconds = (System.nanoTime() - start) / 1e9;
    Progress done = progress(epoch, steps, seconds, totals);
    callbacks.forEach(callback -> callback.onProgress(model, done));
    Map<String, Double> logs = new LinkedHashMap<>(totals.means()); // callbacks add at its end
    boolean due = options.validatesAfter(epoch);
    Map<String, Double> validated =
        validation == null || held == null ? Map.of() : validate(validation, held, due);
    boolean whole = !compiled.isTrainingHalted();
    validated.forEach(
        (name, value) -> {
          if (due && (whole || !value.isNaN())) { // what was cut is no result to act on
            logs.put(name, value);
          }
        });
    callbacks.forEach(callback -> callback.onEpochEnd(model, epoch, logs));
    validated.forEach(logs::putIfAbsent);
    history.add(epoch, seconds, totals.samples(), logs);
    if (totals.samples() == data.size() && whole && checkpointer.isDueAfter(epoch)) {
      checkpointer.save(Place.before(epoch + 1, compiled.isTrainingStopped()), history);
    }
  }

  /** Returns the values of a validation; NaN where none is due. */
  private Map<String, Double> validate(Dataset validated, Resident held, boolean due) {
    Map<String, Double> values = new LinkedHashMap<>();
    Passes.evaluate(
            engine,
            validated,
            held,
            compiled.labelColumns(),
            compiled.resultNames(),
            validationPace,
            () -> !due || compiled.isTrainingHalted())
        .forEach((name, value) -> values.put("val_" + name, value));
    return values;
  }

  /**
   * Trains the rest of an epoch.
   *
   * @param begin where in the epoch it begins
   * @param start when the epoch began
   * @return the number of steps done: fewer than an epoch's when the training was ended
   */
  private int trainEpoch(Place begin, Feed feed, StepResults totals, long start, History history) {
    final int epoch = begin.epoch();
    int row = begin.row();
    int step = begin.step();
    for (Executable program : programs) {
      int batch = program.program().batch();
      int left = (data.size() - row) / batch;
      while (left > 0) {
        int steps =
            Math.min(left, Math.min(pace.steps(), checkpointer.stepsLeft(state.iterations())));
        runChunk(program, feed, row, steps);
        int valid = checkLoss(totals, steps, epoch, step);
        totals.add(results, valid, (long) valid * batch);
        row += steps * batch;
        step += steps;
        left -= steps;
        if (!batchCallbacks.isEmpty()) {
          int index = step - 1;
          Map<String, Double> logs = Collections.unmodifiableMap(totals.means());
          batchCallbacks.forEach(callback -> callback.onTrainBatchEnd(model, index, logs));
        }
        boolean stopped = !batchCallbacks.isEmpty() && compiled.isTrainingStopped();
        if (diverged || stopped || compiled.isTrainingHalted()) {
          return step;
        }
        long now = System.nanoTime();
        if (checkpointer.isDueWithin(state.iterations())) {
          double seconds = (now - start) / 1e9;
          Place here =
              new Place(epoch, true, begin.shuffle(), row, step, totals.sums(), seconds, false);
          checkpointer.save(here, history);
        }
        if (row < data.size() && now - toldNanos >= TOLD_NANOS) {
          toldNanos = now;
          Progress part = progress(epoch, step, (now - start) / 1e9, totals);
          progressCallbacks.forEach(callback -> callback.onProgress(model, part));
        }
      }
    }
    return step;
  }

  /** Runs steps on the backend; their results overwrite those of the chunk before. */
  private void runChunk(Executable program, Feed feed, int row, int steps) {
    long start = System.nanoTime();
    learningRates[0] = state.learningRate();
    program.run(feed, new Chunk(row, steps, state.iterations(), learningRates, seeds), results);
    pace.ran(steps, System.nanoTime() - start);
    state.addIterations(steps);
  }

  /** Translates everything the epochs need, at once. */
  private void prepare() {
    int labelColumns = compiled.labelColumns();
    List<Engine.Request> training = Passes.training(data.size(), options.batchSize(), labelColumns);
    List<Engine.Request> all = new ArrayList<>(training);
    if (validation != null) {
      all.addAll(
          Passes.inference(
              Engine.Kind.EVALUATE, validation.size(), engine.inferenceBatch(), labelColumns));
    }
    programs = engine.prepare(all).subList(0, training.size());
    results = new float[programs.stream().mapToInt(this::resultFloats).max().orElse(0)];
  }

  private int resultFloats(Executable program) {
    return Math.min(pace.longest(), data.size() / program.program().batch())
        * program.program().resultSize();
  }

  private Progress progress(int epoch, int step, double seconds, StepResults totals) {
    int steps = (data.size() + options.batchSize() - 1) / options.batchSize();
    return new Progress(
        epoch, options.epochs(), step, steps, totals.samples(), seconds, totals.means());
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
