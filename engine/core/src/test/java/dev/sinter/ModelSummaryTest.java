package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.compile.Features;
import dev.sinter.compile.LayerRule;
import dev.sinter.compile.Network.LayerScope;
import dev.sinter.compile.Weight;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Initializer;
import dev.sinter.layers.Input;
import dev.sinter.layers.Layer;
import dev.sinter.optimizers.RmsProp;
import dev.sinter.optimizers.Sgd;
import dev.sinter.program.Value;
import dev.sinter.report.SummaryOptions;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a model says of itself before and after build, compile and fit. */
class ModelSummaryTest {
  private static final SummaryOptions OPTIONS = SummaryOptions.defaults();

  @Test
  void summary_notBuilt_saysSoAndBuildsNothing() {
    Model model = Sequential.of(new Dense(4), new Activation("relu"), new Dense(2));
    assertThat(model.summaryText(OPTIONS))
        .contains("│ ?  ", "0 (unbuilt) │", "Total params: 0 (0.00 B)", "Not built: ");
    assertThatThrownBy(model::layers).isInstanceOf(InputException.class);
  }

  /** A layer for samples of three dimensions. */
  private record Deep(String name) implements Layer, LayerRule {
    @Override
    public String className() {
      return "Deep";
    }

    @Override
    public List<LayerRule> rules() {
      return List.of(this);
    }

    @Override
    public Features outputs(String layer, List<Features> inputs) {
      return inputs.get(0);
    }

    @Override
    public List<Weight> weights(List<Features> inputs) {
      int channels = inputs.get(0).dimensions().get(2);
      return List.of(Weight.trained("gain", Initializer.ONES, channels));
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

  @Test
  void summary_layerForImages_isPrintedBuiltOrNot() {
    assertThat(Sequential.of(new Deep(null)).summaryText(OPTIONS)).contains("0 (unbuilt)");
    assertThat(Sequential.of(new Input(4, 4, 3), new Deep(null)).summaryText(OPTIONS))
        .contains("deep: gain (3,)", "Total params: 3 (");
  }

  @Test
  void summary_builtNotCompiled_hasShapesAndWeightsAlone() {
    assertThat(Toy.model().summaryText(OPTIONS))
        .contains("Total params: 39 (156.00 B)", "dense: W (5, 4), b (4,)", "weights 1.00 KB")
        .doesNotContain("Optimizer", "scratch", "gradients");
  }

  @Test
  void summary_afterFit_countsTheOptimizerAndItsBatch() {
    Model model = Toy.compiled(new RmsProp());
    assertThat(model.summaryText(OPTIONS))
        .contains("Total params: 39 (", "velocity for each weight", "for batches of 32")
        .doesNotContain("Optimizer params");
    model.fit(Toy.data(8), Toy.fit(1));
    assertThat(model.summaryText(OPTIONS))
        .contains("Total params: 80 (324.00 B)", "Optimizer params: 41 (168.00 B)")
        .contains("gradients 1.00 KB, optimizer state", "for batches of 8");
    model.close();
    assertThat(model.summaryText(OPTIONS)).as("it is kept").contains("Optimizer params: 41");
  }

  @Test
  void summary_withoutWeights_isPrintedAllTheSame() {
    Model model = Sequential.of(new Input(3), new Activation("relu"));
    model.compile("sgd", "mse");
    assertThat(model.summaryText(OPTIONS)).contains("(None, 3)", "Total params: 0 (0.00 B)");
  }

  @Test
  void summary_noBias_hasNoB() {
    Model model = Sequential.of(new Input(3), new Dense(2).useBias(false));
    assertThat(model.summaryText(OPTIONS)).contains(" dense: W (3, 2)" + System.lineSeparator());
  }

  @Test
  void summary_batchBeyondMemory_isRefused() {
    Model model = Toy.compiled(new Sgd());
    assertThatThrownBy(() -> model.summaryText(OPTIONS, Integer.MAX_VALUE))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("Use a smaller batch");
  }
}
