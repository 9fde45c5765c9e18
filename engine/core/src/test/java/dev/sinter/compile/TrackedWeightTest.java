package dev.sinter.compile;

import static dev.sinter.compile.Rules.dense;
import static dev.sinter.program.Expression.input;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.compile.Network.LayerScope;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Initializer;
import dev.sinter.losses.Loss;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Fusion;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Layers with tracked weights, equal weight names, or names that the compiler uses. */
class TrackedWeightTest {
  private static final Graph EMPTY = new Graph(Features.of(4), List.of());

  /** output = input + a tracked weight. */
  private record Shift(String weight) implements LayerRule {
    @Override
    public Features outputs(String layer, List<Features> inputs) {
      return inputs.get(0);
    }

    @Override
    public List<Weight> weights(List<Features> inputs) {
      return List.of(Weight.tracked(weight, Initializer.ONES, inputs.get(0).size()));
    }

    @Override
    public Value forward(LayerScope scope) {
      return scope.elementwise(
          "forward", input(0).plus(input(1)), scope.newOutput(), scope.input(), scope.weight(0));
    }

    @Override
    public List<Value> backward(LayerScope scope, Value gradient) {
      return List.of(gradient);
    }
  }

  /** z = input W with a tracked W, which an operation of the step might write. */
  private record Projection(int units) implements LayerRule {
    @Override
    public Features outputs(String layer, List<Features> inputs) {
      return Features.of(units);
    }

    @Override
    public List<Weight> weights(List<Features> inputs) {
      return List.of(Weight.tracked("kernel", Initializer.ONES, inputs.get(0).size(), units));
    }

    @Override
    public Value forward(LayerScope scope) {
      return scope.product("forward", 0, -1, scope.newOutput());
    }

    @Override
    public List<Value> backward(LayerScope scope, Value dz) {
      Value dx = scope.temporary("dx", scope.input().shape().columns());
      scope.add(
          new Op.DenseGradInput(
              scope.label("grad-input"), dz, scope.weight(0), ActivationFunction.LINEAR, null, dx));
      return List.of(dx);
    }
  }

  private record Random() implements LayerRule {
    @Override
    public Features outputs(String layer, List<Features> inputs) {
      return inputs.get(0);
    }

    @Override
    public Value forward(LayerScope scope) {
      return scope.randomUniform("numbers", 4);
    }

    @Override
    public List<Value> backward(LayerScope scope, Value gradient) {
      return List.of(gradient);
    }
  }

  private static ModelCompiler compiler(Graph graph, Fusion fusion) {
    Objective objective = ReferenceBatch.objective(Loss.MEAN_SQUARED_ERROR, false);
    return new ModelCompiler(graph, objective, 1, fusion);
  }

  @Test
  void train_sharedTrackedWeight_needsNoGradient() {
    LayerRule shift = new Shift("mean");
    Graph graph =
        EMPTY.with("dense", dense(4), Graph.INPUT).with("shift", shift, 0).with("shift", shift, 1);
    Program program = compiler(graph, Fusion.NONE).train(3, 4);
    assertThat(program.state().block(State.Block.TRACKED)).hasSize(1);
    assertThat(Rules.labels(program.ops())).contains("shift/forward", "shift/forward_1");
  }

  @Test
  void path_twoWeightsOfOneNameInALayer_areRefused() {
    List<LayerRule> twice = List.of(dense(4), dense(4));
    assertThatThrownBy(() -> Graph.path(Features.of(4), List.of("twice"), List.of(twice)))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "layer twice: expected weights of different names, received kernel twice."
                + " Correct the layer's rules.");
  }

  @Test
  void train_weightCalledAsAValueOfTheLayer_isApartFromIt() {
    for (String name : List.of("output", "z", "d", "dx")) {
      Graph graph = EMPTY.with("dense", dense(4), Graph.INPUT).with("shift", new Shift(name), 0);
      assertThatCode(() -> compiler(graph, Fusion.NONE).train(3, 4)).doesNotThrowAnyException();
    }
  }

  @Test
  void train_trackedKernelUnderTheLoss_isNotMovedToTheLoss() {
    Graph tracked =
        EMPTY.with("dense", dense(4), Graph.INPUT).with("projection", new Projection(3), 0);
    Graph trained = EMPTY.with("dense", dense(4), Graph.INPUT).with("projection", dense(3), 0);
    Loss loss = Loss.SPARSE_CATEGORICAL_CROSSENTROPY;
    Objective objective = ReferenceBatch.objective(loss, false);
    for (Graph graph : List.of(tracked, trained)) {
      Graph whole = graph.with("last", Rules.activation("softmax"), 1);
      List<Op> ops =
          new ModelCompiler(whole, objective, 1, (op, s, size) -> true).train(3, 1).ops();
      assertThat(ops.stream().anyMatch(Op.DenseLoss.class::isInstance)).isEqualTo(graph == trained);
    }
  }

  @Test
  void evaluate_randomNumbers_areRefusedByLayer() {
    Graph graph = EMPTY.with("dense", dense(4), Graph.INPUT).with("noise", new Random(), 0);
    assertThatThrownBy(() -> compiler(graph, Fusion.NONE).evaluate(3, 4))
        .hasMessageStartingWith("layer noise: expected random numbers only in training");
  }
}
