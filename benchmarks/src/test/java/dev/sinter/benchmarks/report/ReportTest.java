package dev.sinter.benchmarks.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.RunException;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command line, and the processes it starts. */
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
    assertThat(run("table", Results.recorded(folder), "--out", target, "--baseline", "nd4j"))
        .isZero();
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
        .contains("A laptop", "B tower", "3.00 times at 32");
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
    assertThat(err.toString()).contains("quick, full, compare");
    assertThat(run("compare", "a.json")).isEqualTo(2);
    assertThat(run("nonsense")).isEqualTo(2);
    assertThat(run("quick", "--batches", "0")).isEqualTo(2);
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

  @Test
  void process_thatPrints_hasItsLinesAndTrainersEnvironment() {
    List<String> lines = new ArrayList<>();
    List<String> command = ChildProcess.java(folder, "nd4j");
    command.add(Child.class.getName());
    assertThat(ChildProcess.run(command, "nd4j", folder.resolve("log"), 60, lines::add))
        .isEqualTo(3);
    assertThat(lines).hasSize(1).first().asString().startsWith("waits ");
    assertThat(folder.resolve("log")).content().contains("to the log");
  }

  @Test
  void process_thatHangs_isEnded() {
    List<String> command = ChildProcess.java(folder, "onednn");
    command.addAll(List.of(Child.class.getName(), "hang"));
    assertThatThrownBy(() -> ChildProcess.run(command, "onednn", folder.resolve("log"), 1, null))
        .isInstanceOf(RunException.class)
        .hasMessageContainingAll("onednn", "within 1 s");
  }

  @Test
  void process_thatDoesNotExist_isSaidSo() {
    assertThatThrownBy(
            () ->
                ChildProcess.run(
                    List.of("no-such-program-here"), "x", folder.resolve("log"), 5, null))
        .isInstanceOf(RunException.class)
        .hasMessageContaining("no-such-program-here");
    assertThat(Machine.first(folder.resolve("log"), "no-such-program-here")).isEmpty();
  }

  /** What the tests start. */
  static final class Child {
    private Child() {}

    public static void main(String[] arguments) throws InterruptedException {
      if (arguments.length > 0) {
        Thread.sleep(600_000);
      }
      System.err.println("to the log");
      System.out.println("waits " + System.getenv("OMP_WAIT_POLICY"));
      System.exit(3);
    }
  }
}
