package dev.sinter.program;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.AdamW;
import dev.sinter.program.UpdateRule.Assignment;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UpdateRuleTest {
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 1000, 1L << 33})
  void scalar_adam_correctsBothBiasesByStep(long step) {
    double alpha = 0.01 * Math.sqrt(1 - Math.pow(0.999, step)) / (1 - Math.pow(0.9, step));
    UpdateRule rule = new Adam().rule();
    assertThat(rule.scalars()).hasSize(1);
    assertThat(rule.scalar(0, 0.01, step)).isCloseTo(alpha, within(1e-16));
  }

  @Test
  void scalar_adamw_multipliesDecayByTheLearningRate() {
    assertThat(new AdamW(0.001, 0.1).rule().scalar(1, 0.5, 9)).isEqualTo(0.05);
  }

  @Test
  void create_scalarOfMoreThanRateAndStep_isRefused() {
    for (Expression illegal :
        List.of(new Expression.Column(), new Expression.StepScalar(0), input(2))) {
      assertThatThrownBy(
              () ->
                  new UpdateRule("test", List.of(), List.of(constant(1).plus(illegal)), List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("test: a step scalar cannot hold (1 + " + illegal + ")");
    }
  }

  @Test
  void create_assignmentOutsideTheRule_isRefused() {
    checkRefused(new Assignment(UpdateRule.GRADIENT, input(0)));
    checkRefused(new Assignment(3, input(0)));
    checkRefused(new Assignment(-1, input(0)));
    checkRefused(new Assignment(0, input(3)));
    checkRefused(new Assignment(0, input(0).plus(new Expression.StepScalar(1))));
  }

  private static void checkRefused(Assignment assignment) {
    assertThatThrownBy(
            () ->
                new UpdateRule("test", List.of("slot"), List.of(constant(1)), List.of(assignment)))
        .as("%s", assignment)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("test: an assignment");
  }
}
