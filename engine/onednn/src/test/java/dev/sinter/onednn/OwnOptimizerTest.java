package dev.sinter.onednn;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.layers.Dense;
import dev.sinter.losses.Loss;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.Expression;
import dev.sinter.program.Expression.StepScalar;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.UpdateRule.Assignment;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** User-defined optimizers whose rules have forms that do not occur in the optimizers of Sinter. */
class OwnOptimizerTest {
  private record Own(Expression step) implements Optimizer {
    @Override
    public String name() {
      return "own";
    }

    @Override
    public double learningRate() {
      return 0.25;
    }

    @Override
    public Optimizer learningRate(double learningRate) {
      return this;
    }

    @Override
    public UpdateRule rule() {
      return new UpdateRule(
          name(), List.of(), List.of(input(0)), List.of(new Assignment(0, input(0).minus(step))));
    }
  }

  @Test
  void rule_withProductsOfNumbers_trainsAsOnTheReference() {
    Expression rate = new StepScalar(0);
    Expression g = input(1);
    List<Expression> steps =
        List.of(
            rate.times(0.5).times(g),
            constant(0.5).times(rate).times(g),
            constant(1).plus(rate).times(g.times(0.25)),
            g.times(rate.times(rate)),
            constant(1).over(constant(4)).times(g));
    for (Expression step : steps) {
      float[] expected = trained("reference", step);
      float[] actual = trained("onednn", step);
      for (int i = 0; i < expected.length; i++) {
        assertThat(actual[i]).as(step.toString()).isCloseTo(expected[i], Offset.offset(1e-5f));
      }
    }
  }

  private static float[] trained(String backend, Expression step) {
    try (Model model = Sequential.of(new Dense(3).tanh(), new Dense(2))) {
      model.backend(backend);
      model.compile(new Own(step), Loss.MEAN_SQUARED_ERROR);
      float[][] x = {{1, 2}, {-1, 0.5f}, {0, 1}};
      float[][] y = {{1, 0}, {0, 1}, {1, 1}};
      model.fit(x, y, Fit.epochs(5).batchSize(2).verbose(0));
      return model.layer("dense").getWeights().get(0).floats();
    }
  }
}
