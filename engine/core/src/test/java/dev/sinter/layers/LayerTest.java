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
    assertThat(dense.noBias().named("last").sigmoid())
        .isEqualTo(
            new Dense(
                5,
                ActivationFunction.SIGMOID,
                false,
                Initializer.GLOROT_UNIFORM,
                Initializer.ZEROS,
                "last"));
  }

  @Test
  void create_badSizesAndNames_areRefused() {
    assertThatThrownBy(() -> new Dense(0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("at least 1 unit, received 0");
    assertThatThrownBy(() -> new Dense(1).named("out").softmax())
        .hasMessageContaining("Dense out")
        .hasMessageContaining("use sigmoid");
    assertThatThrownBy(() -> new Input(0)).hasMessageContaining("at least 1 feature");
    assertThatThrownBy(() -> new Input(100_000, 100_000))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("at most 2147483647 features, received [100000, 100000]");
    assertThatThrownBy(() -> new Activation("swish")).hasMessageContaining("\"swish\"");
    assertThatThrownBy(() -> Initializer.of("he_normal"))
        .hasMessageContaining("one of glorot_uniform, zeros");
  }

  @Test
  void glorotUniform_weights_areWithinTheLimitAndRepeatable() {
    double limit = Math.sqrt(6.0 / (784 + 512));
    float[] weights = Initializer.GLOROT_UNIFORM.weights(784, 512, 42, 0);
    double sum = 0;
    double squares = 0;
    for (float weight : weights) {
      assertThat(Math.abs(weight)).isLessThanOrEqualTo((float) limit);
      sum += weight;
      squares += (double) weight * weight;
    }
    int n = weights.length;
    // Standard deviation of a mean: limit / sqrt(3 n); 5 of them. Variance: limit^2 / 3 within 1 %.
    assertThat(Math.abs(sum / n)).as("seed 42").isLessThan(5 * limit / Math.sqrt(3.0 * n));
    assertThat(squares / n * 3 / (limit * limit)).as("seed 42").isBetween(0.99, 1.01);
    assertThat(Initializer.GLOROT_UNIFORM.weights(784, 512, 42, 0)).isEqualTo(weights);
    assertThat(Initializer.GLOROT_UNIFORM.weights(784, 512, 42, 1)).isNotEqualTo(weights);
    assertThat(Initializer.GLOROT_UNIFORM.weights(784, 512, 43, 0)).isNotEqualTo(weights);
    assertThat(Initializer.ZEROS.weights(2, 2, 42, 0)).containsOnly(0);
    assertThat(Initializer.ONES.weights(2, 2, 42, 0)).containsOnly(1).hasSize(4);
  }
}
