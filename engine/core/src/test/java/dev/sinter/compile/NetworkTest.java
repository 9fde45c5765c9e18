package dev.sinter.compile;

import static dev.sinter.compile.Rules.activation;
import static dev.sinter.compile.Rules.dense;
import static dev.sinter.compile.Rules.labels;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.compile.Network.LayerScope;
import dev.sinter.compile.Rules.Sum;
import dev.sinter.losses.Loss;
import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.Value;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Differentiation of graphs that are not paths. */
class NetworkTest {
  private static final int INPUT = Graph.INPUT;
  private static final int BATCH = 5;
  private static final int FEATURES = 4;
  private static final int OUTPUTS = 3;
  private static final Loss LOSS = Loss.MEAN_SQUARED_ERROR;
  private static final Graph EMPTY = new Graph(Features.of(FEATURES), List.of());
  private static final ReferenceBatch SAMPLES = ReferenceBatch.of(LOSS, BATCH, FEATURES, OUTPUTS);

  /** One node feeds two others, one through a product, one through an activation. */
  private static Graph diamond(LayerRule sum) {
    return EMPTY
        .with("stem", dense(4), INPUT)
        .with("left", dense(4), 0)
        .with("right", activation("tanh"), 0)
        .with("sum", sum, 1, 2)
        .with("last", dense(OUTPUTS), 3);
  }

  static List<Arguments> graphs() {
    return List.of(
        Arguments.of("a diamond", diamond(new Sum())),
        Arguments.of(
            "a node that feeds three, and the model's output",
            EMPTY
                .with("stem", dense(OUTPUTS), INPUT)
                .with("one", activation("tanh"), 0)
                .with("two", dense(OUTPUTS), 1)
                .with("sum", new Sum(), 0, 2)
                .with("last", new Sum(), 3, 1)),
        Arguments.of(
            "a node that feeds another twice",
            EMPTY
                .with("stem", dense(FEATURES), INPUT)
                .with("double", new Sum(), 0, 0)
                .with("bend", activation("sigmoid"), 1)
                .with("last", dense(OUTPUTS), 2)),
        Arguments.of(
            "weights used twice in a row",
            EMPTY
                .with("twin", dense(FEATURES), INPUT)
                .with("bend", activation("tanh"), 0)
                .with("twin", dense(FEATURES), 1)
                .with("last", dense(OUTPUTS), 2)),
        Arguments.of(
            "weights used side by side, and a third time behind",
            EMPTY
                .with("twin", dense(FEATURES), INPUT)
                .with("bend", activation("tanh"), INPUT)
                .with("twin", dense(FEATURES), 1)
                .with("sum", new Sum(), 0, 2)
                .with("bend_1", activation("tanh"), 3)
                .with("twin", dense(FEATURES), 4)
                .with("last", dense(OUTPUTS), 5)),
        Arguments.of(
            "the model's input next to a trained node",
            EMPTY
                .with("stem", dense(FEATURES), INPUT)
                .with("skip", new Sum(), 0, INPUT)
                .with("bend", activation("tanh"), 1)
                .with("last", dense(OUTPUTS), 2)));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("graphs")
  void backward_graphThatIsNoPath_yieldsTheDifferenceQuotients(String name, Graph graph) {
    SAMPLES.checkGradients(compiler(graph));
  }

  /** Returns no gradient for one input. */
  record Forgetful(int forgotten) implements LayerRule {
    @Override
    public Features outputs(String layer, List<Features> inputs) {
      return inputs.get(0);
    }

    @Override
    public Value forward(LayerScope scope) {
      return new Sum().forward(scope);
    }

    @Override
    public List<Value> backward(LayerScope scope, Value gradient) {
      Value zero = scope.temporary("zero", gradient.shape().columns());
      scope.elementwise("zero", Expression.constant(0), zero);
      return forgotten == 0 ? List.of(zero, gradient) : List.of(gradient, zero);
    }
  }

  @Test
  void checkGradients_missingSummand_fails() {
    for (int forgotten = 0; forgotten < 2; forgotten++) {
      ModelCompiler compiler = compiler(diamond(new Forgetful(forgotten)));
      assertThatThrownBy(() -> SAMPLES.checkGradients(compiler))
          .isInstanceOf(AssertionError.class)
          .hasMessageContaining("gradient of");
    }
  }

  @Test
  void backward_nothingTrainedBefore_emitsNoGradientOfInputs() {
    Graph graph =
        EMPTY
            .with("first", activation("tanh"), INPUT)
            .with("stem", dense(FEATURES), 0)
            .with("second", activation("sigmoid"), 0)
            .with("sum", new Sum(), 1, 2)
            .with("last", dense(OUTPUTS), 3);
    Program program = compiler(graph).gradients(BATCH, OUTPUTS);
    assertThat(labels(program.ops()))
        .containsSubsequence(
            "loss/gradient", "last/grad-weights", "last/grad-input", "stem/grad-weights")
        .doesNotContain("first/derivative", "second/derivative", "stem/grad-input");
    SAMPLES.checkGradients(compiler(graph));
  }

  @Test
  void backward_sharedWeights_writeTheirGradientOnceAsASum() {
    Graph graph = (Graph) graphs().get(4).get()[1];
    ModelCompiler compiler = compiler(graph);
    Value kernel = compiler.state().parameters().get(0);
    assertThat(kernel.name()).isEqualTo("twin/kernel");
    List<Op> writers =
        compiler.gradients(BATCH, OUTPUTS).ops().stream()
            .filter(op -> op.outputs().contains(compiler.state().gradientOf(kernel)))
            .toList();
    assertThat(writers).hasSize(1).hasOnlyElementsOfType(Op.Elementwise.class);
    assertThat(writers.get(0).inputs())
        .hasSize(3)
        .doesNotHaveDuplicates()
        .allMatch(part -> part.shape().equals(kernel.shape()));
  }

  @Test
  void forward_lastActivationFedFromFurtherBack_readsWhatFeedsIt() {
    Loss loss = Loss.CATEGORICAL_CROSSENTROPY;
    Graph path = EMPTY.with("stem", dense(OUTPUTS), INPUT).with("last", activation("softmax"), 0);
    Graph besides =
        EMPTY
            .with("stem", dense(OUTPUTS), INPUT)
            .with("unread", activation("tanh"), 0)
            .with("last", activation("softmax"), 0);
    ReferenceBatch samples = ReferenceBatch.of(loss, BATCH, FEATURES, OUTPUTS);
    Objective objective = ReferenceBatch.objective(loss, false);
    assertThat(new ModelCompiler(besides, objective, 1).gradients(BATCH, OUTPUTS).ops())
        .isEqualTo(new ModelCompiler(path, objective, 1).gradients(BATCH, OUTPUTS).ops());
    samples.checkGradients(new ModelCompiler(besides, objective, 1));
  }

  private static ModelCompiler compiler(Graph graph) {
    return new ModelCompiler(graph, ReferenceBatch.objective(LOSS, false), 1);
  }
}
