package dev.sinter.testkit;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.losses.ElementwiseLoss;
import dev.sinter.metrics.ElementwiseMetric;
import dev.sinter.metrics.SummedMetric;
import dev.sinter.program.Expression;
import dev.sinter.program.Expression.UnaryFunction;
import dev.sinter.program.Op;
import java.util.List;

/** Losses and metrics from outside, as a user would write them. */
public final class OwnObjectives {
  private static final Expression ERROR = input(0).minus(input(1));
  private static final Expression RIGHT = new Expression.Column().equalTo(input(1));

  private OwnObjectives() {}

  /**
   * Quadratic for errors up to a bound, linear beyond: e^2 / 2, or bound (|e| - bound / 2). Huber,
   * 1964.
   */
  public record Huber(double bound) implements ElementwiseLoss {
    @Override
    public String name() {
      return "huber";
    }

    @Override
    public Expression element() {
      Expression size = ERROR.max(ERROR.apply(UnaryFunction.NEGATE));
      return new Expression.Select(
          size.greater(constant(bound)),
          size.minus(constant(bound / 2)).times(bound),
          ERROR.times(ERROR).times(0.5));
    }

    @Override
    public Expression derivative() {
      return ERROR.max(constant(-bound)).min(constant(bound));
    }
  }

  /** The squared error of class probabilities, whose labels are class indices. Brier, 1950. */
  public record Brier() implements ElementwiseLoss {
    @Override
    public String name() {
      return "brier";
    }

    @Override
    public Expression element() {
      return input(0).minus(RIGHT).apply(UnaryFunction.SQUARE);
    }

    @Override
    public Expression derivative() {
      return input(0).minus(RIGHT).times(2);
    }

    @Override
    public int labelColumns(int outputs) {
      return 1;
    }
  }

  /** The share of outputs that err by less than a bound. */
  public record Within(double bound) implements ElementwiseMetric {
    @Override
    public String name() {
      return "within";
    }

    @Override
    public boolean higherIsBetter() {
      return true;
    }

    @Override
    public Expression element() {
      return constant(bound).greater(ERROR.max(ERROR.apply(UnaryFunction.NEGATE)));
    }
  }

  /** The share of the right class among the outputs, divided by their number. */
  public record RightShare() implements ElementwiseMetric {
    @Override
    public String name() {
      return "right_share";
    }

    @Override
    public boolean higherIsBetter() {
      return true;
    }

    @Override
    public Expression element() {
      return input(0).times(RIGHT);
    }

    @Override
    public int labelColumns(int outputs) {
      return 1;
    }
  }

  /** A sum of each kind, of the output of the right class and of all outputs. */
  public record EveryKindOfSum() implements SummedMetric {
    @Override
    public String name() {
      return "every_kind";
    }

    @Override
    public boolean higherIsBetter() {
      return true;
    }

    @Override
    public List<SampleValue> ofSamples(int outputs) {
      return List.of(new SampleValue(Op.Reduction.SUM, input(0).times(input(1))));
    }

    @Override
    public List<Sum> sums(int outputs) {
      Expression bound = new Expression.Column().times(0.3);
      return List.of(
          Sum.ofAll(input(0).max(input(2))),
          Sum.ofSamples(input(2).greater(constant(0.3))),
          Sum.ofOutputs(input(2).minus(input(0))),
          Sum.ofBounds(3, input(0).greater(bound).times(input(1))));
    }
  }
}
