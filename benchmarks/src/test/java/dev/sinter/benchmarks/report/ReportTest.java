package dev.sinter.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line, without measuring. */
class ReportTest {
  @TempDir private Path folder;

  private final StringWriter out = new StringWriter();
  private final StringWriter err = new StringWriter();

  private int run(Object... arguments) {
    String[] texts = List.of(arguments).stream().map(String::valueOf).toArray(String[]::new);
    return Report.run(new PrintWriter(out, true), new PrintWriter(err, true), texts);
  }

  @Test
  void table_ofJmhsFile_writesTableAndChart() throws IOException {
    Path target = folder.resolve("new/folder");
    assertThat(run("table", Results.recorded(folder), "--out", target)).isZero();
    assertThat(target.resolve("table.md"))
        .content()
        .contains("against nd4j", "ceiling.largeGemms:step");
    assertThat(Files.size(target.resolve("chart.png"))).isGreaterThan(10_000);
    assertThat(out.toString()).contains("against nd4j");
  }

  @Test
  void compare_twoFiles_writesTableAndChart() throws IOException {
    Path a =
        Results.write(
            folder.resolve("a.json"),
            Results.file("A laptop", Results.step("onednn", "d", 32, 10)));
    Path b =
        Results.write(
            folder.resolve("b.json"), Results.file("B tower", Results.step("onednn", "d", 32, 30)));
    assertThat(run("compare", a, b, "--out", folder)).isZero();
    assertThat(folder.resolve("compare.md"))
        .content()
        .contains("A laptop", "B tower", "3.0 times at 32", "side=B");
    assertThat(Files.size(folder.resolve("compare.png"))).isGreaterThan(10_000);
  }

  @Test
  void compare_badInput_isOneMessageAndWritesNothing() throws IOException {
    Path good = Results.recorded(folder);
    Path damaged = Files.writeString(folder.resolve("damaged.json"), "[{");
    Path other =
        Results.write(folder.resolve("o.json"), Results.file("x", Results.step("cuda", "d", 7, 1)));
    Path target = folder.resolve("out");
    for (List<Object> pair :
        List.of(
            List.<Object>of(good, damaged),
            List.<Object>of(good, folder.resolve("none")),
            List.<Object>of(good, other))) {
      err.getBuffer().setLength(0);
      assertThat(run("compare", pair.get(0), pair.get(1), "--out", target)).isEqualTo(2);
      assertThat(err.toString().lines()).hasSize(1);
      assertThat(err.toString()).startsWith("scripts/bench: ").contains("expected", "received");
    }
    assertThat(target).doesNotExist();
    assertThat(out.toString()).isEmpty();
  }

  @Test
  void arguments_missingOrUnknown_exitWithTwo() {
    assertThat(run()).isEqualTo(2);
    assertThat(err.toString()).contains("scripts/bench", "quick");
    assertThat(run("compare", "a.json")).isEqualTo(2);
    assertThat(run("nonsense")).isEqualTo(2);
    assertThat(run("quick", "--batches", "0")).isEqualTo(2);
    assertThat(run("quick", "--threads", "-1")).isEqualTo(2);
    assertThat(run("quick", "--recipes", "nonsense")).isEqualTo(2);
    assertThat(run("--help")).isZero();
    assertThat(run("full", "--help")).isZero();
    assertThat(out.toString()).contains("--peers", "quick");
  }

  @Test
  void out_thatIsAFile_isRefused() throws IOException {
    Path file = Files.writeString(folder.resolve("file"), "");
    assertThat(run("table", Results.recorded(folder), "--out", file)).isEqualTo(2);
    assertThat(err.toString()).contains("--out");
  }

  /** One machine's CPU beside its GPU. */
  @Test
  void compare_oneFileWithTrainersNamed_isTwoSides() throws IOException {
    Path file =
        Results.write(
            folder.resolve("r.json"),
            Results.file(
                "x",
                Results.step("onednn", "d", 32, 10),
                Results.step("onednn", "d", 512, 20),
                Results.step("cuda", "d", 32, 5),
                Results.step("cuda", "d", 512, 60)));
    assertThat(run("compare", file, file, "--a", "onednn", "--b", "cuda", "--out", folder))
        .isZero();
    assertThat(out.toString()).contains("B is faster from 512 on (3.0 times at 512)");
  }

  @Test
  void java_ofATrainer_hasItsNativesCacheAndEnvironment() {
    assertThat(Report.natives("dl4j")).isEqualTo("nd4j");
    assertThat(Report.natives("cuda-tf32")).isEqualTo("cuda");
    assertThat(Report.java("cuda-tf32", "Main", List.of("x")).words())
        .anyMatch(word -> word.matches("-Dorg.bytedeco.javacpp.cachedir=.*javacpp.cuda"))
        .endsWith("Main", "x");
  }
}
