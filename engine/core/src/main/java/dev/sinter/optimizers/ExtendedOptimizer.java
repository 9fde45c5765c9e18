package dev.sinter.optimizers;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.errors.InputException;
import dev.sinter.program.Expression;
import dev.sinter.program.Expression.Select;
import dev.sinter.program.Expression.StepScalar;
import dev.sinter.program.StepFunction;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.UpdateRule.Assignment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * An optimizer with {@link OptimizerOptions}. Immutable: any number of threads may use it.
 *
 * @param base its rule
 * @param options what it does besides
 */
public record ExtendedOptimizer(Optimizer base, OptimizerOptions options) implements Optimizer {
  /** The slot that holds the moving average of a weight. */
  public static final String AVERAGE = "average";

  /** The slot that holds the sum of the gradients of the steps since the last update. */
  public static final String ACCUMULATOR = "gradient_accumulator";

  public ExtendedOptimizer {
    Objects.requireNonNull(base, "base");
    Objects.requireNonNull(options, "options");
    if (base instanceof AdamW && options.weightDecay() > 0) {
      throw InputException.of(
          "AdamW, options",
          "no weight decay besides its own",
          options.weightDecay(),
          "Use weightDecay of AdamW");
    }
  }

  @Override
  public String name() {
    return base.name();
  }

  /** Returns the learning rate of the first step. */
  @Override
  public double learningRate() {
    return options.schedule() == null ? base.learningRate() : options.schedule().at(0);
  }

  /** Returns this optimizer with a constant learning rate. */
  @Override
  public Optimizer learningRate(double other) {
    return base.learningRate(other).options(options.schedule(null));
  }

  @Override
  public Optimizer options(OptimizerOptions other) {
    return base.options(other);
  }

  @Override
  public Optimizer weightDecay(double decay) {
    return base instanceof AdamW
        ? base.weightDecay(decay).options(options)
        : options(options.weightDecay(decay));
  }

  @Override
  public UpdateRule rule() {
    UpdateRule rule = base.rule();
    List<String> slots = new ArrayList<>(rule.slots());
    List<Double> starts = new ArrayList<>(rule.starts());
    List<StepFunction> scalars = new ArrayList<>();
    rule.scalars().forEach(scalar -> scalars.add(timed(scalar)));
    List<Assignment> assignments = new ArrayList<>();
    if (options.weightDecay() > 0) {
      Expression decay = add(scalars, timed(input(0).times(options.weightDecay())));
      assignments.add(new Assignment(0, input(0).minus(input(0).times(decay))));
    }
    rule.assignments().forEach(assignment -> assignments.add(clipped(assignment, slots.size())));
    int steps = options.accumulationSteps();
    int accumulator = -1;
    if (steps > 1) {
      String formula = "step % " + steps + " = 0";
      Expression now =
          add(scalars, StepFunction.of(formula, (rate, step) -> step % steps == 0 ? 1 : 0));
      assignments.replaceAll(
          each ->
              new Assignment(each.target(), new Select(now, each.value(), input(each.target()))));
      accumulator = slots.size();
      Expression sum = slot(slots, starts, ACCUMULATOR);
      assignments.add(
          new Assignment(UpdateRule.FIRST_SLOT + accumulator, new Select(now, constant(0), sum)));
    }
    if (options.average() != null) {
      average(options.average(), slots, starts, scalars, assignments);
    }
    double norm = Math.max(options.clipNorm(), options.globalClipNorm());
    UpdateRule.Preparation preparation =
        new UpdateRule.Preparation(accumulator, steps, norm, options.globalClipNorm() > 0);
    return new UpdateRule(name(), slots, starts, scalars, assignments, preparation);
  }

  /** Returns an assignment that reads the clipped gradient. */
  private Assignment clipped(Assignment assignment, int slots) {
    double limit = options.clipValue();
    if (limit == 0) {
      return assignment;
    }
    Expression[] inputs = new Expression[UpdateRule.FIRST_SLOT + slots];
    for (int i = 0; i < inputs.length; i++) {
      inputs[i] = input(i);
    }
    inputs[UpdateRule.GRADIENT] =
        input(UpdateRule.GRADIENT).max(constant(-limit)).min(constant(limit));
    return new Assignment(assignment.target(), assignment.value().substitute(inputs));
  }

  private void average(
      OptimizerOptions.Average average,
      List<String> slots,
      List<Double> starts,
      List<StepFunction> scalars,
      List<Assignment> assignments) {
    double momentum = average.momentum();
    int frequency = average.overwriteFrequency();
    String formula = "update = 1 ? 0 : " + momentum;
    Expression keep =
        add(scalars, StepFunction.of(formula, (rate, step) -> update(step) == 1 ? 0 : momentum));
    int target = UpdateRule.FIRST_SLOT + slots.size();
    Expression kept = slot(slots, starts, AVERAGE);
    Expression mean = keep.times(kept).plus(constant(1).minus(keep).times(input(0)));
    assignments.add(new Assignment(target, mean));
    if (frequency > 0) {
      String every = "update % " + frequency + " = 0";
      Expression now =
          add(
              scalars,
              StepFunction.of(every, (rate, step) -> update(step) % frequency == 0 ? 1 : 0));
      assignments.add(new Assignment(0, new Select(now, kept, input(0))));
    }
  }

  /** Returns the number of the update that a step makes or prepares, counted from 1. */
  private long update(long step) {
    return (step - 1) / options.accumulationSteps() + 1;
  }

  /** Returns a step scalar of the scheduled learning rate and of the number of the update. */
  private StepFunction timed(StepFunction scalar) {
    Schedule schedule = options.schedule();
    if (schedule == null && options.accumulationSteps() == 1) {
      return scalar;
    }
    String formula = scalar + (schedule == null ? " by update" : " by " + text(schedule));
    return StepFunction.of(
        formula,
        (rate, step) -> scalar.at(schedule == null ? rate : schedule.at(step - 1), update(step)));
  }

  /** Returns a text that is the same in every run: that of a lambda is not. */
  private static String text(Schedule schedule) {
    return schedule instanceof Record ? schedule.toString() : "a schedule";
  }

  private static Expression add(List<StepFunction> scalars, StepFunction scalar) {
    scalars.add(scalar);
    return new StepScalar(scalars.size() - 1);
  }

  private static Expression slot(List<String> slots, List<Double> starts, String name) {
    slots.add(name);
    starts.add(0.0);
    return input(UpdateRule.FIRST_SLOT + slots.size() - 1);
  }
}
