package dev.sinter.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The number of bytes that the copy reports. */
class MemoryCopyTest {
  @ParameterizedTest
  @CsvSource({"1, 1", "4096, 1", "100000, 2", "1000000, 3"})
  void move_severalTimes_fallsShortByLessThanAPass(long bytes, int threads) {
    try (MemoryCopy copy = new MemoryCopy(bytes, threads)) {
      long moved = 0;
      for (int i = 0; i < 7; i++) {
        moved += copy.move(1_000_001);
      }
      assertThat(7 * 1_000_001L - moved).isBetween(0L, Math.max(bytes, 2L * 64 * threads));
    }
  }
}
