package dev.sinter.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import org.junit.jupiter.api.Test;

class TensorTest {
  private final Tensor floats = Tensor.of(new float[] {0, 1, 2, 3, 4, 5}, 2, 3);
  private final Tensor bytes = Tensor.ofBytes(new byte[] {0, 1, 127, -128, -1, 5}, 3, 2);

  @Test
  void of_flatArray_isWrappedRowMajor() {
    assertThat(floats.shape()).containsExactly(2, 3);
    assertThat(floats.at(1, 0)).isEqualTo(3);
    assertThat(floats.get(5)).isEqualTo(5);
    assertThat(floats.toRows()).isEqualTo(new float[][] {{0, 1, 2}, {3, 4, 5}});
    assertThat(Tensor.of(new float[4]).shape()).containsExactly(4);
    assertThat(Tensor.ofBytes(new byte[4]).shape()).containsExactly(4);
    assertThat(floats).hasToString("float32[2, 3]");
  }

  @Test
  void ofBytes_negativeBytes_areUnsigned() {
    assertThat(bytes.toFloats()).containsExactly(0, 1, 127, 128, 255, 5);
    assertThat(bytes.at(2, 0)).isEqualTo(255);
    assertThat(bytes.type()).hasToString("uint8");
  }

  @Test
  void of_rowsAndIntegers_areCopied() {
    float[][] rows = {{1, 2}, {3, 4}};
    Tensor tensor = Tensor.of(rows);
    rows[0][0] = 9;
    assertThat(tensor.at(0, 0)).isEqualTo(1);
    assertThat(Tensor.of(new int[] {7, 8}).floats()).containsExactly(7, 8);
    assertThat(Tensor.of(new float[0][]).shape()).containsExactly(0, 0);
  }

  @Test
  void of_shapesThatDoNotFit_areRefused() {
    assertThatThrownBy(() -> Tensor.of(new float[5], 2, 3))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("6 elements for shape [2, 3], received 5");
    assertThatThrownBy(() -> Tensor.of(new float[0], -1, 0)).hasMessageContaining("[-1, 0]");
    assertThatThrownBy(() -> Tensor.of(new float[][] {{1, 2}, {3}}))
        .hasMessageContaining("Tensor row 1: expected 2 columns, as in row 0, received 1");
  }

  @Test
  void reshape_openDimension_isComputed() {
    assertThat(floats.reshape(-1).shape()).containsExactly(6);
    assertThat(floats.reshape(3, -1).shape()).containsExactly(3, 2);
    assertThat(floats.reshape(6, 1).floats()).isSameAs(floats.floats());
    for (int[] shape : new int[][] {{4, -1}, {5}, {-1, -1}, {-2, -3}}) {
      assertThatThrownBy(() -> floats.reshape(shape)).isInstanceOf(InputException.class);
    }
  }

  @Test
  void rows_range_isCopied() {
    assertThat(bytes.rows(1, 3)).isEqualTo(Tensor.ofBytes(new byte[] {127, -128, -1, 5}, 2, 2));
    assertThat(floats.rows(1, 1).shape()).containsExactly(0, 3);
    assertThatThrownBy(() -> floats.rows(1, 3)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void at_wrongIndices_areRefused() {
    assertThatThrownBy(() -> floats.at(1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("2 indices, received 1");
    assertThatThrownBy(() -> floats.at(0, 3)).isInstanceOf(IndexOutOfBoundsException.class);
  }

  @Test
  void elements_ofTheOtherType_areRefused() {
    assertThatThrownBy(bytes::floats).hasMessageContaining("expected float32, received uint8");
    assertThatThrownBy(floats::bytes).hasMessageContaining("expected uint8, received float32");
  }

  @Test
  void argmax_tie_takesTheFirst() {
    Tensor scores = Tensor.of(new float[] {1, 3, 3, 9, 2, 9}, 2, 3);
    assertThat(scores.argmax(0)).isEqualTo(1);
    assertThat(scores.argmax(1)).isZero();
  }

  @Test
  void equals_shapeTypeAndBits_decide() {
    assertThat(floats)
        .isEqualTo(Tensor.of(floats.toFloats(), 2, 3))
        .hasSameHashCodeAs(Tensor.of(floats.toFloats(), 2, 3))
        .isNotEqualTo(floats.reshape(3, 2))
        .isNotEqualTo(Tensor.ofBytes(new byte[] {0, 1, 2, 3, 4, 5}, 2, 3));
    assertThat(Tensor.of(new float[] {0f})).isNotEqualTo(Tensor.of(new float[] {-0f}));
    assertThat(Tensor.of(new float[] {Float.NaN})).isEqualTo(Tensor.of(new float[] {Float.NaN}));
  }

  @Test
  void dimension_negativeAxis_countsFromTheEnd() {
    assertThat(floats.dimension(-1)).isEqualTo(3);
    assertThat(floats.dimension(0)).isEqualTo(2);
    assertThat(Tensor.of(new float[8], 2, 2, 2).rowSize()).isEqualTo(4);
  }
}
