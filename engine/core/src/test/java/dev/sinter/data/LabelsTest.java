package dev.sinter.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LabelsTest {
  @Test
  void toCategorical_indices_becomeOneHotRows() {
    Tensor expected = Tensor.of(new float[][] {{0, 0, 1}, {1, 0, 0}});
    assertThat(Labels.toCategorical(Tensor.of(new int[] {2, 0}), 3)).isEqualTo(expected);
    assertThat(Labels.toCategorical(Tensor.of(new int[] {2, 0}))).isEqualTo(expected);
    assertThat(Labels.toCategorical(Tensor.of(new float[][] {{2}, {0}}))).isEqualTo(expected);
    assertThat(Labels.toCategorical(Tensor.ofBytes(new byte[] {2, 0}))).isEqualTo(expected);
    assertThat(Labels.toCategorical(Tensor.ofBytes(new byte[] {-1})).dimension(1)).isEqualTo(256);
  }

  @ParameterizedTest
  @ValueSource(floats = {-1, 3, 0.5f, Float.NaN, Float.POSITIVE_INFINITY})
  void toCategorical_labelOutOfRange_isNamed(float label) {
    assertThatThrownBy(() -> Labels.toCategorical(Tensor.of(new float[] {0, label}), 3))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("label 1: expected a whole number from 0 to 2, received " + label);
  }

  @Test
  void toCategorical_negativeLabelWithoutAClassCount_isNamed() {
    assertThatThrownBy(() -> Labels.toCategorical(Tensor.of(new int[] {-1})))
        .hasMessageContaining("label 0: expected a whole number from 0 to 0, received -1.0");
  }

  @Test
  void toCategorical_oneHotRows_areRefused() {
    assertThatThrownBy(() -> Labels.toCategorical(Tensor.of(new float[2][3]), 3))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("received float32[2, 3]");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1})
  void toCategorical_withoutClasses_isRefused(int classes) {
    assertThatThrownBy(() -> Labels.toCategorical(Tensor.of(new int[] {0}), classes))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("at least 1 class")
        .hasMessageContaining("received " + classes);
  }
}
