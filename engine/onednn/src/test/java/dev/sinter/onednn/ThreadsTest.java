package dev.sinter.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ThreadsTest {
  @ParameterizedTest
  @CsvSource(
      nullValues = "null",
      value = {"null,3", "4,4", "' 4 ',4", "'2,1',2", "0,3", "-1,3", "many,3", "'',3"})
  void count_ofTheVariable_isItsFirstNumberOrTheCores(String wanted, int expected) {
    assertThat(Threads.count(wanted, 3)).isEqualTo(expected);
  }
}
