package dev.sinter.program;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.errors.InputException;
import dev.sinter.program.Expression.BinaryFunction;
import dev.sinter.program.Expression.UnaryFunction;
import org.junit.jupiter.api.Test;

class ExpressionTest {
  private final Expression select =
      new Expression.Select(
          input(3).greater(constant(0.5)),
          new Expression.Column().equalTo(input(1)),
          input(0).apply(UnaryFunction.EXP).max(new Expression.StepScalar(2)));

  @Test
  void toString_everyForm_readsLikeAFormula() {
    assertThat(select).hasToString("select((x3 > 0.5), (column = x1), max(exp(x0), s2))");
    assertThat(input(0).plus(input(1)).minus(constant(2)).times(0.25).over(constant(-3)))
        .hasToString("((((x0 + x1) - 2) * 0.25) / -3)");
    assertThat(new Expression.Binary(BinaryFunction.POWER, input(0), constant(1e9)))
        .hasToString("pow(x0, 1.0E9)");
    assertThat(input(0).min(constant(Double.NaN))).hasToString("min(x0, NaN)");
  }

  @Test
  void largestInput_everyForm_looksInside() {
    assertThat(select.largestInput()).isEqualTo(3);
    assertThat(constant(1).largestInput()).isEqualTo(-1);
    assertThat(new Expression.Column().largestInput()).isEqualTo(-1);
    assertThat(new Expression.StepScalar(7).largestInput()).isEqualTo(-1);
    assertThat(input(2).apply(UnaryFunction.LOG).plus(input(5)).largestInput()).isEqualTo(5);
  }

  @Test
  void largestStepScalar_everyForm_looksInside() {
    assertThat(select.largestStepScalar()).isEqualTo(2);
    assertThat(input(4).plus(new Expression.Column()).largestStepScalar()).isEqualTo(-1);
  }

  @Test
  void substitute_everyForm_replacesInputsAlone() {
    Expression replaced = select.substitute(input(9), constant(4), input(8), input(1));
    assertThat(replaced).hasToString("select((x1 > 0.5), (column = 4), max(exp(x9), s2))");
    assertThat(select.substitute(input(0), input(1), input(2), input(3))).isEqualTo(select);
  }

  @Test
  void functions_inDouble_areExactAtKnownPoints() {
    assertThat(UnaryFunction.SIGMOID.apply(0)).isEqualTo(0.5);
    assertThat(UnaryFunction.SQUARE.apply(-3)).isEqualTo(9);
    assertThat(BinaryFunction.MAXIMUM.apply(1, Double.NaN)).isNaN();
    assertThat(BinaryFunction.MINIMUM.apply(Double.NaN, 1)).isNaN();
    assertThat(BinaryFunction.GREATER.apply(1, Double.NaN)).isZero();
    assertThat(BinaryFunction.EQUAL.apply(Double.NaN, Double.NaN)).isZero();
  }

  @Test
  void erf_inDouble_isExactToItsLastDigits() {
    double[][] known = { // of math.erf in Python
      {0, 0},
      {0.0625, 0.07043197772238707},
      {0.5, 0.5204998778130465},
      {1, 0.8427007929497149},
      {2, 0.9953222650189527},
      {3, 0.9999779095030014},
      {6, 1},
      {1e300, 1},
      {Double.POSITIVE_INFINITY, 1}
    };
    for (double[] pair : known) {
      assertThat(UnaryFunction.ERF.apply(pair[0])).isCloseTo(pair[1], within(4e-16));
      assertThat(UnaryFunction.ERF.apply(-pair[0])).isCloseTo(-pair[1], within(4e-16));
    }
    assertThat(UnaryFunction.ERF.apply(1e-20)).isCloseTo(2e-20 / Math.sqrt(Math.PI), within(1e-35));
    assertThat(UnaryFunction.ERF.apply(Double.NaN)).isNaN();
  }

  @Test
  void activation_lookup_acceptsKerasNamesInAnyCase() {
    for (ActivationFunction function : ActivationFunction.values()) {
      assertThat(ActivationFunction.of(function.toString())).isSameAs(function);
      assertThat(ActivationFunction.of(function.name())).isSameAs(function);
    }
    for (String name : new String[] {"ReLU6", "", "softmin"}) {
      assertThatThrownBy(() -> ActivationFunction.of(name))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("\"" + name + "\"")
          .hasMessageContaining("linear, relu, sigmoid, tanh, softmax, elu");
    }
  }
}
