package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.BackendProvider;
import dev.sinter.backend.Backends;
import dev.sinter.backend.Probe;
import dev.sinter.cli.BenchReport.Cell;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table, the verdict and the JSON of {@code sinter bench}, without measuring anything. */
class BenchReportTest {
  private record Fake(String name, int rank, Probe probe) implements BackendProvider {
    @Override
    public Backend open(BackendOptions options) {
      throw new AssertionError("a report opens nothing");
    }
  }

  private static Backends.Candidate candidate(String name, Probe probe) {
    return new Backends.Candidate(new Fake(name, 1, probe), probe);
  }

  private static final List<Backends.Candidate> CANDIDATES =
      List.of(
          candidate("cuda", Probe.refused("not in this build; build with -Pcuda")),
          candidate("fast", Probe.usable("CPU", "")),
          candidate("slow", Probe.usable("CPU", "")));

  private static final List<String> RECIPES = List.of("mnist-dense", "digits01");

  private static Cell cell(String backend, String recipe, double rate) {
    return new Cell(backend, recipe, 2, 1000, 5, rate, rate / 2, rate * 2, 0.5, 0.25, "");
  }

  private static BenchReport report(Cell... cells) {
    return new BenchReport("generated digits", 8, CANDIDATES, RECIPES, List.of(cells));
  }

  private static String print(BenchReport report) {
    StringWriter text = new StringWriter();
    PrintWriter out = new PrintWriter(text);
    report.print(out);
    out.flush();
    return text.toString();
  }

  @Test
  void print_figures_standInColumnsWithTheReasonOfOthers() {
    BenchReport report =
        report(
            cell("fast", "mnist-dense", 84_120.4),
            cell("fast", "digits01", 1_234_567.6),
            cell("slow", "mnist-dense", 999.5),
            cell("slow", "digits01", 12));
    Locale before = Locale.getDefault();
    try {
      Locale.setDefault(Locale.GERMANY); // a comma stays a comma
      assertThat(print(report).lines().toList().subList(1, 8))
          .containsExactly(
              "generated digits",
              "",
              "backend    threads    mnist-dense       digits01",
              "cuda             - not in this build; build with -Pcuda",
              "fast             2         84,120      1,234,568",
              "slow             2          1,000             12",
              "");
    } finally {
      Locale.setDefault(before);
    }
    assertThat(report.verdict()).isEqualTo("auto takes fast, the fastest here on each recipe");
    assertThat(report.toJson().get("auto_is_fastest").booleanValue()).isTrue();
  }

  @Test
  void print_problems_areMarkedAndExplained() {
    Cell rising = new Cell("fast", "digits01", 2, 1000, 5, 500, 1, 1, 0.25, 0.5, "the loss rose");
    BenchReport report =
        report(
            cell("fast", "mnist-dense", 100),
            rising,
            Cell.failed("slow", "mnist-dense", "the JVM ended early"),
            Cell.failed("slow", "digits01", "the JVM ended early"));
    assertThat(print(report))
        .contains("fast             2            100           500!\n")
        .contains("slow             -         failed         failed\n")
        .contains("fast, digits01: the loss rose\n")
        .contains("slow, mnist-dense: the JVM ended early\n");
    assertThat(report.problems()).hasSize(3);
  }

  @Test
  void verdict_anotherBackendFaster_namesItAndHowMuch() {
    BenchReport report =
        report(
            cell("fast", "mnist-dense", 100),
            cell("fast", "digits01", 100),
            cell("slow", "mnist-dense", 50),
            cell("slow", "digits01", 250));
    assertThat(report.verdict())
        .isEqualTo(
            "auto takes fast, but slow was 2.50 times as fast on digits01: --backend chooses");
    assertThat(report.toJson().get("auto_is_fastest").booleanValue()).isFalse();
  }

  @Test
  void verdict_nothingToCompare_saysSo() {
    assertThat(report(cell("fast", "mnist-dense", 1), cell("fast", "digits01", 1)).verdict())
        .isEqualTo("auto takes fast; no other backend was measured");
    BenchReport other = report(cell("slow", "mnist-dense", 1), cell("slow", "digits01", 1));
    assertThat(other.verdict()).isEqualTo("auto takes fast, which has no figures here");
    assertThat(other.toJson().get("auto_is_fastest").booleanValue()).isFalse();
  }

  @Test
  void toJson_cells_comeBackAsTheyWere() {
    Cell cell = cell("fast", "digits01", 1234.5);
    assertThat(Json.to(Cell.class, Json.parse(Json.of(cell).toString()))).isEqualTo(cell);
    Cell failed = Cell.failed("fast", "digits01", "kaputt \"ü\"\n");
    assertThat(Json.to(Cell.class, Json.parse(Json.of(failed).toString()))).isEqualTo(failed);
    assertThat(Json.of(failed).toString()).doesNotContain("\n");
    assertThat(report(cell).toJson().get("unavailable").get(0).get("reason").textValue())
        .isEqualTo("not in this build; build with -Pcuda");
  }

  @ParameterizedTest
  @CsvSource({
    "100000, 60000, 128, 60000", // fast: all
    "60000, 60000, 128, 60000",
    "1000, 60000, 128, 896", // whole batches
    "1, 60000, 128, 256", // at least two batches
    "0, 100, 128, 100", // of what there is
    "Infinity, 1000, 32, 1000"
  })
  void size_ofAnEpoch_isWholeBatchesOrAll(double wished, int all, int batch, int size) {
    assertThat(BenchChild.size(wished, all, batch)).isEqualTo(size);
  }

  @Test
  void median_evenAndOdd_isTheMiddle() {
    assertThat(BenchChild.median(List.of(1.0))).isEqualTo(1);
    assertThat(BenchChild.median(List.of(1.0, 3.0))).isEqualTo(2);
    assertThat(BenchChild.median(List.of(1.0, 3.0, 100.0))).isEqualTo(3);
  }

  @Test
  void progress_onATerminal_replacesItsLineAndClearsIt() {
    StringWriter text = new StringWriter();
    BenchCommand.Progress progress = new BenchCommand.Progress(new PrintWriter(text), 9, 8, true);
    progress.show("reference", "mnist-dense", 0);
    String first = text.toString();
    assertThat(first).startsWith("\rreference, mnist-dense: 1 of 9, about ").doesNotContain("\n");
    progress.show("x", "y", 8);
    progress.clear();
    assertThat(text.toString()).endsWith(" \r").doesNotContain("\n");

    StringWriter file = new StringWriter();
    BenchCommand.Progress silent = new BenchCommand.Progress(new PrintWriter(file), 9, 8, false);
    silent.show("x", "y", 0);
    silent.clear();
    assertThat(file.toString()).isEmpty();
  }
}
