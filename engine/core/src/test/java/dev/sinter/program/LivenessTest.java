package dev.sinter.program;

import static dev.sinter.testkit.ProgramFixture.parameter;
import static dev.sinter.testkit.ProgramFixture.temporary;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class LivenessTest {
  private final Value z = parameter("z", 2, 3);
  private final Value a = temporary("a", 2, 3);
  private final Value b = temporary("b", 2, 3);
  private final Value c = temporary("c", 2, 3);
  private final Value unread = temporary("unread", 2, 3);
  private final Liveness liveness =
      Liveness.of(
          List.of(
              new Op.Softmax("0", z, a),
              new Op.Softmax("1", a, b),
              new Op.Softmax("2", a, unread),
              new Op.Softmax("3", b, c)),
          List.of(b));

  @Test
  void of_temporaries_spanFromWritingToLastReading() {
    assertThat(liveness.values()).containsExactly(a, b, unread, c);
    assertThat(List.of(liveness.first(a), liveness.last(a))).containsExactly(0, 2);
    assertThat(List.of(liveness.first(unread), liveness.last(unread))).containsExactly(2, 2);
  }

  @Test
  void of_results_liveToTheEnd() {
    assertThat(List.of(liveness.first(b), liveness.last(b))).containsExactly(1, 4);
    assertThat(List.of(liveness.first(c), liveness.last(c))).containsExactly(3, 3);
  }

  @Test
  void together_sharedOperation_isTrueOnBothSides() {
    assertThat(liveness.together(a, unread)).isTrue();
    assertThat(liveness.together(unread, a)).isTrue();
    assertThat(liveness.together(a, c)).isFalse();
    assertThat(liveness.together(c, a)).isFalse();
    assertThat(liveness.together(b, c)).isTrue();
  }
}
