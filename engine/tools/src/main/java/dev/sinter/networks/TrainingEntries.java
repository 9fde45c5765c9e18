package dev.sinter.networks;

import dev.sinter.Callback;
import dev.sinter.callbacks.EarlyStopping;
import dev.sinter.callbacks.ReduceLROnPlateau;
import dev.sinter.callbacks.TerminateOnNaN;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.AdamW;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.optimizers.RmsProp;
import dev.sinter.optimizers.Sgd;
import java.util.List;

/** The optimizers, losses, metrics and callbacks that a file may name, as Keras names them. */
final class TrainingEntries {
  private static final Key<Double> RATE = Key.of("learning_rate", Type.NUMBER);
  private static final Key<Double> BETA_1 = Key.of("beta_1", Type.NUMBER);
  private static final Key<Double> BETA_2 = Key.of("beta_2", Type.NUMBER);
  private static final Key<Double> EPSILON = Key.of("epsilon", Type.NUMBER);
  private static final Key<Double> MOMENTUM = Key.of("momentum", Type.NUMBER);
  private static final Key<Boolean> AMSGRAD = Key.of("amsgrad", Type.BOOLEAN);
  private static final Key<String> MONITOR =
      Key.of("monitor", Type.TEXT, "Such as val_loss or val_accuracy.");
  private static final Key<Integer> PATIENCE = Key.of("patience", Type.integer(0));

  static final Choice<Optimizer> OPTIMIZERS =
      new Choice<>(
          "optimizer",
          List.of(
              Entry.of("sgd", () -> new Sgd())
                  .with(RATE, Sgd::learningRate)
                  .with(MOMENTUM, Sgd::momentum)
                  .with(
                      Key.of("nesterov", Type.BOOLEAN),
                      (sgd, yes) -> new Sgd(sgd.learningRate(), sgd.momentum(), yes)),
              Entry.of("rmsprop", () -> new RmsProp())
                  .with(RATE, RmsProp::learningRate)
                  .with(Key.of("rho", Type.NUMBER), RmsProp::rho)
                  .with(MOMENTUM, RmsProp::momentum)
                  .with(EPSILON, RmsProp::epsilon)
                  .with(Key.of("centered", Type.BOOLEAN), RmsProp::centered),
              Entry.of("adam", () -> new Adam())
                  .with(RATE, Adam::learningRate)
                  .with(BETA_1, Adam::beta1)
                  .with(BETA_2, Adam::beta2)
                  .with(EPSILON, Adam::epsilon)
                  .with(AMSGRAD, Adam::amsgrad),
              Entry.of("adamw", () -> new AdamW())
                  .with(RATE, AdamW::learningRate)
                  .with(
                      Key.of("weight_decay", Type.NUMBER),
                      (adamw, decay) -> new AdamW(decay, adamw.adam()))
                  .with(BETA_1, (adamw, beta) -> adamw.adam(adamw.adam().beta1(beta)))
                  .with(BETA_2, (adamw, beta) -> adamw.adam(adamw.adam().beta2(beta)))
                  .with(EPSILON, (adamw, epsilon) -> adamw.adam(adamw.adam().epsilon(epsilon)))
                  .with(AMSGRAD, (adamw, yes) -> adamw.adam(adamw.adam().amsgrad(yes)))));

  static final Choice<Loss> LOSSES =
      new Choice<>(
          "loss",
          List.of(
              loss(Loss.SPARSE_CATEGORICAL_CROSSENTROPY),
              loss(Loss.CATEGORICAL_CROSSENTROPY),
              loss(Loss.BINARY_CROSSENTROPY),
              loss(Loss.MEAN_SQUARED_ERROR),
              loss(Loss.MEAN_ABSOLUTE_ERROR)));

  static final Choice<Metric> METRICS =
      new Choice<>(
          "metric",
          List.of(
              metric(Metric.ACCURACY),
              metric(Metric.SPARSE_CATEGORICAL_ACCURACY),
              metric(Metric.CATEGORICAL_ACCURACY),
              metric(Metric.BINARY_ACCURACY),
              metric(Metric.MEAN_SQUARED_ERROR),
              metric(Metric.MEAN_ABSOLUTE_ERROR)));

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
                  .with(
                      Key.of("min_learning_rate", Type.NUMBER), ReduceLROnPlateau::minLearningRate),
              Entry.of("TerminateOnNaN", () -> new TerminateOnNaN())));

  private TrainingEntries() {}

  private static Entry<Loss> loss(Loss loss) {
    return Entry.of(loss.name(), () -> loss);
  }

  private static Entry<Metric> metric(Metric metric) {
    return Entry.of(metric.name(), () -> metric);
  }
}
