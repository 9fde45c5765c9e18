package dev.sinter.cuda.check;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.sinter.backend.Probe;
import dev.sinter.bench.Child;
import dev.sinter.bench.Command;
import dev.sinter.cuda.CudaProvider;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The check as far as it goes without a GPU. */
class GpuCheckTest {
  @TempDir private Path folder;

  @Test
  void run_withoutGpu_exitsWithTwoAndWritesNothing() {
    Probe probe = new CudaProvider().probe();
    Assumptions.assumeFalse(probe.usable(), probe.device());
    Path out = folder.resolve("report");
    assertThat(GpuCheck.run("--out", out.toString())).isEqualTo(2);
    assertThat(out).doesNotExist();
  }

  @Test
  void run_unknownPhaseOrBackend_exitsWithTwo() {
    assertThat(GpuCheck.run("--phases", "dreams")).isEqualTo(2);
    assertThat(GpuCheck.run("--rehearse", "tpu", "--out", folder.resolve("x").toString()))
        .isEqualTo(2);
  }

  @Test
  void run_rehearsal_writesBothReports() throws Exception {
    int code =
        GpuCheck.run(
            "--rehearse", "reference", "--phases", "info,sanitizer", "--out", folder.toString());
    assertThat(code).isZero();
    JsonNode report = new ObjectMapper().readTree(folder.resolve("gpu-report.json").toFile());
    assertThat(report.path("rehearsal").asBoolean()).isTrue();
    assertThat(report.path("passed").asBoolean()).isTrue();
    assertThat(report.at("/phases/info/status").asText()).isEqualTo("passed");
    assertThat(report.at("/phases/info/details/info/backends").size()).isPositive();
    assertThat(report.at("/phases/sanitizer/status").asText()).isEqualTo("skipped");
    assertThat(Files.readString(folder.resolve("gpu-report.md")))
        .contains("A rehearsal on the backend reference", "| info | passed |");
  }

  @Test
  void sanitizer_isJudgedByItsSummary() {
    String clean = "trained\n========= ERROR SUMMARY: 0 errors\n";
    String race = "========= RACECHECK SUMMARY: 1 hazard displayed (1 error, 0 warnings)\n";
    String none = "========= RACECHECK SUMMARY: 0 hazards displayed (0 errors, 0 warnings)\n";
    Result result = new Result();
    assertThat(Phases.judge(result, "memcheck", new Child.Ended(0, "", clean))).isTrue();
    assertThat(Phases.judge(result, "racecheck", new Child.Ended(0, "", none))).isTrue();
    assertThat(Phases.judge(result, "old", new Child.Ended(1, "", "Device not supported")))
        .isFalse();
    assertThat(Phases.judge(result, "slow", new Child.Ended(-1, "not done after 60 s", "")))
        .isFalse();
    assertThat(result.status()).isEqualTo(Result.Status.PASSED);
    assertThat(result.lines())
        .containsExactly(
            "memcheck: ERROR SUMMARY: 0 errors",
            "racecheck: RACECHECK SUMMARY: 0 hazards displayed (0 errors, 0 warnings)",
            "old: nothing is known: exit code 1: Device not supported",
            "slow: nothing is known: not done after 60 s: nothing printed");
    assertThat(Phases.judge(result, "racecheck", new Child.Ended(9, "", race))).isTrue();
    assertThat(result.status()).isEqualTo(Result.Status.FAILED);
  }

  @Test
  void report_failedPhase_failsTheWhole() throws Exception {
    Report report = new Report("cuda", "a device", false);
    report.add("info", new Report.Timed(new Result().say("fine"), 1));
    assertThat(report.failed()).isFalse();
    report.add("contract", new Report.Timed(new Result().fail("3 tests failed").say("more"), 2));
    report.write(folder);
    assertThat(report.failed()).isTrue();
    assertThat(Files.readString(folder.resolve("gpu-report.md")))
        .contains("something failed.", "| contract | failed | 2 |", "3 tests failed\nmore\n");
    assertThat(Files.readString(folder.resolve("gpu-report.json")))
        .contains("\"passed\" : false", "3 tests failed");
  }

  /** Where PyTorch or its GPU is missing, the script says so in a line; else it names it. */
  @Test
  void torchPeer_withoutWork_saysWhatIsThere() throws Exception {
    Path script = folder.resolve("torch_peer.py");
    try (var source = GpuCheck.class.getResourceAsStream("torch_peer.py")) {
      Files.write(script, source.readAllBytes());
    }
    Child.Ended ended =
        Command.of("python3", script.toString()).log(folder.resolve("log")).run(120);
    Assumptions.assumeFalse(ended.failure().contains("could not be started"), "no python3");
    assertThat(ended.exit()).as(ended.output()).isIn(0, 2);
    assertThat(ended.output()).containsPattern("\"torch\": |PyTorch is not installed|no CUDA");
  }
}
