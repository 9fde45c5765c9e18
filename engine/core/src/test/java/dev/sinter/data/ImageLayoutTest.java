package dev.sinter.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import org.junit.jupiter.api.Test;

/** The mapping of features to pixels. */
class ImageLayoutTest {
  @Test
  void index_byRowsAndByColumns_areEachOthersTransposes() {
    assertThat(ImageLayout.byRows(2, 3).index(1, 2)).isEqualTo(5);
    assertThat(ImageLayout.byRows(2, 3).index(1, 0)).isEqualTo(3);
    assertThat(ImageLayout.byColumns(2, 3).index(1, 0)).isEqualTo(1);
    assertThat(ImageLayout.byColumns(2, 3).index(0, 2)).isEqualTo(4);
  }

  @Test
  void square_ofSquareNumbersAlone() {
    assertThat(ImageLayout.square(784)).contains(ImageLayout.byRows(28, 28));
    assertThat(ImageLayout.square(1)).contains(ImageLayout.byRows(1, 1));
    assertThat(ImageLayout.square(0)).isEmpty();
    assertThat(ImageLayout.square(783)).isEmpty();
  }

  @Test
  void size_zero_refused() {
    assertThatThrownBy(() -> ImageLayout.byRows(0, 3))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("at least 1 x 1 pixel, received 0 x 3");
  }
}
