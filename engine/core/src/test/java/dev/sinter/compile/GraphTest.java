package dev.sinter.compile;

import static dev.sinter.compile.Rules.activation;
import static dev.sinter.compile.Rules.dense;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.compile.Network.LayerScope;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Initializer;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class GraphTest {
  private static final Graph EMPTY = new Graph(Features.of(4), List.of());
  private static final Graph DIAMOND =
      EMPTY
          .with("stem", dense(3), Graph.INPUT)
          .with("left", dense(3), 0)
          .with("left", activation("tanh"), 1)
          .with("right", dense(3), 0)
          .with("sum", new Rules.Sum(), 2, 3);

  /** Has a kernel of three dimensions, and an untrained mean and matrix. */
  private record Keeping() implements LayerRule {
    @Override
    public Features outputs(String layer, List<Features> inputs) {
      return inputs.get(0);
    }

    @Override
    public List<Weight> weights(List<Features> inputs) {
      return List.of(
          Weight.tracked("mean", Initializer.ZEROS, 3),
          Weight.trained("kernel", Initializer.ZEROS, 5, 5, 2),
          Weight.tracked("spread", Initializer.ZEROS, 2, 3));
    }

    @Override
    public Value forward(LayerScope scope) {
      return scope.input();
    }

    @Override
    public List<Value> backward(LayerScope scope, Value gradient) {
      return List.of(gradient);
    }
  }

  private static List<String> strings(List<Value> values) {
    return values.stream().map(Value::toString).toList();
  }

  @Test
  void with_node_knowsItsShapesAndWeights() {
    Graph.Node left = DIAMOND.nodes().get(1);
    assertThat(left.layer()).isEqualTo("left");
    assertThat(left.inputs()).containsExactly(0);
    assertThat(left.from()).containsExactly(Features.of(3));
    assertThat(left.outputs()).isEqualTo(Features.of(3));
    assertThat(strings(left.values())).containsExactly("left/kernel [3, 3]", "left/bias [1, 3]");
    assertThat(DIAMOND.nodes().get(4).from()).hasSize(2);
    assertThat(DIAMOND.endNodes().get(0).layer()).isEqualTo("sum");
    assertThat(DIAMOND.layer("left")).containsExactly(left, DIAMOND.nodes().get(2));
    assertThat(DIAMOND.layer("other")).isEmpty();
    assertThat(EMPTY.nodes()).as("unchanged").isEmpty();
  }

  @Test
  void path_layersOfSeveralRules_feedOneAnother() {
    Graph path =
        Graph.path(
            Features.of(4),
            List.of("dense", "dense_1"),
            List.of(new Dense(7).relu().rules(), new Dense(2).rules()));
    assertThat(path.nodes())
        .extracting(Graph.Node::layer)
        .containsExactly("dense", "dense", "dense_1");
    assertThat(path.nodes())
        .extracting(Graph.Node::inputs)
        .containsExactly(List.of(-1), List.of(0), List.of(1));
    assertThat(path.outputs()).isEqualTo(2);
    assertThat(path.widest()).isEqualTo(7);
    assertThat(EMPTY.with("last", dense(2), Graph.INPUT).widest()).as("its input").isEqualTo(4);
  }

  @Test
  void parameters_severalLayers_areInTheirOrder() {
    assertThat(strings(DIAMOND.parameters()))
        .containsExactly(
            "stem/kernel [4, 3]",
            "stem/bias [1, 3]",
            "left/kernel [3, 3]",
            "left/bias [1, 3]",
            "right/kernel [3, 3]",
            "right/bias [1, 3]");
    assertThat(DIAMOND.tracked()).isEmpty();
  }

  @Test
  void tracked_weightsNobodyTrains_areApartFromParameters() {
    Graph graph = EMPTY.with("keep", new Keeping(), Graph.INPUT);
    assertThat(strings(graph.parameters())).containsExactly("keep/kernel [25, 2]");
    assertThat(graph.parameters()).extracting(Value::kind).containsOnly(Value.Kind.PARAMETER);
    assertThat(strings(graph.tracked())).containsExactly("keep/mean [1, 3]", "keep/spread [2, 3]");
    assertThat(graph.tracked()).extracting(Value::kind).containsOnly(Value.Kind.TRACKED);
  }

  @Test
  void parameters_sharedWeights_standOnce() {
    Graph graph =
        EMPTY
            .with("twin", dense(4), Graph.INPUT)
            .with("keep", new Keeping(), 0)
            .with("twin", dense(4), 1)
            .with("keep", new Keeping(), 2);
    assertThat(graph.parameters())
        .extracting(Value::name)
        .containsExactly("twin/kernel", "twin/bias", "keep/kernel");
    assertThat(graph.tracked()).extracting(Value::name).containsExactly("keep/mean", "keep/spread");
  }

  @Test
  void with_shapesThatDoNotFit_areRefusedByName() {
    Graph images = new Graph(Features.of(28, 28, 1), List.of());
    assertThatThrownBy(() -> images.with("dense", dense(3), Graph.INPUT))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(
            "layer dense: expected samples that are vectors, received [28, 28, 1]");
    Graph one = EMPTY.with("one", dense(1), Graph.INPUT);
    assertThatThrownBy(() -> one.with("last", activation("softmax"), 0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("layer last: expected at least 2 features under softmax, received 1");
  }

  @Test
  void with_tooManyWeights_isRefusedByName() {
    Graph wide = new Graph(Features.of(1 << 16), List.of());
    assertThatThrownBy(() -> wide.with("wide", dense(1 << 16), Graph.INPUT))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("layer wide: expected at most")
        .hasMessageContaining("received a kernel of [65536, 65536]");
  }

  @Test
  void requireRoom_stateOfThreeAndMoreRegions_countsTheSlots() {
    Graph large = new Graph(Features.of(1 << 15), List.of()).with("a", dense(1 << 14), Graph.INPUT);
    assertThatCode(() -> large.requireRoom("large", 1)).doesNotThrowAnyException();
    long floats = 4L * ((1 << 14) * ((1L << 15) + 1));
    assertThatThrownBy(() -> large.requireRoom("large", 2))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("model large: expected at most")
        .hasMessageContaining("received " + floats);
  }

  @Test
  void features_image_hasASizeAndIsNoVector() {
    Features image = Features.of(28, 28, 1);
    assertThat(image).hasToString("[28, 28, 1]").isEqualTo(Features.of(28, 28, 1));
    assertThat(image.size()).isEqualTo(784);
    assertThat(image.isVector()).isFalse();
    assertThat(Features.of(784).isVector()).isTrue();
    List<Integer> dimensions = new ArrayList<>(List.of(2, 3));
    Features copy = new Features(dimensions);
    dimensions.set(0, 9);
    assertThat(copy.size()).isEqualTo(6);
  }

  @Test
  void features_withoutDimensionsOrTooLarge_areRefused() {
    assertThatThrownBy(Features::of).hasMessageContaining("dimensions of at least 1: []");
    assertThatThrownBy(() -> Features.of(3, 0)).hasMessageContaining("[3, 0]");
    assertThatThrownBy(() -> Features.of(1 << 16, 1 << 15)).isInstanceOf(ArithmeticException.class);
  }
}
