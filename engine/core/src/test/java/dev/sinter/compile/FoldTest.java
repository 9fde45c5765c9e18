package dev.sinter.compile;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;
import static dev.sinter.testkit.ProgramFixture.parameter;
import static dev.sinter.testkit.ProgramFixture.temporary;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.Shape;
import dev.sinter.program.Value;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class FoldTest {
  private static final int B = 5;
  private static final ActivationFunction LINEAR = ActivationFunction.LINEAR;
  private static final ActivationFunction TANH = ActivationFunction.TANH;
  private static final Value W = parameter("w", 4, 3);
  private static final Value BIAS = parameter("b", 1, 3);
  private static final Value X = temporary("x", B, 4);
  private static final Value Z = temporary("z", B, 3);
  private static final Value A = temporary("a", B, 3);
  private static final Value DZ = temporary("dz", B, 3);
  private static final Value D = temporary("d", B, 4);
  private static final Value DX = temporary("dx", B, 4);
  private static final Value LAST = temporary("last", B, 4);
  private static final Op GATHER = new Op.Gather("gather", X, DZ);
  private static final Op DENSE = new Op.Dense("dense", X, W, BIAS, LINEAR, Z);
  private static final Op GRADIENT = new Op.DenseGradInput("grad", DZ, W, LINEAR, null, D);

  private static Op elementwise(Expression expression, Value output, Value... operands) {
    return new Op.Elementwise(output.name(), expression, List.of(operands), output);
  }

  private static Op derivative(ActivationFunction function, Value a, Value d) {
    return elementwise(function.derivative().times(input(1)), DX, a, d);
  }

  private static void checkUnchanged(List<Value> results, Op... ops) {
    assertThat(Fold.fold(List.of(ops), results)).containsExactly(ops);
  }

  @ParameterizedTest
  @EnumSource(names = {"RELU", "SIGMOID", "TANH"})
  void fold_activationAfterAProduct_goesIntoIt(ActivationFunction function) {
    Op activation = elementwise(function.forward(), A, Z);
    assertThat(Fold.fold(List.of(GATHER, DENSE, activation), List.of(A)))
        .containsExactly(GATHER, new Op.Dense("dense", X, W, BIAS, function, A));
  }

  @ParameterizedTest
  @EnumSource(names = {"RELU", "SIGMOID", "TANH"})
  void fold_derivativeAfterAGradient_goesIntoIt(ActivationFunction function) {
    assertThat(Fold.fold(List.of(GATHER, GRADIENT, derivative(function, X, D)), List.of(DX)))
        .containsExactly(GATHER, new Op.DenseGradInput("grad", DZ, W, function, X, DX));
  }

  @Test
  void fold_operationsInBetween_stayInOrderAround() {
    Op between = elementwise(input(0).times(2), LAST, X);
    Op activation = elementwise(TANH.forward(), A, Z);
    Op after = new Op.Softmax("after", A, temporary("p", B, 3));
    assertThat(Fold.fold(List.of(GATHER, DENSE, between, activation, after), List.of()))
        .containsExactly(GATHER, new Op.Dense("dense", X, W, BIAS, TANH, A), between, after);
  }

  @Test
  void fold_secondReader_keepsBoth() {
    Op activation = elementwise(TANH.forward(), A, Z);
    checkUnchanged(
        List.of(), GATHER, DENSE, activation, new Op.Softmax("p", Z, temporary("p", B, 3)));
    checkUnchanged(
        List.of(), GATHER, GRADIENT, derivative(TANH, X, D), elementwise(input(0), LAST, D));
  }

  @Test
  void fold_valueThatIsAResult_keepsBoth() {
    checkUnchanged(List.of(Z), GATHER, DENSE, elementwise(TANH.forward(), A, Z));
    checkUnchanged(List.of(D), GATHER, GRADIENT, derivative(TANH, X, D));
  }

  @Test
  void fold_operandThatIsBroadcast_keepsBoth() {
    Value narrow = temporary("narrow", B, 1);
    Op.Dense one = new Op.Dense("one", X, parameter("v", 4, 1), null, LINEAR, narrow);
    checkUnchanged(List.of(), GATHER, one, elementwise(TANH.forward(), A, narrow));
    Op reduced = new Op.Reduce("sum", Op.Reduction.SUM, X, narrow);
    checkUnchanged(List.of(), GATHER, reduced, GRADIENT, derivative(TANH, narrow, D));
    Value wide = temporary("wide", B, 1);
    Op thin = new Op.DenseGradInput("grad", DZ, parameter("v", 1, 3), LINEAR, null, wide);
    checkUnchanged(List.of(), GATHER, thin, derivative(TANH, X, wide));
  }

  @Test
  void fold_secondActivation_staysBehindTheFirst() {
    Op first = elementwise(ActivationFunction.RELU.forward(), A, Z);
    Op second = elementwise(TANH.forward(), temporary("t", B, 3), A);
    assertThat(Fold.fold(List.of(GATHER, DENSE, first, second), List.of()))
        .containsExactly(
            GATHER, new Op.Dense("dense", X, W, BIAS, ActivationFunction.RELU, A), second);
    Op derivative = derivative(TANH, X, D);
    Op earlier = elementwise(ActivationFunction.SIGMOID.derivative().times(input(1)), LAST, X, DX);
    assertThat(Fold.fold(List.of(GATHER, GRADIENT, derivative, earlier), List.of()))
        .containsExactly(GATHER, new Op.DenseGradInput("grad", DZ, W, TANH, X, DX), earlier);
  }

  @Test
  void fold_softmaxLinearAndOtherExpressions_stay() {
    checkUnchanged(List.of(), GATHER, DENSE, new Op.Softmax("p", Z, A));
    checkUnchanged(List.of(), GATHER, DENSE, elementwise(LINEAR.forward(), A, Z));
    checkUnchanged(List.of(), GATHER, DENSE, elementwise(input(0).max(constant(1)), A, Z));
    checkUnchanged(
        List.of(), GATHER, GRADIENT, elementwise(input(1).times(TANH.derivative()), DX, X, D));
    checkUnchanged(List.of(), GATHER, DENSE, elementwise(constant(0), A));
  }

  @Test
  void fold_activationAfterSomethingElse_stays() {
    checkUnchanged(List.of(), GATHER, elementwise(TANH.forward(), LAST, X));
    checkUnchanged(List.of(), elementwise(TANH.forward(), LAST, parameter("kept", B, 4)));
  }

  /** At the place of the product, the output of the activation is not written yet. */
  @Test
  void fold_outputOfTheActivationWrittenLater_keepsBoth() {
    Op again = elementwise(TANH.forward(), LAST, X);
    checkUnchanged(List.of(), GATHER, GRADIENT, again, derivative(TANH, LAST, D));
    checkUnchanged(List.of(), GATHER, GRADIENT, derivative(TANH, D, D));
  }

  /** Earlier operations read the previous content of the state. */
  @Test
  void fold_activationThatWritesTheState_staysInItsPlace() {
    Value kept = new Value("kept", Value.Kind.TRACKED, new Shape(B, 3));
    checkUnchanged(
        List.of(),
        GATHER,
        DENSE,
        elementwise(input(0), A, kept),
        elementwise(TANH.forward(), kept, Z));
  }
}
