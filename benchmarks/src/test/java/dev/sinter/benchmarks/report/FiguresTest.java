package dev.sinter.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Medians, numbers, names, tables. */
class FiguresTest {
  @Test
  void spread_oddAndEvenCounts_isNumPys() {
    assertThat(Spread.of(List.of(3.0, 1.0, 2.0))).isEqualTo(new Spread(2, 1.5, 2.5, 1, 3, 3));
    assertThat(Spread.of(List.of(4.0, 1.0, 2.0, 3.0)))
        .isEqualTo(new Spread(2.5, 1.75, 3.25, 1, 4, 4));
    assertThat(Spread.of(List.of(7.0))).isEqualTo(new Spread(7, 7, 7, 7, 7, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "101234, 101 000",
    "53949, 53 900",
    "999.6, '1 000'",
    "12300000000, 12 300 000 000",
    "123, 123",
    "12.34, 12.3",
    "1, 1.00",
    "0.001234, 0.00123",
    "0, 0",
    "99.96, 100",
    "NaN, -",
    "Infinity, -",
    "-5.5, -5.50"
  })
  void number_ofAnySize_hasThreeDigits(double value, String expected) {
    assertThat(Numbers.of(value)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0",
    "0.5, 0.5",
    "500, 500",
    "20000, 20k",
    "1024000, 1.02M",
    "1000000, 1M",
    "999, 999"
  })
  void axisLabel_ofAnySize_isShort(double value, String expected) {
    assertThat(Numbers.axis(value)).isEqualTo(expected);
  }

  @Test
  void ratio_toZero_isNone() {
    assertThat(Numbers.ratio(1, 0)).isEqualTo(Numbers.NONE);
  }

  @ParameterizedTest
  @CsvSource({
    "dev.sinter.benchmarks.StepBenchmark.train, step.train",
    "dev.sinter.benchmarks.TrainBenchmark.train, train",
    "x.y.Benchmark.call, call",
    "call, call"
  })
  void benchmarkName_full_isShortened(String full, String expected) {
    assertThat(Row.shortName(full)).isEqualTo(expected);
  }

  @Test
  void table_withPipesBreaksAndEmptyColumns_staysOne() {
    MarkdownTable table = new MarkdownTable().text("a").number("b").text("unused");
    table.row(List.of("x | y\nz", "1", ""));
    table.row(List.of("\u00fc", "10", ""));
    assertThat(table.toString())
        .isEqualTo(
            """
            | a        |  b |
            |----------|---:|
            | x \\| y z |  1 |
            | \u00fc        | 10 |
            """);
  }
}
