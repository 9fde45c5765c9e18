package dev.sinter.optimizers;

import static dev.sinter.program.Expression.input;

import dev.sinter.program.Expression;
import dev.sinter.program.Expression.StepScalar;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.UpdateRule.Assignment;
import java.util.ArrayList;
import java.util.List;

/**
 * Adam with decoupled weight decay: w = w - w lr decay, on every weight, biases too, then {@link
 * Adam}'s step. Immutable: any number of threads may use it. Source: Loshchilov and Hutter, ICLR
 * 2019, in the form of Keras, optimizers/adamw.py.
 *
 * @param weightDecay decay, default 0.004
 * @param adam the step that follows
 */
public record AdamW(double weightDecay, Adam adam) implements Optimizer {
  public AdamW {
    Ranges.notNegative("AdamW", "weight decay", weightDecay);
  }

  /** Creates Keras's default: learning rate 0.001, weight decay 0.004. */
  public AdamW() {
    this(0.001);
  }

  /** Creates AdamW at a learning rate, weight decay 0.004. */
  public AdamW(double learningRate) {
    this(learningRate, 0.004);
  }

  /** Creates AdamW at a learning rate and a weight decay. */
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
  public AdamW withLearningRate(double other) {
    return new AdamW(weightDecay, adam.withLearningRate(other));
  }

  @Override
  public UpdateRule rule() {
    UpdateRule step = adam.rule();
    List<Expression> scalars = new ArrayList<>(step.scalars());
    Expression decay = new StepScalar(scalars.size());
    scalars.add(input(0).times(weightDecay));
    List<Assignment> assignments = new ArrayList<>();
    assignments.add(new Assignment(0, input(0).minus(input(0).times(decay))));
    assignments.addAll(step.assignments());
    return new UpdateRule(name(), step.slots(), scalars, assignments);
  }

  /** Returns this optimizer with another step. */
  public AdamW adam(Adam other) {
    return new AdamW(weightDecay, other);
  }
}
