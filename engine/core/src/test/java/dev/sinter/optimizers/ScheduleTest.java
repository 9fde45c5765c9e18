package dev.sinter.optimizers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.errors.InputException;
import dev.sinter.testkit.Golden;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ScheduleTest {
  /** The same as by name in make_optimizers.py. */
  private static final Map<String, Schedule> SCHEDULES =
      Map.ofEntries(
          Map.entry("exponential", new ExponentialDecay(0.1, 10, 0.5)),
          Map.entry("exponential_staircase", new ExponentialDecay(0.1, 10, 0.5, true)),
          Map.entry("inverse_time", new InverseTimeDecay(0.1, 10, 0.5)),
          Map.entry("inverse_time_staircase", new InverseTimeDecay(0.1, 10, 0.5, true)),
          Map.entry("polynomial", new PolynomialDecay(0.1, 10)),
          Map.entry("polynomial_power", new PolynomialDecay(0.1, 10, 0.01, 2, false)),
          Map.entry("polynomial_cycle", new PolynomialDecay(0.1, 10, 0.01, 0.5, true)),
          Map.entry(
              "piecewise", new PiecewiseConstantDecay(List.of(4L, 10L), List.of(0.3, 0.2, 0.1))),
          Map.entry("cosine", new CosineDecay(0.1, 20)),
          Map.entry("cosine_alpha", new CosineDecay(0.1, 20).alpha(0.25)),
          Map.entry("cosine_warmup", new CosineDecay(0.01, 20).alpha(0.25).warmup(0.1, 8)),
          Map.entry("cosine_restarts", new CosineDecayRestarts(0.1, 10)),
          Map.entry("cosine_restarts_same", new CosineDecayRestarts(0.1, 10, 1, 0.5, 0.1)),
          Map.entry("one_cycle", new OneCycle(0.1, 20)));

  static List<JsonNode> recorded() {
    return Golden.cases("keras_schedules.json");
  }

  /** Keras computes cosines in float32. */
  @ParameterizedTest
  @MethodSource("recorded")
  void at_recordedSteps_givesRecordedRates(JsonNode golden) {
    Schedule schedule = SCHEDULES.get(golden.get("name").asText());
    for (int i = 0; i < golden.get("steps").size(); i++) {
      long step = golden.get("steps").get(i).asLong();
      assertThat(schedule.at(step))
          .as("%s, step %s", golden.get("name"), step)
          .isCloseTo(golden.get("rates").get(i).asDouble(), within(2e-8));
    }
  }

  @Test
  void recorded_everySchedule_isThere() {
    assertThat(recorded().stream().map(golden -> golden.get("name").asText()))
        .containsExactlyInAnyOrderElementsOf(SCHEDULES.keySet());
  }

  @Test
  void create_whatNoScheduleCanHave_isRefusedByName() {
    Map<String, ThrowingCallable> refused =
        Map.of(
            "ExponentialDecay, decay steps", () -> new ExponentialDecay(0.1, 0, 0.5),
            "InverseTimeDecay, initial learning rate", () -> new InverseTimeDecay(-1, 1, 0.5),
            "PolynomialDecay, decay steps", () -> new PolynomialDecay(0.1, -1),
            "CosineDecay, alpha", () -> new CosineDecay(0.1, 10).alpha(1.5),
            "CosineDecayRestarts, times multiplier",
                () -> new CosineDecayRestarts(0.1, 10, 0.5, 1, 0),
            "OneCycle: expected at least 2 steps", () -> new OneCycle(0.1, 1),
            "1 boundaries and 1 values",
                () -> new PiecewiseConstantDecay(List.of(1L), List.of(0.1)),
            "increasing boundaries",
                () -> new PiecewiseConstantDecay(List.of(2L, 2L), List.of(0.1, 0.2, 0.3)));
    refused.forEach(
        (message, create) ->
            assertThatThrownBy(create)
                .isInstanceOf(InputException.class)
                .hasMessageContaining(message));
  }
}
