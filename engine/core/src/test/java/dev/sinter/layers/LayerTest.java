package dev.sinter.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import dev.sinter.program.ActivationFunction;
import org.junit.jupiter.api.Test;

class LayerTest {
  @Test
  void dense_defaults_areKeras() {
    Dense dense = new Dense(5);
    assertThat(dense.activation()).isEqualTo(ActivationFunction.LINEAR);
    assertThat(dense.useBias()).isTrue();
    assertThat(dense.kernelInitializer()).isEqualTo(Initializer.GLOROT_UNIFORM);
    assertThat(dense.biasInitializer()).isEqualTo(Initializer.ZEROS);
    assertThat(dense.name()).isNull();
    assertThat(new Dense(5, "relu")).isEqualTo(new Dense(5).relu());
    assertThat(dense.useBias(false).name("last").sigmoid())
        .isEqualTo(
            new Dense(
                5,
                ActivationFunction.SIGMOID,
                false,
                new WeightSettings(Initializer.GLOROT_UNIFORM),
                new WeightSettings(Initializer.ZEROS),
                "last"));
  }

  @Test
  void create_badSizesAndNames_areRefused() {
    assertThatThrownBy(() -> new Dense(0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("at least 1 unit, received 0");
    assertThatThrownBy(() -> new Dense(1).name("out").softmax())
        .hasMessageContaining("Dense out")
        .hasMessageContaining("use sigmoid");
    assertThatThrownBy(() -> new Input(0)).hasMessageContaining("at least 1 feature");
    assertThatThrownBy(() -> new Input(100_000, 100_000))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("at most 2147483647 features, received [100000, 100000]");
    assertThatThrownBy(() -> new Activation("swash")).hasMessageContaining("\"swash\"");
    assertThatThrownBy(() -> Initializer.of("identity"))
        .hasMessageContaining("one of glorot_uniform, glorot_normal");
  }
}
