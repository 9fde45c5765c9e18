package dev.sinter.compile;

import static dev.sinter.program.Expression.input;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import dev.sinter.losses.ElementwiseLoss;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Accuracy;
import dev.sinter.metrics.ElementwiseMetric;
import dev.sinter.metrics.Metric;
import dev.sinter.metrics.SummedMetric;
import dev.sinter.metrics.SummedMetric.SampleValue;
import dev.sinter.metrics.SummedMetric.Sum;
import dev.sinter.optimizers.Sgd;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.Op.CrossEntropyKind;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.NullSource;
import org.junit.jupiter.params.provider.ValueSource;

class ObjectiveRulesTest {
  private record Formulas(Expression element, Expression derivative, int labelColumns)
      implements ElementwiseLoss {
    @Override
    public String name() {
      return "own";
    }

    @Override
    public int labelColumns(int outputs) {
      return labelColumns;
    }
  }

  private record Named(String name, Expression element) implements ElementwiseMetric {
    @Override
    public boolean higherIsBetter() {
      return true;
    }
  }

  private static void refused(ThrowingCallable call, String message) {
    assertThatThrownBy(call).isInstanceOf(InputException.class).hasMessage(message);
  }

  private static Objective objective(Loss loss, Metric... metrics) {
    return new Objective(new Sgd().rule(), loss, List.of(metrics));
  }

  private static Op.Accuracy accuracy(Metric metric, int outputs, int labelColumns) {
    return ObjectiveRules.accuracy((Accuracy) metric, outputs, labelColumns);
  }

  @Test
  void folded_ownActivation_isFoldedAndNoOther() {
    Map<Loss, Map<ActivationFunction, CrossEntropyKind>> folded =
        Map.of(
            Loss.SPARSE_CATEGORICAL_CROSSENTROPY,
            Map.of(ActivationFunction.SOFTMAX, CrossEntropyKind.SOFTMAX_SPARSE),
            Loss.CATEGORICAL_CROSSENTROPY,
            Map.of(ActivationFunction.SOFTMAX, CrossEntropyKind.SOFTMAX),
            Loss.BINARY_CROSSENTROPY,
            Map.of(ActivationFunction.SIGMOID, CrossEntropyKind.SIGMOID),
            Loss.MEAN_SQUARED_ERROR,
            Map.of());
    folded.forEach(
        (loss, kinds) -> {
          for (ActivationFunction function : ActivationFunction.values()) {
            assertThat(ObjectiveRules.folded(loss, function))
                .as("%s, %s", loss, function)
                .isEqualTo(kinds.get(function));
          }
        });
  }

  @Test
  void accuracy_byShape_followsTheShapes() {
    assertThat(accuracy(Metric.ACCURACY, 1, 1)).isEqualTo(Op.Accuracy.BINARY);
    assertThat(accuracy(Metric.ACCURACY, 10, 1)).isEqualTo(Op.Accuracy.SPARSE_CATEGORICAL);
    assertThat(accuracy(Metric.ACCURACY, 10, 10)).isEqualTo(Op.Accuracy.CATEGORICAL);
  }

  @Test
  void accuracy_namedOneThatDoesNotFit_isRefused() {
    assertThat(accuracy(Metric.BINARY_ACCURACY, 10, 10)).isEqualTo(Op.Accuracy.BINARY);
    refused(
        () -> accuracy(Metric.CATEGORICAL_ACCURACY, 10, 1),
        "metric categorical_accuracy: expected 10 label columns for 10 outputs, received 1."
            + " Use accuracy: it fits itself to the labels.");
    assertThatThrownBy(() -> accuracy(Metric.SPARSE_CATEGORICAL_ACCURACY, 10, 10))
        .hasMessageContaining("1 label columns");
  }

  @Test
  void metric_thatTakesOtherLabelsThanTheLoss_isRefused() {
    refused(
        () -> ObjectiveRules.element((ElementwiseMetric) Metric.MEAN_ABSOLUTE_ERROR, 10, 1),
        "metric mean_absolute_error: expected 10 label columns for 10 outputs, received 1. Use a"
            + " metric and a loss that take the same labels.");
  }

  @Test
  void ownLoss_formulaOfOtherInputs_isRefused() {
    String expected = ": expected an expression of x0, the output, and x1, the label, received ";
    refused(
        () -> objective(new Formulas(input(2), input(0), 1)),
        "loss own, element" + expected + "x2. Correct the formula.");
    refused(
        () -> objective(new Formulas(input(0), new Expression.StepScalar(0), 1)),
        "loss own, derivative" + expected + "s0. Correct the formula.");
    refused(
        () -> objective(Loss.MEAN_SQUARED_ERROR, new Named("own", null)),
        "metric own, element" + expected + "null. Correct the formula.");
  }

  @Test
  void ownLoss_labelColumnsThatAreNeitherOneNorAll_areRefused() {
    refused(
        () -> Objective.requireLabels("fit", new Formulas(input(0), input(0), 2), 3, 2),
        "loss own: expected 1 label column, or 3 for 3 outputs, received 2. Correct its"
            + " labelColumns.");
    refused(
        () -> Objective.requireLabels("fit", new Formulas(input(0), input(0), 1), 3, 3),
        "fit, own: expected labels of 1 column for 3 outputs, received 3. Give one label column a"
            + " sample.");
  }

  @ParameterizedTest
  @NullSource
  @ValueSource(strings = {"", " ", "loss", "epoch", "learning_rate", "val_own", "accuracy"})
  void metric_nameThatIsTaken_isRefused(String name) {
    refused(
        () -> objective(Loss.MEAN_SQUARED_ERROR, Metric.ACCURACY, new Named(name, input(0))),
        "metric: expected a name of its own, received \"%s\". Give the metric another name."
            .formatted(name));
  }

  private record Summing(List<SampleValue> ofSamples, Sum... sums) implements SummedMetric {
    @Override
    public String name() {
      return "own";
    }

    @Override
    public boolean higherIsBetter() {
      return true;
    }

    @Override
    public List<SampleValue> ofSamples(int outputs) {
      return ofSamples;
    }

    @Override
    public List<Sum> sums(int outputs) {
      return List.of(sums);
    }
  }

  @Test
  void summedMetric_formulaOfNumbersThatAreNotThere_isRefused() {
    SampleValue value = new SampleValue(Op.Reduction.SUM, input(0));
    ObjectiveRules.check(new Summing(List.of(value), Sum.ofSamples(input(2))), 3, 1);
    refused(
        () -> ObjectiveRules.check(new Summing(List.of(value), Sum.ofAll(input(3))), 3, 1),
        "metric own: expected x0 to x2, received x3. Correct the formula.");
    refused(
        () -> ObjectiveRules.check(new Summing(List.of(value), Sum.ofSamples(input(0))), 3, 1),
        "metric own: expected x2 to x2, received x0. Correct the formula.");
    refused(
        () -> ObjectiveRules.check(new Summing(List.of(), Sum.ofSamples(input(2))), 3, 1),
        "metric own: expected no formula over samples, received x2. Correct the formula.");
    refused(
        () -> ObjectiveRules.check(new Summing(List.of(value), Sum.ofBounds(2, input(2))), 3, 1),
        "metric own: expected x0 to x1, received x2. Correct the formula.");
    refused(
        () -> ObjectiveRules.check(new Summing(List.of(), Sum.ofAll(input(0))), 3, 2),
        "metric own: expected class indices, or 3 label columns for 3 outputs, received 2 label"
            + " columns. Use a metric and a loss that take the same labels.");
  }

  @Test
  void weightedMetric_besideTheSameWithoutWeights_isNamedAsInKeras() {
    assertThat(new Goal(null, Loss.HINGE, Metric.ACCURACY.weighted()).metrics())
        .extracting(Metric::name)
        .containsExactly("accuracy");
    assertThat(new Goal(null, Loss.HINGE, Metric.ACCURACY.weighted(), Metric.ACCURACY).metrics())
        .extracting(Metric::name)
        .containsExactly("weighted_accuracy", "accuracy");
  }

  @Test
  void metric_twice_isAllowed() {
    Objective twice = objective(Loss.MEAN_SQUARED_ERROR, Metric.ACCURACY, Metric.ACCURACY);
    assertThat(twice.goals().get(0).metrics()).hasSize(2);
  }
}
