package dev.sinter.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PartsTest {
  @ParameterizedTest
  @CsvSource({"128, 4, 60000", "10, 3, 25", "7, 7, 15", "5, 1, 12", "8, 3, 2", "100, 8, 100"})
  void every_row_has_the_rank_that_its_place_in_the_batch_says(int batch, int size, int data) {
    Parts parts = new Parts(batch, size);
    long[] counted = new long[size];
    int before = -1;
    for (int row = 0; row < data; row++) {
      int rank = parts.rankOf(row, data);
      counted[rank]++;
      assertThat(rank).as("row %s", row).isGreaterThanOrEqualTo(row % batch == 0 ? 0 : before);
      before = rank;
    }
    for (int rank = 0; rank < size; rank++) {
      assertThat(parts.rowsOf(rank, data)).as("rank %s", rank).isEqualTo(counted[rank]);
    }
  }

  @Test
  void a_batch_without_a_row_for_each_is_refused() {
    assertThatThrownBy(() -> new Parts(3, 4))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("at least a row for each of 4 processes, received 3");
  }
}
