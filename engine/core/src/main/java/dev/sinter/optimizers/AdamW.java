package dev.sinter.optimizers;

import static dev.sinter.program.Expression.input;

import dev.sinter.program.Expression;
import dev.sinter.program.Expression.StepScalar;
import dev.sinter.program.StepFunction;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.UpdateRule.Assignment;
import java.util.ArrayList;
import java.util.List;

/**
 * Adam with decoupled weight decay: w = w - w lr decay, on every weight, including biases, then the
 * step of {@link Adam}. Source: Loshchilov and Hutter, ICLR 2019, in the form of Keras,
 * optimizers/adamw.py.
 *
 * <p>Immutable: any number of threads may use it.
 *
 * @param weightDecay decay, default 0.004
 * @param adam the step that follows
 */
public record AdamW(double weightDecay, Adam adam) implements Optimizer {
  public AdamW {
    Ranges.notNegative("AdamW", "weight decay", weightDecay);
  }

  /** Creates AdamW with the defaults of Keras: learning rate 0.001, weight decay 0.004. */
  public AdamW() {
    this(0.001);
  }

  /** Creates AdamW with the given learning rate and weight decay 0.004. */
  public AdamW(double learningRate) {
    this(learningRate, 0.004);
  }

  /** Creates AdamW with the given learning rate and weight decay. */
  public AdamW(double learningRate, double weightDecay) {
    this(weightDecay, new Adam(learningRate));
  }

  @Override
  public String name() {
    return "adamw";
  }

  @Override
  public double learningRate() {
    return adam.learningRate();
  }

  @Override
  public AdamW learningRate(double other) {
    return new AdamW(weightDecay, adam.learningRate(other));
  }

  @Override
  public UpdateRule rule() {
    UpdateRule step = adam.rule();
    List<StepFunction> scalars = new ArrayList<>(step.scalars());
    Expression decay = new StepScalar(scalars.size());
    scalars.add(input(0).times(weightDecay));
    List<Assignment> assignments = new ArrayList<>();
    assignments.add(new Assignment(0, input(0).minus(input(0).times(decay))));
    assignments.addAll(step.assignments());
    return new UpdateRule(name(), step.slots(), scalars, assignments);
  }

  @Override
  public AdamW weightDecay(double other) {
    return new AdamW(other, adam);
  }

  /** Returns this optimizer with other Adam settings. */
  public AdamW adam(Adam other) {
    return new AdamW(weightDecay, other);
  }
}
