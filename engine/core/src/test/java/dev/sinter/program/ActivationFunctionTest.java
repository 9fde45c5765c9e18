package dev.sinter.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.testkit.Golden;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Activations against values and slopes that Keras and JAX computed in float64. */
class ActivationFunctionTest {
  private static final double[] NONE = {};

  static List<JsonNode> recorded() {
    return Golden.cases("keras_activations.json");
  }

  @ParameterizedTest
  @MethodSource("recorded")
  void function_recordedInputs_hasKerasValuesAndSlopes(JsonNode golden) {
    ActivationFunction function = ActivationFunction.of(golden.get("activation").asText());
    assertThat(golden.get("inputs")).isNotEmpty();
    for (int i = 0; i < golden.get("inputs").size(); i++) {
      double z = golden.get("inputs").get(i).asDouble();
      double a = function.forward().evaluate(new double[] {z}, 0, NONE);
      double slope = function.derivative().evaluate(new double[] {a, z}, 0, NONE);
      double size = Math.max(1, Math.exp(z)); // exp(20) has fewer digits behind the point
      assertThat(a)
          .as("%s(%s)", function, z)
          .isCloseTo(golden.get("outputs").get(i).asDouble(), within(2e-15 * size));
      assertThat(slope)
          .as("%s'(%s)", function, z)
          .isCloseTo(golden.get("derivatives").get(i).asDouble(), within(2e-15 * size));
    }
  }

  @Test
  void softplus_farBelowZero_keepsItsDigits() {
    double[] z = {-30};
    double a = ActivationFunction.SOFTPLUS.forward().evaluate(z, 0, NONE);
    assertThat(a / Math.exp(-30)).isCloseTo(1, within(1e-12));
  }
}
