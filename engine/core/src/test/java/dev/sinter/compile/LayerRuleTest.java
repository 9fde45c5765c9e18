package dev.sinter.compile;

import static dev.sinter.compile.Rules.activation;
import static dev.sinter.compile.Rules.dense;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.compile.Network.LayerScope;
import dev.sinter.losses.Loss;
import dev.sinter.program.Expression;
import dev.sinter.program.Value;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The requirements of the compiler for a rule. */
class LayerRuleTest {
  private static final int BATCH = 6;
  private static final Graph EMPTY = new Graph(Features.of(4), List.of());

  private static ModelCompiler compiler(Graph graph) {
    return new ModelCompiler(graph, ReferenceBatch.objective(Loss.MEAN_SQUARED_ERROR, false), 1);
  }

  /** The faults of a rule, with their messages. */
  enum Fault {
    NARROW("forward: expected a value [6, 3], received bad/narrow [6, 1]"),
    NO_OUTPUT("forward: expected a value [6, 3], received null"),
    NO_WEIGHT_GRADIENT("backward: expected an operation that writes bad/bias.gradient [1, 3]"),
    TOO_FEW("backward: expected gradients by inputs: 1, received 0"),
    NO_GRADIENT("backward, input 0: expected a value [6, 4], received null"),
    OTHER_GRADIENT("backward, input 0: expected a value [6, 4], received");

    private final String message;

    Fault(String message) {
      this.message = message;
    }
  }

  /** A dense layer with a fault. */
  record Faulty(Fault fault) implements LayerRule {
    @Override
    public Features outputs(String layer, List<Features> inputs) {
      return dense(3).outputs(layer, inputs);
    }

    @Override
    public List<Weight> weights(List<Features> inputs) {
      return dense(3).weights(inputs);
    }

    @Override
    public Value forward(LayerScope scope) {
      return switch (fault) {
        case NARROW ->
            scope.elementwise("zero", Expression.constant(0), scope.temporary("narrow", 1));
        case NO_OUTPUT -> null;
        default -> dense(3).forward(scope);
      };
    }

    @Override
    public List<Value> backward(LayerScope scope, Value gradient) {
      int bias = fault == Fault.NO_WEIGHT_GRADIENT ? -1 : 1;
      Value dx = scope.productGradients(0, bias, gradient);
      return switch (fault) {
        case TOO_FEW -> List.of();
        case NO_GRADIENT -> Collections.singletonList(null);
        case OTHER_GRADIENT -> List.of(gradient);
        default -> List.of(dx);
      };
    }
  }

  @ParameterizedTest
  @EnumSource
  void gradients_faultyRule_isNamed(Fault fault) {
    Graph graph = EMPTY.with("stem", dense(4), Graph.INPUT).with("bad", new Faulty(fault), 0);
    assertThatThrownBy(() -> compiler(graph).gradients(BATCH, 3))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("layer bad, " + fault.message)
        .hasMessageEndingWith("This is a defect of the layer's rule.");
  }

  @Test
  void train_sharedWeightForgottenOnce_isNamed() {
    Graph graph =
        new Graph(Features.of(3), List.of())
            .with("bad", dense(3), Graph.INPUT)
            .with("bad", new Faulty(Fault.NO_WEIGHT_GRADIENT), 0);
    assertThatThrownBy(() -> compiler(graph).train(BATCH, 3))
        .hasMessageContaining("layer bad, backward: expected an operation that writes bad/bias/d");
  }

  /** A rule may request the value of a gradient repeatedly, also for a shared weight. */
  record Curious(LayerRule rule) implements LayerRule {
    @Override
    public Features outputs(String layer, List<Features> inputs) {
      return rule.outputs(layer, inputs);
    }

    @Override
    public List<Weight> weights(List<Features> inputs) {
      return rule.weights(inputs);
    }

    @Override
    public Value forward(LayerScope scope) {
      return rule.forward(scope);
    }

    @Override
    public List<Value> backward(LayerScope scope, Value gradient) {
      assertThat(scope.gradientOf(0)).isEqualTo(scope.gradientOf(0));
      return rule.backward(scope, gradient);
    }
  }

  @Test
  void gradientOf_sharedWeightAskedTwice_isTheSamePlace() {
    LayerRule twin = new Curious(dense(4));
    Graph graph =
        EMPTY
            .with("twin", twin, Graph.INPUT)
            .with("bend", activation("tanh"), 0)
            .with("twin", twin, 1);
    ReferenceBatch.of(Loss.MEAN_SQUARED_ERROR, BATCH, 4, 4).checkGradients(compiler(graph));
  }
}
