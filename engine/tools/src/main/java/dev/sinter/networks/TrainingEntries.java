package dev.sinter.networks;

import dev.sinter.Callback;
import dev.sinter.callbacks.EarlyStopping;
import dev.sinter.callbacks.ReduceLROnPlateau;
import dev.sinter.callbacks.TerminateOnNaN;
import dev.sinter.losses.BinaryFocalCrossentropy;
import dev.sinter.losses.CrossEntropy;
import dev.sinter.losses.Huber;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.F1Score;
import dev.sinter.metrics.Metric;
import dev.sinter.metrics.Precision;
import dev.sinter.metrics.Recall;
import dev.sinter.metrics.TopKCategoricalAccuracy;
import java.util.List;

/** The losses, metrics and callbacks that a file may name, as Keras names them. */
final class TrainingEntries {
  private static final Key<Double> SMOOTHING = Key.of("label_smoothing", Type.NUMBER);
  private static final Key<Double> THRESHOLD = Key.of("threshold", Type.NUMBER);
  private static final Key<String> MONITOR =
      Key.of("monitor", Type.TEXT, "Such as val_loss or val_accuracy.");
  private static final Key<Integer> PATIENCE = Key.of("patience", Type.integer(0));

  static final Choice<Loss> LOSSES =
      new Choice<>(
          "loss",
          List.of(
              loss(Loss.SPARSE_CATEGORICAL_CROSSENTROPY),
              Entry.of("categorical_crossentropy", CrossEntropy::categorical)
                  .with(SMOOTHING, CrossEntropy::labelSmoothing),
              Entry.of("binary_crossentropy", CrossEntropy::binary)
                  .with(SMOOTHING, CrossEntropy::labelSmoothing),
              Entry.of("binary_focal_crossentropy", () -> new BinaryFocalCrossentropy())
                  .with(Key.of("gamma", Type.NUMBER), BinaryFocalCrossentropy::gamma)
                  .with(Key.of("alpha", Type.NUMBER), BinaryFocalCrossentropy::alpha)
                  .with(SMOOTHING, BinaryFocalCrossentropy::labelSmoothing),
              loss(Loss.MEAN_SQUARED_ERROR),
              loss(Loss.MEAN_ABSOLUTE_ERROR),
              loss(Loss.MEAN_ABSOLUTE_PERCENTAGE_ERROR),
              loss(Loss.MEAN_SQUARED_LOGARITHMIC_ERROR),
              Entry.of("huber", () -> new Huber())
                  .with(Key.of("delta", Type.NUMBER), (none, delta) -> new Huber(delta)),
              loss(Loss.LOG_COSH),
              loss(Loss.KL_DIVERGENCE),
              loss(Loss.POISSON),
              loss(Loss.HINGE),
              loss(Loss.SQUARED_HINGE),
              loss(Loss.CATEGORICAL_HINGE)));

  static final Choice<Metric> METRICS =
      new Choice<>(
          "metric",
          List.of(
              metric("accuracy"),
              metric("sparse_categorical_accuracy"),
              metric("categorical_accuracy"),
              metric("binary_accuracy"),
              topK("top_k_categorical_accuracy"),
              topK("sparse_top_k_categorical_accuracy"),
              Entry.of("precision", () -> new Precision()).with(THRESHOLD, Precision::threshold),
              Entry.of("recall", () -> new Recall()).with(THRESHOLD, Recall::threshold),
              Entry.of("f1_score", () -> new F1Score()).with(THRESHOLD, F1Score::threshold),
              metric("auc"),
              metric("mean_squared_error"),
              metric("root_mean_squared_error"),
              metric("mean_absolute_error"),
              metric("mean_absolute_percentage_error"),
              metric("mean_squared_logarithmic_error"),
              metric("logcosh"),
              metric("r2_score"),
              metric("cosine_similarity"),
              metric("kl_divergence"),
              metric("poisson"),
              metric("hinge"),
              metric("squared_hinge")));

  static final Choice<Callback> CALLBACKS =
      new Choice<>(
          "callback",
          List.of(
              Entry.of("EarlyStopping", () -> new EarlyStopping())
                  .with(MONITOR, (none, monitor) -> new EarlyStopping(monitor))
                  .with(PATIENCE, EarlyStopping::patience)
                  .with(Key.of("min_delta", Type.NUMBER), EarlyStopping::minDelta)
                  .with(Key.of("baseline", Type.NUMBER), EarlyStopping::baseline)
                  .with(
                      Key.of("restore_best_weights", Type.BOOLEAN),
                      EarlyStopping::restoreBestWeights)
                  .with(Key.of("start_from_epoch", Type.integer(0)), EarlyStopping::startFromEpoch),
              Entry.of("ReduceLROnPlateau", () -> new ReduceLROnPlateau())
                  .with(MONITOR, (none, monitor) -> new ReduceLROnPlateau(monitor))
                  .with(Key.of("factor", Type.NUMBER), ReduceLROnPlateau::factor)
                  .with(PATIENCE, ReduceLROnPlateau::patience)
                  .with(Key.of("min_delta", Type.NUMBER), ReduceLROnPlateau::minDelta)
                  .with(Key.of("cooldown", Type.integer(0)), ReduceLROnPlateau::cooldown)
                  .with(Key.of("min_lr", Type.NUMBER), ReduceLROnPlateau::minLearningRate)
                  .with(
                      Key.of("min_learning_rate", Type.NUMBER, "The same as min_lr."),
                      ReduceLROnPlateau::minLearningRate),
              Entry.of("TerminateOnNaN", () -> new TerminateOnNaN())));

  private TrainingEntries() {}

  /** Returns the value that a callback watches; empty if it watches none. */
  static String monitor(Callback callback) {
    if (callback instanceof EarlyStopping stopping) {
      return stopping.monitor();
    }
    return callback instanceof ReduceLROnPlateau reducing ? reducing.monitor() : "";
  }

  private static Entry<Loss> loss(Loss loss) {
    return Entry.of(loss.name(), () -> loss);
  }

  private static Entry<Metric> metric(String name) {
    return Entry.of(name, () -> Metric.of(name));
  }

  private static Entry<TopKCategoricalAccuracy> topK(String name) {
    return Entry.<TopKCategoricalAccuracy>of(name, () -> new TopKCategoricalAccuracy(5).name(name))
        .with(Key.of("k", Type.integer(1)), (none, k) -> new TopKCategoricalAccuracy(k).name(name));
  }
}
