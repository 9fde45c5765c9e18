package dev.sinter.networks;

import dev.sinter.errors.InputException;
import dev.sinter.networks.Section.Values;
import dev.sinter.optimizers.CosineDecay;
import dev.sinter.optimizers.CosineDecayRestarts;
import dev.sinter.optimizers.ExponentialDecay;
import dev.sinter.optimizers.InverseTimeDecay;
import dev.sinter.optimizers.OneCycle;
import dev.sinter.optimizers.PiecewiseConstantDecay;
import dev.sinter.optimizers.PolynomialDecay;
import dev.sinter.optimizers.Schedule;
import java.util.List;

/** The learning rate schedules that a file may name, by Keras's names and with its settings. */
final class ScheduleEntries {
  private static final Key<Double> INITIAL = Key.of("initial_learning_rate", Type.NUMBER);
  private static final Key<Double> STEPS = Key.of("decay_steps", Type.NUMBER);
  private static final Key<Double> RATE = Key.of("decay_rate", Type.NUMBER);
  private static final Key<Boolean> STAIRCASE = Key.of("staircase", Type.BOOLEAN);
  private static final Key<Double> ALPHA = Key.of("alpha", Type.NUMBER);
  private static final Key<Double> TARGET =
      Key.of("warmup_target", Type.NUMBER, "Wants warmup_steps.");
  private static final Key<Integer> WARMUP =
      Key.of("warmup_steps", Type.integer(1), "Wants a warmup_target.");
  private static final Section DECAY = new Section(List.of(INITIAL, STEPS, RATE), List.of());

  static final Choice<Schedule> ALL =
      new Choice<>(
          "schedule",
          List.of(
              new Entry<>(
                      "ExponentialDecay",
                      DECAY,
                      values ->
                          new ExponentialDecay(
                              values.get(INITIAL), values.get(STEPS), values.get(RATE)))
                  .with(
                      STAIRCASE,
                      (decay, yes) ->
                          new ExponentialDecay(
                              decay.initialLearningRate(),
                              decay.decaySteps(),
                              decay.decayRate(),
                              yes)),
              new Entry<>(
                      "InverseTimeDecay",
                      DECAY,
                      values ->
                          new InverseTimeDecay(
                              values.get(INITIAL), values.get(STEPS), values.get(RATE)))
                  .with(
                      STAIRCASE,
                      (decay, yes) ->
                          new InverseTimeDecay(
                              decay.initialLearningRate(),
                              decay.decaySteps(),
                              decay.decayRate(),
                              yes)),
              Entry.of(
                      "PolynomialDecay",
                      INITIAL,
                      STEPS,
                      (Double initial, Double steps) -> new PolynomialDecay(initial, steps))
                  .with(
                      Key.of("end_learning_rate", Type.NUMBER),
                      (decay, end) ->
                          new PolynomialDecay(
                              decay.initialLearningRate(),
                              decay.decaySteps(),
                              end,
                              decay.power(),
                              decay.cycle()))
                  .with(
                      Key.of("power", Type.NUMBER),
                      (decay, power) ->
                          new PolynomialDecay(
                              decay.initialLearningRate(),
                              decay.decaySteps(),
                              decay.endLearningRate(),
                              power,
                              decay.cycle())),
              Entry.of(
                  "PiecewiseConstantDecay",
                  Key.of("boundaries", Type.listOf(Type.integer(0))),
                  Key.of("values", Type.listOf(Type.NUMBER)),
                  (List<Integer> boundaries, List<Double> values) ->
                      new PiecewiseConstantDecay(
                          boundaries.stream().map(Integer::longValue).toList(), values)),
              new Entry<>(
                  "CosineDecay",
                  new Section(List.of(INITIAL, STEPS), List.of(ALPHA, TARGET, WARMUP)),
                  ScheduleEntries::cosine),
              Entry.of(
                      "CosineDecayRestarts",
                      INITIAL,
                      Key.of("first_decay_steps", Type.NUMBER),
                      (Double initial, Double steps) -> new CosineDecayRestarts(initial, steps))
                  .with(
                      ALPHA,
                      (waves, alpha) ->
                          new CosineDecayRestarts(
                              waves.initialLearningRate(),
                              waves.firstDecaySteps(),
                              waves.timesMultiplier(),
                              waves.heightMultiplier(),
                              alpha)),
              Entry.of(
                  "OneCycle",
                  Key.of("maximum", Type.NUMBER),
                  Key.of("total_steps", Type.integer(2)),
                  (Double maximum, Integer steps) -> new OneCycle(maximum, steps))));

  private ScheduleEntries() {}

  private static Schedule cosine(Values values) {
    if (values.has(TARGET) != values.has(WARMUP)) {
      throw InputException.of(
          "CosineDecay",
          "warmup_target and warmup_steps together",
          (values.has(TARGET) ? TARGET : WARMUP).name() + " alone",
          "Add the other, or leave both out");
    }
    CosineDecay cosine =
        new CosineDecay(values.get(INITIAL), values.get(STEPS)).alpha(values.get(ALPHA, 0.0));
    return values.has(TARGET) ? cosine.warmup(values.get(TARGET), values.get(WARMUP)) : cosine;
  }
}
