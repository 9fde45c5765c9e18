package dev.sinter.cpu;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.ModelLayer;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Dense;
import dev.sinter.layers.ElementwiseLayer;
import dev.sinter.layers.Input;
import dev.sinter.losses.Loss;
import dev.sinter.optimizers.Sgd;
import dev.sinter.program.Expression;
import dev.sinter.program.Expression.StepScalar;
import dev.sinter.program.Expression.UnaryFunction;
import dev.sinter.report.SummaryOptions;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Layers that a user of the library writes: any expression, on every backend. */
class OwnLayerTest {
  private static final Expression S = input(0).apply(UnaryFunction.SIGMOID);
  private static final Expression SWISH = input(0).times(S);
  private static final float[][] X = {{1, 2, -1}, {-1, 0.5f, 0.25f}, {0, 1, -2}};
  private static final float[][] Y = {{1, 0}, {0, 1}, {1, 1}};

  private record Own(Expression forward, Expression derivative) implements ElementwiseLayer {
    @Override
    public String name() {
      return null;
    }

    @Override
    public String className() {
      return "Own";
    }
  }

  private static Own swish() {
    return new Own(SWISH, S.plus(input(1).times(constant(1).minus(S))));
  }

  /** The layer comes behind weights, behind another of its kind, and at the end. */
  private static Model model(String backend) {
    Model model =
        Sequential.of(new Input(3), new Dense(4), swish(), swish(), new Dense(2), swish());
    model.backend(backend);
    model.compile(new Sgd(0.5), Loss.MEAN_SQUARED_ERROR);
    return model;
  }

  private static Fit steps(int count) {
    return Fit.epochs(count).batchSize(3).verbose(0);
  }

  @Test
  void gradient_ofOneStep_isTheDifferenceQuotientOfTheLoss() {
    try (Model model = model("reference")) {
      List<Tensor> start = model.getWeights();
      model.fit(X, Y, steps(1));
      List<Tensor> moved = model.getWeights();
      for (int i = 0; i < start.size(); i++) {
        for (int j = 0; j < start.get(i).size(); j++) {
          double gradient = (start.get(i).get(j) - moved.get(i).get(j)) / 0.5;
          double quotient =
              (loss(model, start, i, j, 1e-2f) - loss(model, start, i, j, -1e-2f)) / 2e-2;
          assertThat(gradient).as("weight %d, %d", i, j).isCloseTo(quotient, Offset.offset(2e-4));
        }
      }
    }
  }

  private static double loss(Model model, List<Tensor> start, int i, int j, float step) {
    float[] changed = start.get(i).toFloats().clone();
    changed[j] += step;
    List<Tensor> weights = new ArrayList<>(start);
    weights.set(i, Tensor.of(changed, start.get(i).shape()));
    model.setWeights(weights);
    return model.evaluate(Dataset.of(X, Y)).loss();
  }

  @ParameterizedTest
  @ValueSource(strings = {"onednn", "nd4j"})
  void training_onEveryBackend_isThatOfTheReference(String backend) {
    List<Tensor> expected = trained("reference");
    List<Tensor> actual = trained(backend);
    for (int i = 0; i < expected.size(); i++) {
      assertThat(actual.get(i).floats())
          .containsExactly(expected.get(i).floats(), Offset.offset(1e-4f));
    }
  }

  private static List<Tensor> trained(String backend) {
    try (Model model = model(backend)) {
      model.fit(X, Y, steps(5));
      return model.getWeights();
    }
  }

  @Test
  void names_ofSeveral_countUpFromTheClassName() {
    try (Model model = model("reference")) {
      assertThat(model.layers()).extracting(ModelLayer::name).contains("own", "own_1", "own_2");
      assertThat(model.summaryText(SummaryOptions.defaults())).contains("own_2 (Own)");
    }
  }

  @Test
  void expressions_ofOtherOperands_areRefusedByLayerAndExpression() {
    refused(new Own(null, constant(1)), "layer own, forward: expected an expression of x0");
    refused(new Own(input(1), constant(1)), "received x1. Correct the layer.");
    refused(new Own(input(0), input(2)), "layer own, derivative: expected an expression of x0");
    refused(new Own(new StepScalar(0), constant(1)), "received s0");
  }

  private static void refused(Own layer, String message) {
    assertThatThrownBy(() -> Sequential.of(new Input(3), new Dense(2), layer))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message);
  }
}
