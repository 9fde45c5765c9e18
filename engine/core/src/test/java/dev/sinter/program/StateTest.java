package dev.sinter.program;

import static dev.sinter.testkit.ProgramFixture.parameter;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;

class StateTest {
  private final Value kernel = parameter("kernel", 13, 5); // 65 elements: two blocks of 64
  private final Value bias = parameter("bias", 1, 5);
  private final State state = new State(3, List.of(kernel, bias), List.of("momentum", "velocity"));

  @Test
  void offsets_everyReplicaOfEveryValue_isAlignedTo256Bytes() {
    state
        .offsets()
        .forEach(
            (value, offset) -> {
              assertThat(offset % Shape.ALIGNMENT_FLOATS).as(value.name()).isZero();
              assertThat(value.shape().replicaStride() % Shape.ALIGNMENT_FLOATS).isZero();
            });
    assertThat(kernel.shape().replicaStride()).isEqualTo(128);
    assertThat(state.offsetOf(bias)).isEqualTo(3 * 128);
  }

  @Test
  void regions_parametersGradientsAndSlots_haveEqualLayout() {
    assertThat(state.regionSize()).isEqualTo(3 * (128 + 64));
    assertThat(state.size()).isEqualTo(4 * state.regionSize());
    for (Value parameter : state.parameters()) {
      int offset = state.offsetOf(parameter);
      assertThat(state.offsetOf(state.gradientOf(parameter)))
          .isEqualTo(offset + state.regionSize());
      for (int slot = 0; slot < state.slotCount(); slot++) {
        assertThat(state.offsetOf(slot(parameter, slot)))
            .isEqualTo(offset + (2 + slot) * state.regionSize());
      }
    }
  }

  private Value slot(Value parameter, int k) {
    int place = k * state.parameters().size() + state.parameters().indexOf(parameter);
    return state.block(State.Block.SLOTS).get(place);
  }

  @Test
  void values_gradientsAndSlots_areNamedAfterTheirParameter() {
    assertThat(state.gradientOf(kernel))
        .isEqualTo(new Value("kernel.gradient", Value.Kind.GRADIENT, kernel.shape()));
    assertThat(slot(bias, 1)).isEqualTo(new Value("bias.velocity", Value.Kind.SLOT, bias.shape()));
    assertThat(state.offsets()).hasSize(8);
    assertThat(state.offsets().keySet()).startsWith(kernel, bias, state.gradientOf(kernel));
  }

  @Test
  void create_withoutReplicas_isRefused() {
    assertThatThrownBy(() -> new State(0, List.of(kernel), List.of()))
        .hasMessageContaining("replicas must be at least 1, received 0");
  }

  @Test
  void create_twoValuesOfOneName_isRefused() {
    for (Value twin : List.of(kernel, parameter("kernel", 2, 2))) {
      assertThatThrownBy(() -> new State(1, List.of(kernel, twin), List.of()))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining("kernel");
    }
  }

  @Test
  void create_tooLargeForAnArray_isRefused() {
    Value large = parameter("large", 1 << 15, 1 << 15);
    assertThatThrownBy(() -> new State(1, List.of(large), List.of()))
        .isInstanceOf(ArithmeticException.class);
    assertThatThrownBy(() -> parameter("larger", 1 << 16, 1 << 16))
        .isInstanceOf(ArithmeticException.class);
  }

  @Test
  void offsetOf_foreignValue_isRefused() {
    assertThatThrownBy(() -> state.offsetOf(parameter("other", 1, 1)))
        .hasMessageContaining("other [1, 1] is not part of this state");
  }

  @Test
  void shape_withoutRows_isRefused() {
    assertThatThrownBy(() -> new Shape(0, 3)).hasMessageContaining("received [0, 3]");
  }
}
