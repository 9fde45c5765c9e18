package dev.sinter;

import dev.sinter.backend.Resident;
import dev.sinter.compile.Graph;
import dev.sinter.data.Dataset;
import dev.sinter.data.InputScale;
import dev.sinter.data.Stream;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.losses.CrossEntropy;
import java.util.Arrays;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The calls of a model besides fit: evaluation, prediction, single updates. */
record ModelUse(CompiledModel model) {
  /** Makes one update. */
  Evaluation trainOnBatch(Dataset batch) {
    model.check("trainOnBatch", batch);
    model.requireIdle("trainOnBatch");
    model.begin(batch.inputScale());
    return new Evaluation(Passes.train(model.engine(), batch, model.state(), targets(batch)));
  }

  /**
   * Evaluates.
   *
   * @param once whether the samples are not worth a place of their own on the backend
   */
  Evaluation evaluate(String where, Dataset data, boolean once) {
    model.check(where, data);
    Engine current = engine(data.inputScale());
    try (Resident resident = once ? current.borrow(data, true) : current.upload(data, true)) {
      return evaluated(current, ResidentWindows.inOrder(resident, data), targets(data));
    }
  }

  /** Evaluates on a stream, to its end. */
  Evaluation evaluate(Stream data) {
    SampleSet samples = model.samples("evaluate", data);
    Engine current = engine(data.inputScale());
    BooleanSupplier halted = Thread.currentThread()::isInterrupted;
    try (Windows windows = samples.open(current, current.inferenceBatch(), null, halted)) {
      Evaluation evaluation = evaluated(current, windows, model.targets(samples.isWeighted()));
      requireWhole("evaluate", !Double.isNaN(evaluation.loss()) || !halted.getAsBoolean());
      return evaluation;
    }
  }

  private Targets targets(Dataset data) {
    return model.targets(data.sourceWeights() != null);
  }

  private static Evaluation evaluated(Engine current, Windows samples, Targets targets) {
    return new Evaluation(
        Passes.evaluate(current, samples, targets, ChunkSizer.of(false), () -> false).values());
  }

  private static void requireWhole(String where, boolean whole) {
    if (!whole) {
      throw RunException.of(
          where, "all samples of the stream", "an interrupt", "Call it again", null);
    }
  }

  /**
   * Predicts [N, C].
   *
   * @param once see {@link #evaluate(String, Dataset, boolean)}
   */
  Tensor predict(String where, Dataset data, boolean once) {
    if (data.size() == 0 && (model.isPlanned() || data.source().rowSize() == 0)) {
      return Tensor.of(new float[0], 0, model.graph(where + ", no samples").outputs());
    }
    Graph planned = model.planned(where, data.featureShape());
    new DataCheck(where, planned).predictable(data);
    model.build(planned);
    Engine current = engine(data.inputScale());
    try (Resident resident = once ? current.borrow(data, false) : current.upload(data, false)) {
      return Passes.predict(current, resident, data, planned.outputs());
    }
  }

  /** Counts predictions by classes. */
  ConfusionMatrix confusionMatrix(Dataset data) {
    String where = "confusionMatrix";
    Graph planned = model.planned(where, data.featureShape());
    if (planned.endNodes().size() > 1) {
      throw InputException.of(
          where,
          "a model of one output",
          planned.endNodes().size() + " outputs",
          "Make a model of the output whose classes are of interest");
    }
    boolean logits =
        model.goals().stream()
            .anyMatch(goal -> goal.loss() instanceof CrossEntropy own && own.fromLogits());
    return ConfusionMatrix.of(data, predict(where, data, false), logits ? 0 : 0.5);
  }

  /** Predicts for a stream, to its end. */
  void predict(Stream data, Consumer<Tensor> outputs) {
    Graph planned = model.planned("predict", data.featureShape());
    DataCheck check = new DataCheck("predict", planned);
    check.shape(data.featureShape());
    model.build(planned);
    Engine current = engine(data.inputScale());
    BooleanSupplier halted = Thread.currentThread()::isInterrupted;
    int columns = planned.outputs();
    try (Windows windows =
        new StreamSamples(data, check, null, Map.of())
            .open(current, current.inferenceBatch(), null, halted)) {
      boolean whole =
          Passes.predict(
              current,
              windows,
              Passes.streamRows(columns),
              (results, rows) ->
                  outputs.accept(Tensor.of(Arrays.copyOf(results, rows * columns), rows, columns)));
      requireWhole("predict", whole);
    }
  }

  private Engine engine(InputScale scale) {
    TrainingState.warnOfScale(model.name(), model.state().inputScale(), scale);
    return model.engine();
  }
}
