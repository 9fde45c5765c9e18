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
        Map.ofEntries(
            Map.entry("sgd", new Sgd(0.01, 0, false)),
            Map.entry("momentum", new Sgd(0.01, 0.9, false)),
            Map.entry("nesterov", new Sgd(0.01, 0.9, true)),
            Map.entry("rmsprop", new RmsProp(0.001, 0.9, 0, 1e-7, false)),
            Map.entry("adam", new Adam(0.001, 0.9, 0.999, 1e-7, false)),
            Map.entry("adamw", new AdamW(0.004, new Adam(0.001, 0.9, 0.999, 1e-7, false))),
            Map.entry("adagrad", new Adagrad(0.001, 0.1, 1e-7)),
            Map.entry("adadelta", new Adadelta(0.001, 0.95, 1e-7)),
            Map.entry("adamax", new Adamax(0.001, 0.9, 0.999, 1e-7)),
            Map.entry("nadam", new Nadam(0.001, 0.9, 0.999, 1e-7)),
            Map.entry("lion", new Lion(0.001, 0.9, 0.99)));
    assertThat(Optimizer.names()).containsExactlyInAnyOrderElementsOf(expected.keySet());
    expected.forEach((name, optimizer) -> assertThat(Optimizer.of(name)).isEqualTo(optimizer));
  }

  @Test
  void of_unknownName_listsTheChoices() {
    for (String name : List.of("Adamaxi", "", "ftrl")) {
      assertThatThrownBy(() -> Optimizer.of(name))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("one of sgd, momentum, nesterov, rmsprop, adam, adamw, adagrad, ")
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
        new Parameter("Adam, beta2", v -> new Adam(0.1, 0.9, v, 1e-7, false)),
        new Parameter("Adadelta, rho", v -> new Adadelta().rho(v)),
        new Parameter("Adamax, beta1", v -> new Adamax().beta1(v)),
        new Parameter("Adamax, beta2", v -> new Adamax().beta2(v)),
        new Parameter("Nadam, beta1", v -> new Nadam().beta1(v)),
        new Parameter("Nadam, beta2", v -> new Nadam().beta2(v)),
        new Parameter("Lion, beta2", v -> new Lion().beta2(v)));
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
        new Parameter("AdamW, weight decay", v -> new AdamW(0.1, v)),
        new Parameter("Adagrad, learning rate", Adagrad::new),
        new Parameter(
            "Adagrad, initial accumulator value", v -> new Adagrad().initialAccumulatorValue(v)),
        new Parameter("Adadelta, learning rate", Adadelta::new),
        new Parameter("Adamax, learning rate", Adamax::new),
        new Parameter("Nadam, learning rate", Nadam::new),
        new Parameter("Lion, learning rate", Lion::new));
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

  @Test
  void create_numberThatHasToBeAbove0_isRefusedByName() {
    for (Parameter parameter :
        List.of(
            new Parameter("Adagrad, epsilon", v -> new Adagrad().epsilon(v)),
            new Parameter("Adadelta, epsilon", v -> new Adadelta().epsilon(v)),
            new Parameter("Adamax, epsilon", v -> new Adamax().epsilon(v)),
            new Parameter("Nadam, epsilon", v -> new Nadam().epsilon(v)),
            new Parameter("Lion, beta1", v -> new Lion().beta1(v)))) {
      checkRefused(parameter, 0);
      checkRefused(parameter, -1);
      assertThatCode(() -> parameter.make.apply(0.5)).doesNotThrowAnyException();
    }
  }

  private static void checkRefused(Parameter parameter, double value) {
    assertThatThrownBy(() -> parameter.make.apply(value))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(parameter.name)
        .hasMessageContaining("received " + value);
  }

  @Test
  void withLearningRate_everyOptimizer_changesThatAlone() {
    for (String name : Optimizer.names()) {
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
    assertThat(new Adagrad().rule().starts()).containsExactly(0.1);
    assertThat(new Adadelta().rule().slots())
        .containsExactly("accumulated_grad", "accumulated_delta_var");
    assertThat(new Adamax().rule().slots()).containsExactly("momentum", "norm");
    assertThat(new Nadam().rule().slots()).containsExactly("momentum", "velocity");
    assertThat(new Lion().rule().slots()).containsExactly("momentum");
  }
}
