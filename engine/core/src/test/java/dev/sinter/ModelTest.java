package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.compile.Features;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.layers.ElementwiseLayer;
import dev.sinter.layers.Input;
import dev.sinter.program.Expression;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Building models: layers, their names, and their weights. */
class ModelTest {
  private static void refused(ThrowingCallable call, String... parts) {
    assertThatThrownBy(call).isInstanceOf(InputException.class).hasMessageContainingAll(parts);
  }

  private static List<String> names(Model model) {
    model.build(4);
    return model.layers().stream().map(ModelLayer::name).toList();
  }

  @Test
  void layers_withoutNames_areNamedAsKerasDoes() {
    assertThat(
            names(
                Sequential.of(
                    new Dense(3),
                    new Activation("sigmoid"),
                    new Dense(2),
                    new Activation("softmax"))))
        .containsExactly("dense", "activation", "dense_1", "activation_1");
  }

  @Test
  void layers_withNames_keepThem() {
    assertThat(names(Sequential.of(new Dense(3).name("hidden"), new Dense(2))))
        .containsExactly("hidden", "dense");
  }

  @Test
  void layers_nameThatAutomaticOnesWouldTake_isAvoided() {
    assertThat(names(Sequential.of(new Dense(3), new Dense(3), new Dense(2).name("dense_1"))))
        .containsExactly("dense", "dense_2", "dense_1");
  }

  @Test
  void layers_sameNameTwice_refused() {
    refused(
        () -> Sequential.of(new Dense(3).name("a"), new Dense(2).name("a")),
        "expected layer names that differ, received \"a\" twice. Rename");
  }

  @Test
  void layers_none_refused() {
    refused(Sequential::of, "model sequential: expected at least one layer, received none");
    refused(() -> Sequential.of("m", new Input(3)), "model m: expected at least one layer");
  }

  @Test
  void layers_inputNotFirst_refused() {
    refused(() -> Sequential.of(new Input(3), new Input(3)), "Input comes first, and once");
    refused(() -> names(Sequential.of(new Dense(3), new Input(3))), "Input comes first, and once");
  }

  @Test
  void layers_ofBuiltModel_tellShapesAndCounts() {
    Model model =
        Sequential.of(
            "my_model",
            new Input(400),
            new Dense(25).sigmoid(),
            new Dense(15).useBias(false),
            new Activation("tanh"),
            new Dense(1).sigmoid());
    assertThat(model.name()).isEqualTo("my_model");
    assertThat(model.layers()).extracting(ModelLayer::inputs).containsExactly(400, 25, 15, 15);
    assertThat(model.layers()).extracting(ModelLayer::outputs).containsExactly(25, 15, 15, 1);
    assertThat(model.layers())
        .extracting(ModelLayer::parameterCount)
        .containsExactly(10025, 375, 0, 16);
    assertThat(model.layer("activation").layer()).isEqualTo(new Activation("tanh"));
    assertThat(model.layer("activation").getWeights()).isEmpty();
    assertThat(model.getNamedWeights().keySet())
        .containsExactly(
            "dense/kernel", "dense/bias", "dense_1/kernel", "dense_2/kernel", "dense_2/bias");
  }

  @Test
  void layer_thatStatesItsInput_isPartOfTheModel() {
    record Stated(String name) implements ElementwiseLayer {
      @Override
      public String className() {
        return "Stated";
      }

      @Override
      public Features inputShape() {
        return Features.of(3);
      }

      @Override
      public Expression forward() {
        return Expression.input(0).times(2);
      }

      @Override
      public Expression derivative() {
        return Expression.constant(2);
      }
    }

    try (Model model = Sequential.of(new Stated(null)).backend("reference")) {
      assertThat(model.layers()).extracting(ModelLayer::name).containsExactly("stated");
      assertThat(model.predict(new float[][] {{1, -2, 3}}).toFloats()).containsExactly(2, -4, 6);
    }
    refused(
        () -> Sequential.of(new Input(2), new Dense(4), new Stated(null)).layers(),
        "layer stated: expected an input of [3], as it states, received [4]");
  }

  @Test
  void layer_unknownName_listsTheNames() {
    refused(
        () -> Toy.model().layer("dense_9"),
        "model sequential: expected a layer of [dense, dense_1], received \"dense_9\"");
  }

  @Test
  void unbuilt_everyQuestion_saysHowToBuild() {
    Model model = Sequential.of(new Dense(3));
    String[] remedy = {"expected a built model", "Start it with an Input, or call build"};
    refused(model::layers, remedy);
    refused(() -> model.layer("dense"), remedy);
    refused(model::getWeights, remedy);
    refused(model::getNamedWeights, remedy);
    refused(() -> model.setWeights(List.of()), remedy);
    refused(() -> model.setNamedWeights(Map.of()), remedy);
  }

  @Test
  void build_secondTime_keepsShapesAndWeights() {
    Model model = Sequential.of(new Dense(3));
    model.build(4);
    List<Tensor> weights = model.getWeights();
    model.build(7);
    assertThat(model.getWeights()).isEqualTo(weights);
    assertThat(model.layer("dense").inputs()).isEqualTo(4);
  }

  @Test
  void build_withoutFeatures_refused() {
    refused(() -> Sequential.of(new Dense(3)).build(0), "layer dense", "at least 1 feature", "0");
    Dataset hollow = Dataset.of(Tensor.of(new float[0], 4, 0));
    refused(() -> Sequential.of(new Dense(3)).predict(hollow), "layer dense", "at least 1 feature");
  }

  /** Built by Input, by build or by data: the same seed gives the same initial weights. */
  @Test
  void build_eachWay_givesTheSameWeights() {
    Model byInput = Sequential.of(new Input(5), new Dense(3));
    Model byBuild = Sequential.of(new Dense(3));
    byBuild.build(5);
    Model byData = Sequential.of(new Dense(3));
    byData.backend("reference").predict(Toy.x(2));
    assertThat(byBuild.getWeights()).isEqualTo(byInput.getWeights());
    assertThat(byData.getWeights()).isEqualTo(byInput.getWeights());
  }

  @Test
  void weights_initial_areGlorotUniformAndZeros() {
    Model model = Sequential.of(new Input(50), new Dense(30));
    double limit = Math.sqrt(6.0 / 80);
    float[] kernel = model.getWeights().get(0).floats();
    double largest = 0;
    for (float value : kernel) {
      largest = Math.max(largest, Math.abs(value));
    }
    assertThat(largest).isBetween(0.9 * limit, limit);
    assertThat(model.getWeights().get(1)).isEqualTo(Toy.zeros(30));
  }

  @Test
  void seed_otherThanDefault_givesOtherWeights() {
    assertThat(Toy.model().seed(1).getWeights()).isEqualTo(Toy.model().getWeights());
    assertThat(Toy.model().seed(2).getWeights()).isNotEqualTo(Toy.model().getWeights());
  }

  @Test
  void seed_afterTheWeights_refused() {
    Model model = Toy.model();
    model.getWeights();
    refused(() -> model.seed(3), "expected the seed before the first weights", "right after");
  }

  @Test
  void getWeights_result_isACopy() {
    Model model = Toy.model();
    Tensor kernel = model.getWeights().get(0);
    assertThat(kernel.shape()).containsExactly(5, 4);
    kernel.floats()[0] = 99;
    assertThat(model.getWeights().get(0).get(0)).isNotEqualTo(99);
  }

  @Test
  void setWeights_ofOtherModel_makesThemEqual() {
    Model from = Toy.model().seed(5);
    Model to = Toy.model();
    to.setWeights(from.getWeights());
    assertThat(to.getNamedWeights()).isEqualTo(from.getNamedWeights());
    assertThat(to.predict(Toy.x(4))).isEqualTo(from.predict(Toy.x(4)));
    to.layer("dense_1").setWeights(List.of(Toy.zeros(4, 3), Toy.zeros(3)));
    assertThat(to.predict(Toy.x(1)).get(0)).isEqualTo(1 / 3f);
  }

  @Test
  void setWeights_misfit_namesItAndChangesNothing() {
    Model model = Toy.model();
    List<Tensor> before = model.getWeights();
    List<Tensor> wrong = new ArrayList<>(before);
    wrong.set(0, Toy.zeros(5, 4));
    wrong.set(3, Toy.zeros(4));
    refused(() -> model.setWeights(wrong), "weights dense_1/bias: expected [3], received [4]");
    refused(
        () -> model.setWeights(before.subList(0, 3)),
        "setWeights: expected 4 arrays, received 3. Give one array a weight");
    wrong.set(3, Tensor.of(new float[] {0, Float.NaN, 0}, 3));
    refused(() -> model.setWeights(wrong), "weights dense_1/bias, element 1", "received NaN");
    refused(
        () -> model.layer("dense").setWeights(List.of(Toy.zeros(4, 5), Toy.zeros(4))),
        "weights dense/kernel: expected [5, 4], received [4, 5]");
    assertThat(model.getWeights()).isEqualTo(before);
  }

  @Test
  void setNamedWeights_missingOne_namesItAndWhatIsThere() {
    Model model = Toy.model();
    Map<String, Tensor> named = new LinkedHashMap<>(model.getNamedWeights());
    named.remove("dense/bias");
    named.put("other", Toy.zeros(1));
    refused(
        () -> model.setNamedWeights(named),
        "expected an array called dense/bias",
        "received [dense/kernel, dense_1/kernel, dense_1/bias, other]");
  }
}
