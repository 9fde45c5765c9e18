package dev.sinter.optimizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleFunction;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class OptimizerTest {
  @Test
  void of_name_givesKerasDefaults() {
    Map<String, Optimizer> expected =
        Map.of(
            "sgd", new Sgd(0.01, 0, false),
            "momentum", new Sgd(0.01, 0.9, false),
            "nesterov", new Sgd(0.01, 0.9, true),
            "rmsprop", new RmsProp(0.001, 0.9, 0, 1e-7, false),
            "adam", new Adam(0.001, 0.9, 0.999, 1e-7, false),
            "adamw", new AdamW(0.004, new Adam(0.001, 0.9, 0.999, 1e-7, false)));
    expected.forEach((name, optimizer) -> assertThat(Optimizer.of(name)).isEqualTo(optimizer));
  }

  @Test
  void of_unknownName_listsTheChoices() {
    for (String name : List.of("Adamax", "", "adagrad")) {
      assertThatThrownBy(() -> Optimizer.of(name))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("one of sgd, momentum, nesterov, rmsprop, adam, adamw")
          .hasMessageContaining("\"" + name + "\"");
    }
  }

  /**
   * A hyperparameter: its name in messages, and a function that creates an optimizer with its
   * value.
   */
  record Parameter(String name, DoubleFunction<Optimizer> make) {
    @Override
    public String toString() {
      return name;
    }
  }

  static List<Parameter> fractions() {
    return List.of(
        new Parameter("SGD, momentum", v -> new Sgd().momentum(v)),
        new Parameter("SGD, momentum", v -> new Sgd().nesterov(v)),
        new Parameter("RMSprop, rho", v -> new RmsProp(0.1, v, 0, 1e-7, false)),
        new Parameter("RMSprop, momentum", v -> new RmsProp().momentum(v)),
        new Parameter("Adam, beta1", v -> new Adam(0.1, v, 0.9, 1e-7, false)),
        new Parameter("Adam, beta2", v -> new Adam(0.1, 0.9, v, 1e-7, false)));
  }

  static List<Parameter> notNegative() {
    return List.of(
        new Parameter("SGD, learning rate", Sgd::new),
        new Parameter("RMSprop, learning rate", RmsProp::new),
        new Parameter("Adam, learning rate", Adam::new),
        new Parameter("Adam, learning rate", AdamW::new),
        new Parameter("Adam, learning rate", v -> new AdamW().learningRate(v)),
        new Parameter("RMSprop, epsilon", v -> new RmsProp(0.1, 0.9, 0, v, true)),
        new Parameter("Adam, epsilon", v -> new Adam(0.1, 0.9, 0.9, v, true)),
        new Parameter("AdamW, weight decay", v -> new AdamW(0.1, v)));
  }

  @ParameterizedTest
  @MethodSource("fractions")
  void create_fractionOutsideItsRange_isRefusedByName(Parameter parameter) {
    for (double value : new double[] {1, -0.1, 1.5, Double.NaN, Double.POSITIVE_INFINITY}) {
      checkRefused(parameter, value);
    }
    assertThatCode(() -> parameter.make.apply(0)).doesNotThrowAnyException();
    assertThatCode(() -> parameter.make.apply(Math.nextDown(1.0))).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @MethodSource("notNegative")
  void create_negativeOrUnendingNumber_isRefusedByName(Parameter parameter) {
    for (double value : new double[] {-1e-9, Double.NaN, Double.POSITIVE_INFINITY}) {
      checkRefused(parameter, value);
    }
    assertThatCode(() -> parameter.make.apply(0)).doesNotThrowAnyException();
  }

  private static void checkRefused(Parameter parameter, double value) {
    assertThatThrownBy(() -> parameter.make.apply(value))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(parameter.name)
        .hasMessageContaining("received " + value);
  }

  @Test
  void withLearningRate_everyOptimizer_changesThatAlone() {
    for (String name : List.of("sgd", "nesterov", "rmsprop", "adam", "adamw")) {
      Optimizer optimizer = Optimizer.of(name);
      Optimizer other = optimizer.learningRate(0.5);
      assertThat(other.learningRate()).isEqualTo(0.5);
      assertThat(other.learningRate(optimizer.learningRate())).isEqualTo(optimizer);
      assertThat(other.rule().slots()).isEqualTo(optimizer.rule().slots());
    }
  }

  @Test
  void rule_options_decideTheSlots() {
    assertThat(new Sgd().rule().slots()).isEmpty();
    assertThat(new Sgd().momentum(0.9).rule().slots()).containsExactly("momentum");
    assertThat(new RmsProp().rule().slots()).containsExactly("velocity");
    assertThat(new RmsProp(0.1, 0.9, 0.9, 1e-7, true).rule().slots())
        .containsExactly("velocity", "average_gradient", "momentum");
    assertThat(new Adam().rule().slots()).containsExactly("momentum", "velocity");
    assertThat(new Adam(0.1, 0.9, 0.9, 1e-7, true).rule().slots())
        .containsExactly("momentum", "velocity", "velocity_hat");
    assertThat(new AdamW().rule().slots()).containsExactly("momentum", "velocity");
  }
}
