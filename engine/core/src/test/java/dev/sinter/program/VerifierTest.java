package dev.sinter.program;

import static dev.sinter.testkit.ProgramFixture.parameter;
import static dev.sinter.testkit.ProgramFixture.temporary;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.Sgd;
import dev.sinter.program.Op.Accuracy;
import dev.sinter.program.Op.CrossEntropyKind;
import dev.sinter.program.Op.Reduction;
import dev.sinter.testkit.ProgramFixture;
import dev.sinter.testkit.SmallNetwork;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class VerifierTest {
  private static final int B = 4;
  private static final Value W = parameter("w", 3, 2);
  private static final Value BIAS = parameter("b", 1, 2);
  private static final State STATE = new State(2, List.of(W, BIAS), List.of());
  private static final Value X = temporary("x", B, 3);
  private static final Value Y = temporary("y", B, 1);
  private static final Value Z = temporary("z", B, 2);
  private static final Value LOSS = temporary("loss", 1, 1);
  private static final Value COUNT = temporary("count", 1, 1);
  private static final Op GATHER = new Op.Gather("gather", X, Y);
  private static final Op DENSE = dense("dense", X, W, BIAS, Z);

  private static Op dense(String label, Value x, Value w, Value b, Value output) {
    return new Op.Dense(label, x, w, b, ActivationFunction.RELU, output);
  }

  private static Op elementwise(Expression expression, Value output, Value... operands) {
    return new Op.Elementwise("bad", expression, List.of(operands), output);
  }

  private static Op crossEntropy(
      CrossEntropyKind kind, Value y, Value dz, Value loss, Accuracy accuracy, Value correct) {
    return new Op.CrossEntropy("bad", kind, Z, y, null, null, dz, loss, accuracy, correct);
  }

  private static ProgramFixture fixture(Op... ops) {
    return new ProgramFixture(STATE, B).ops(ops);
  }

  /** An operation named "bad" after a legal gather and a legal dense, with the expected message. */
  record Illegal(Supplier<Op> op, String message) {}

  static List<Illegal> illegalOps() {
    Value missing = temporary("missing", B, 3);
    Value dw = STATE.gradientOf(W);
    Value db = STATE.gradientOf(BIAS);
    Expression x0 = Expression.input(0);
    return List.of(
        new Illegal(
            () -> dense("bad", missing, W, null, temporary("o", B, 2)), "missing [4, 3] unwritten"),
        new Illegal(
            () ->
                crossEntropy(
                    CrossEntropyKind.SOFTMAX_SPARSE,
                    Y,
                    null,
                    LOSS,
                    Accuracy.SPARSE_CATEGORICAL,
                    LOSS),
            "each value written once"),
        new Illegal(() -> new Op.Softmax("bad", Z, Z), "outputs apart from inputs"),
        new Illegal(() -> dense("bad", X, W, BIAS, Z), "each value written once"),
        new Illegal(
            () -> new Op.DenseGradWeights("bad", X, Z, W, null), "parameters written by an update"),
        new Illegal(() -> new Op.Softmax("bad", Z, temporary("x", B, 2)), "one value a name"),
        new Illegal(() -> new Op.Softmax("bad", parameter("other", B, 2), Z), "a place in memory"),
        new Illegal(() -> new Op.Gather("bad", temporary("x2", B + 1, 3), null), "x2 [4, 3]"),
        new Illegal(
            () -> new Op.Gather("bad", temporary("x2", B, 3), temporary("y2", 1, 1)), "y2 [4, 1]"),
        new Illegal(() -> dense("bad", Z, W, null, temporary("o", B, 2)), "w [2, 2]"),
        new Illegal(() -> dense("bad", X, W, W, temporary("o", B, 2)), "w [1, 2]"),
        new Illegal(() -> dense("bad", X, W, BIAS, temporary("o", B, 3)), "o [4, 2]"),
        new Illegal(
            () -> new Op.Dense("bad", X, W, null, ActivationFunction.SOFTMAX, temporary("o", B, 2)),
            "a foldable activation"),
        new Illegal(() -> new Op.DenseGradWeights("bad", X, W, dw, null), "w [4, 2]"),
        new Illegal(() -> new Op.DenseGradWeights("bad", X, Z, db, null), "b.gradient [3, 2]"),
        new Illegal(() -> new Op.DenseGradWeights("bad", Y, Z, db, dw), "w.gradient [1, 2]"),
        new Illegal(() -> gradInput(X, W, ActivationFunction.LINEAR, null, B, 3), "w [3, 3]"),
        new Illegal(() -> gradInput(Z, W, ActivationFunction.LINEAR, null, B, 2), "dx [4, 3]"),
        new Illegal(
            () -> gradInput(Z, W, ActivationFunction.RELU, null, B, 3),
            "the output of the activation"),
        new Illegal(
            () -> gradInput(Z, W, ActivationFunction.LINEAR, X, B, 3),
            "the output of the activation"),
        new Illegal(() -> gradInput(Z, W, ActivationFunction.SOFTMAX, X, B, 3), "a foldable"),
        new Illegal(() -> gradInput(Z, W, ActivationFunction.RELU, Y, B, 3), "y [4, 3]"),
        new Illegal(() -> new Op.Softmax("bad", Z, temporary("p", B, 3)), "p [4, 2]"),
        new Illegal(
            () -> crossEntropy(CrossEntropyKind.SOFTMAX, Y, null, LOSS, null, null), "y [4, 2]"),
        new Illegal(
            () -> crossEntropy(CrossEntropyKind.SOFTMAX_SPARSE, X, null, LOSS, null, null),
            "x [4, 1]"),
        new Illegal(
            () ->
                crossEntropy(
                    CrossEntropyKind.SOFTMAX_SPARSE, Y, temporary("dz", B, 1), LOSS, null, null),
            "dz [4, 2]"),
        new Illegal(
            () ->
                crossEntropy(
                    CrossEntropyKind.SOFTMAX_SPARSE, Y, null, temporary("l", B, 1), null, null),
            "l [1, 1]"),
        new Illegal(
            () ->
                crossEntropy(
                    CrossEntropyKind.SOFTMAX_SPARSE,
                    Y,
                    null,
                    LOSS,
                    Accuracy.SPARSE_CATEGORICAL,
                    null),
            "accuracy and count together"),
        new Illegal(
            () ->
                crossEntropy(
                    CrossEntropyKind.SOFTMAX_SPARSE, Y, null, LOSS, Accuracy.BINARY, COUNT),
            "y [4, 2]"),
        new Illegal(
            () -> new Op.CountCorrect("bad", Accuracy.CATEGORICAL, Z, Y, null, 0.5, COUNT),
            "y [4, 2]"),
        new Illegal(
            () ->
                new Op.CountCorrect(
                    "bad", Accuracy.SPARSE_CATEGORICAL, Z, Y, null, 0.5, temporary("c", B, 1)),
            "c [1, 1]"),
        new Illegal(
            () -> elementwise(x0.plus(Expression.input(1)), temporary("o", B, 2), Z), "below x1"),
        new Illegal(() -> elementwise(x0, temporary("o", B, 3), Z), "operands that broadcast"),
        new Illegal(
            () -> elementwise(x0.plus(new Expression.StepScalar(0)), temporary("o", B, 2), Z),
            "no step scalar"),
        new Illegal(
            () -> new Op.Reduce("bad", Reduction.SUM, Z, temporary("o", B + 1, 1)),
            "[4, 1], [1, 2] or [1, 1], received o [5, 1]"),
        new Illegal(
            () -> new Op.Reduce("bad", Reduction.SUM, Z, temporary("o", 1, 3)),
            "received o [1, 3]"),
        new Illegal(() -> new Op.Update("bad", new Adam().rule()), "0 slots, as in the state"),
        new Illegal(() -> new Op.Update("bad", new Sgd().rule()), "w.gradient [3, 2] unwritten"),
        new Illegal(() -> dense("dense", X, W, null, temporary("o", B, 2)), "a unique label"));
  }

  private static Op gradInput(
      Value dz, Value w, ActivationFunction activation, Value a, int rows, int columns) {
    return new Op.DenseGradInput("bad", dz, w, activation, a, temporary("dx", rows, columns));
  }

  @ParameterizedTest
  @MethodSource("illegalOps")
  void verify_illegalOperation_namesItAndTheRule(Illegal illegal) {
    assertThatThrownBy(
            () -> Verifier.verify(fixture(GATHER, DENSE, illegal.op.get()).unverified("test")))
        .isInstanceOfAny(IllegalStateException.class, IllegalArgumentException.class)
        .hasMessageMatching("(?s).*operation (bad|dense): expected .*")
        .hasMessageContaining(illegal.message);
  }

  @Test
  void verify_legalPrograms_returnsThem() {
    SmallNetwork network = new SmallNetwork(3, new Adam(), 1);
    Program program = network.train(8);
    assertThat(Verifier.verify(program)).isSameAs(program);
    assertThat(program.rule()).isNotNull();
    assertThat(network.evaluate(8).rule()).isNull();
    assertThat(program.resultSize()).isEqualTo(6);
  }

  @Test
  void verify_resultThatIsUnwrittenOrState_namesIt() {
    Program unwritten = fixture(GATHER).results(Z).unverified("test");
    assertThatThrownBy(() -> Verifier.verify(unwritten))
        .hasMessageContaining("program test, result z")
        .hasMessageContaining("a written result");
    Op gradient = new Op.DenseGradWeights("gradient", X, Z, STATE.gradientOf(W), null);
    Program state =
        fixture(GATHER, DENSE, gradient).results(STATE.gradientOf(W)).unverified("test");
    assertThatThrownBy(() -> Verifier.verify(state)).hasMessageContaining("expected a temporary");
  }

  @Test
  void verify_temporaryWithoutAPlace_namesIt() {
    Program program = fixture(GATHER).with("test", Map.of(X, 0), 128);
    assertThatThrownBy(() -> Verifier.verify(program))
        .hasMessageContaining("a place in memory for y [4, 1]");
  }

  @Test
  void verify_misplacedTemporaries_namesThem() {
    checkMemory(Map.of(X, 0, Y, 128, Z, 130), 512, "memory of z [4, 2]", "256-byte alignment");
    checkMemory(Map.of(X, 0, Y, 128, Z, 256), 383, "memory of z [4, 2]", "a place within 383");
    checkMemory(Map.of(X, -64, Y, 128, Z, 256), 512, "memory of x [4, 3]", "a place within");
    checkMemory(Map.of(X, 0, Y, 64, Z, 256), 512, "memory of", "memory shared with");
    checkMemory(Map.of(X, 0, Y, 128, Z, 0), 512, "memory of", "memory shared with");
  }

  private static void checkMemory(Map<Value, Integer> offsets, int size, String... parts) {
    Program program = fixture(GATHER, DENSE).with("test", offsets, size);
    assertThatThrownBy(() -> Verifier.verify(program)).hasMessageContainingAll(parts);
  }

  @Test
  void verify_memoryOfADeadTemporaryUsedAgain_isLegal() {
    Value p = temporary("p", B, 2);
    Program program =
        fixture(GATHER, DENSE, new Op.Softmax("softmax", Z, p))
            .results(p)
            .with("test", Map.of(X, 0, Y, 128, Z, 256, p, 0), 384);
    assertThat(Verifier.verify(program)).isSameAs(program);
  }

  @Test
  void verify_placedValueThatNoOperationUses_namesIt() {
    Value unused = temporary("unused", B, 2);
    Program program = fixture(GATHER).with("test", Map.of(X, 0, Y, 128, unused, 0), 384);
    assertThatThrownBy(() -> Verifier.verify(program))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("memory of unused [4, 2]");
  }
}
