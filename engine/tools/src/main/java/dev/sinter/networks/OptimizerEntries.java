package dev.sinter.networks;

import dev.sinter.optimizers.Adadelta;
import dev.sinter.optimizers.Adagrad;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.AdamW;
import dev.sinter.optimizers.Adamax;
import dev.sinter.optimizers.Lion;
import dev.sinter.optimizers.Nadam;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.optimizers.RmsProp;
import dev.sinter.optimizers.Sgd;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** The optimizers that a file may name, with Keras's settings. */
final class OptimizerEntries {
  private static final Key<Double> BETA_1 = Key.of("beta_1", Type.NUMBER);
  private static final Key<Double> BETA_2 = Key.of("beta_2", Type.NUMBER);
  private static final Key<Double> RHO = Key.of("rho", Type.NUMBER);
  private static final Key<Double> EPSILON = Key.of("epsilon", Type.NUMBER);
  private static final Key<Double> MOMENTUM = Key.of("momentum", Type.NUMBER);
  private static final Key<Boolean> AMSGRAD = Key.of("amsgrad", Type.BOOLEAN);

  /** A learning rate: a number, or a schedule with its settings. */
  private static final Type<UnaryOperator<Optimizer>> RATE =
      Type.either(
          Type.NUMBER.map(rate -> optimizer -> optimizer.learningRate(rate)),
          ScheduleEntries.ALL.map(schedule -> optimizer -> optimizer.learningRate(schedule)));

  /** Definitions to which the schema refers. */
  static final Map<String, Object> DEFINITIONS = Type.ordered("learning_rate", RATE.schema());

  static final Choice<Optimizer> ALL =
      new Choice<>(
          "optimizer",
          List.of(
              extended(
                  Entry.of("sgd", () -> new Sgd())
                      .with(MOMENTUM, Sgd::momentum)
                      .with(
                          Key.of("nesterov", Type.BOOLEAN),
                          (sgd, yes) -> new Sgd(sgd.learningRate(), sgd.momentum(), yes))),
              extended(
                  Entry.of("rmsprop", () -> new RmsProp())
                      .with(RHO, RmsProp::rho)
                      .with(MOMENTUM, RmsProp::momentum)
                      .with(EPSILON, RmsProp::epsilon)
                      .with(Key.of("centered", Type.BOOLEAN), RmsProp::centered)),
              extended(
                  Entry.of("adam", () -> new Adam())
                      .with(BETA_1, Adam::beta1)
                      .with(BETA_2, Adam::beta2)
                      .with(EPSILON, Adam::epsilon)
                      .with(AMSGRAD, Adam::amsgrad)),
              extended(
                  Entry.of("adamw", () -> new AdamW())
                      .with(BETA_1, (adamw, beta) -> adamw.adam(adamw.adam().beta1(beta)))
                      .with(BETA_2, (adamw, beta) -> adamw.adam(adamw.adam().beta2(beta)))
                      .with(EPSILON, (adamw, e) -> adamw.adam(adamw.adam().epsilon(e)))
                      .with(AMSGRAD, (adamw, yes) -> adamw.adam(adamw.adam().amsgrad(yes)))),
              extended(
                  Entry.of("adagrad", () -> new Adagrad())
                      .with(
                          Key.of("initial_accumulator_value", Type.NUMBER),
                          Adagrad::initialAccumulatorValue)
                      .with(EPSILON, Adagrad::epsilon)),
              extended(
                  Entry.of("adadelta", () -> new Adadelta())
                      .with(RHO, Adadelta::rho)
                      .with(EPSILON, Adadelta::epsilon)),
              extended(
                  Entry.of("adamax", () -> new Adamax())
                      .with(BETA_1, Adamax::beta1)
                      .with(BETA_2, Adamax::beta2)
                      .with(EPSILON, Adamax::epsilon)),
              extended(
                  Entry.of("nadam", () -> new Nadam())
                      .with(BETA_1, Nadam::beta1)
                      .with(BETA_2, Nadam::beta2)
                      .with(EPSILON, Nadam::epsilon)),
              extended(
                  Entry.of("lion", () -> new Lion())
                      .with(BETA_1, Lion::beta1)
                      .with(BETA_2, Lion::beta2))));

  private OptimizerEntries() {}

  /** Returns an optimizer with the settings that each one has. */
  private static <T extends Optimizer> Entry<Optimizer> extended(Entry<T> own) {
    Entry<Optimizer> any = own.as(optimizer -> optimizer);
    Type<UnaryOperator<Optimizer>> rates =
        Type.of(Type.ordered("$ref", "#/$defs/learning_rate"), RATE::read);
    return any.with(Key.of("learning_rate", rates), (optimizer, rate) -> rate.apply(optimizer))
        .with(Key.of("weight_decay", Type.NUMBER), Optimizer::weightDecay)
        .with(Key.of("clipnorm", Type.NUMBER), Optimizer::clipNorm)
        .with(Key.of("global_clipnorm", Type.NUMBER), Optimizer::globalClipNorm)
        .with(Key.of("clipvalue", Type.NUMBER), Optimizer::clipValue)
        .with(
            Key.of("ema_momentum", Type.NUMBER, "The weights become their moving average."),
            (optimizer, momentum) -> optimizer.average(momentum))
        .with(Key.of("gradient_accumulation_steps", Type.integer(1)), Optimizer::accumulationSteps);
  }
}
