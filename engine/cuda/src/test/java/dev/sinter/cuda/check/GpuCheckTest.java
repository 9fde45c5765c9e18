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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
    assertThat(Tools.judge(result, "memcheck", new Child.Ended(0, "", clean))).isTrue();
    assertThat(Tools.judge(result, "racecheck", new Child.Ended(0, "", none))).isTrue();
    assertThat(Tools.judge(result, "old", new Child.Ended(1, "", "Device not supported")))
        .isFalse();
    assertThat(Tools.judge(result, "slow", new Child.Ended(-1, "not done after 60 s", "")))
        .isFalse();
    assertThat(result.status()).isEqualTo(Result.Status.PASSED);
    assertThat(result.lines())
        .containsExactly(
            "memcheck: ERROR SUMMARY: 0 errors",
            "racecheck: RACECHECK SUMMARY: 0 hazards displayed (0 errors, 0 warnings)",
            "old: nothing is known: exit code 1: Device not supported",
            "slow: nothing is known: not done after 60 s: nothing printed");
    assertThat(Tools.judge(result, "racecheck", new Child.Ended(9, "", race))).isTrue();
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

  @Test
  void report_ofAPhaseThatHasNotEnded_hasThePhasesBefore() throws Exception {
    Report report = new Report("cuda", "a device", false);
    report.add("info", new Report.Timed(new Result().say("fine"), 1));
    report.begin("contract");
    report.write(folder);
    assertThat(Files.readString(folder.resolve("gpu-report.md")))
        .contains("| info | passed | 1 |", "| contract | running | 0 |");
  }

  @Test
  void run_withoutTime_skipsEachPhaseWithTheReason() throws Exception {
    int code =
        GpuCheck.run("--rehearse", "reference", "--minutes", "0.001", "--out", folder.toString());
    assertThat(code).isZero();
    JsonNode report = new ObjectMapper().readTree(folder.resolve("gpu-report.json").toFile());
    assertThat(report.path("phases").size()).isEqualTo(GpuCheck.Name.values().length);
    assertThat(report.path("phases"))
        .allSatisfy(phase -> assertThat(phase.path("status").asText()).isEqualTo("skipped"));
    assertThat(report.at("/phases/contract/lines/0").asText())
        .isEqualTo("needs 60 s; 0 s are left of 0 s");
  }

  @Test
  void seconds_ofAPhase_areItsShareOfTheTimeAndNeverMoreThanIsLeft() {
    assertThat(GpuCheck.Name.contract.seconds(400, 465)).isEqualTo(250);
    assertThat(GpuCheck.Name.contract.seconds(200, 232.5)).isEqualTo(125);
    assertThat(GpuCheck.Name.contract.seconds(70, 465)).isEqualTo(70);
    assertThat(GpuCheck.Name.smoke.seconds(60, 60)).isEqualTo(20);
  }

  private static Child.Ended lines(int exit, String... lines) {
    return new Child.Ended(exit, "", String.join("\n", lines));
  }

  private static String line(String name, String status) {
    return "{\"case\":\"%s\",\"status\":\"%s\",\"text\":\"words\"}".formatted(name, status);
  }

  @Test
  void smoke_aCaseThatEndsItsProcess_failsAndTheOthersGoOn() {
    List<List<String>> asked = new ArrayList<>();
    SmokePhase phase =
        new SmokePhase(
            (cut, name, ended) -> false,
            (record, names) -> {
              asked.add(names);
              if (record != null) {
                return lines(0, line("b", "begun"), line("b", "passed"));
              }
              return names.contains("b")
                  ? lines(3, line("a", "begun"), line("a", "passed"), line("b", "begun"))
                  : lines(0, line("c", "skipped"));
            },
            folder);
    Result result = new Result();
    phase.run(result, List.of("a", "b", "c"));
    assertThat(asked).containsExactly(List.of("a", "b", "c"), List.of("c"), List.of("b"));
    assertThat(result.status()).isEqualTo(Result.Status.FAILED);
    assertThat(result.lines())
        .contains(
            "1 cases passed, 1 skipped",
            "skipped c: words",
            "b: its process ended: exit code 3: " + line("b", "begun"),
            "  passes where each launch runs by itself: look at graphs, copies and streams");
  }

  @Test
  void smoke_withoutTimeForAll_isCutAndNotFailed() {
    SmokePhase phase =
        new SmokePhase(
            (result, name, ended) -> result.cut("over").status() == Result.Status.CUT,
            (record, names) -> lines(-1, line("a", "passed"), line("b", "begun")),
            null);
    Result result = new Result();
    phase.run(result, List.of("a", "b", "c"));
    assertThat(result.status()).isEqualTo(Result.Status.CUT);
    assertThat(result.lines()).containsExactly("over", "1 cases passed, 0 skipped", "not run: c");
  }

  @Test
  void pack_moreThanThereIsRoomFor_keepsReportsFirstAndNamesTheRest() throws Exception {
    Path out = Files.createDirectories(folder.resolve("out"));
    Path target = folder.resolve("pack");
    Files.writeString(out.resolve("gpu-report.md"), "report");
    Files.createDirectories(out.resolve("failures"));
    Files.createDirectories(out.resolve("logs"));
    Random random = new Random(1);
    for (String name : List.of("failures/a.zip", "failures/b.zip", "logs/c.log", "logs/d.log")) {
      byte[] content = new byte[name.endsWith("d.log") ? 40_000 : 12_000];
      random.nextBytes(content);
      Files.write(out.resolve(name), content);
    }
    Pack.write(out, target, 30_000);
    assertThat(Files.readAllLines(target.resolve("pack-contents.txt")))
        .containsExactly(
            "gpu-report.md",
            "failures/a.zip in pack-1.zip",
            "failures/b.zip in pack-1.zip",
            "logs/c.log in pack-2.zip",
            "left out, no room: logs/d.log, 40000 bytes");
    try (Stream<Path> files = Files.list(target)) {
      assertThat(files.toList()).hasSize(4).allMatch(file -> file.toFile().length() <= 30_000);
    }
    for (int i = 0; i < 9; i++) {
      byte[] content = new byte[25_000];
      random.nextBytes(content);
      Files.write(out.resolve("logs/e" + i + ".log"), content);
    }
    Pack.write(out, target, 30_000);
    try (Stream<Path> files = Files.list(target)) {
      assertThat(files.count()).isEqualTo(8);
    }
    assertThat(Files.readString(target.resolve("pack-contents.txt")))
        .contains("left out, no room: logs/e8.log");
  }

  @Test
  void ncu_aRawPage_becomesATableOfKernels() {
    String names =
        "\"ID\",\"Kernel Name\",\"Grid Size\",\"gpu__time_duration.sum\","
            + "\"launch__registers_per_thread\",\"dram__bytes.sum\"";
    Result result = new Result();
    boolean measured =
        Tools.profile(
            result,
            List.of(
                "==PROF== Connected",
                names,
                "\"\",\"\",\"\",\"ns\",\"register/thread\",\"byte\"",
                "\"0\",\"product\",\"(8, 4, 1)\",\"2,000\",\"64\",\"100\"",
                "\"1\",\"product\",\"(8, 4, 1)\",\"4,000\",\"64\",\"300\""));
    assertThat(measured).isTrue();
    JsonNode kernel = result.details().at("/kernels/product (8,4,1)");
    assertThat(kernel.path("launches").asInt()).isEqualTo(2);
    assertThat(kernel.path("ns").asDouble()).isEqualTo(3000);
    assertThat(kernel.path("registers").asDouble()).isEqualTo(64);
    assertThat(kernel.path("DRAM bytes").asDouble()).isEqualTo(200);
    assertThat(Tools.profile(new Result(), List.of("==ERROR== ERR_NVGPUCTRPERM"))).isFalse();
  }

  @Test
  void ratios_ofWhatWasMeasured_areOneTable() throws Exception {
    ObjectMapper mapper = new ObjectMapper();
    Map<String, JsonNode> measured = new LinkedHashMap<>();
    measured.put("sinter mnist-dense:128:float32:fused", mapper.readTree("{\"median\": 8e6}"));
    measured.put("torch mnist-dense:128:float32:eager", mapper.readTree("{\"median\": 4e5}"));
    measured.put("jax mnist-dense:128:float32:scan", mapper.readTree("{\"median\": 2e6}"));
    List<String> lines = Benchmarks.ratios(measured);
    assertThat(lines).hasSize(3);
    assertThat(lines.get(2).strip().split(" +"))
        .containsExactly(
            "mnist-dense:128:float32", "8,000,000", "20.00", "-", "-", "-", "-", "4.00", "-");
  }

  /** Where PyTorch, JAX or a GPU is missing, the script says so in a line; else it names it. */
  @ParameterizedTest
  @CsvSource({"torch, PyTorch", "jax, JAX"})
  void peer_withoutWork_saysWhatIsThere(String name, String title) throws Exception {
    Path script = folder.resolve(name + "_peer.py");
    try (var source = GpuCheck.class.getResourceAsStream(name + "_peer.py")) {
      Files.write(script, source.readAllBytes());
    }
    Child.Ended ended =
        Command.of("python3", script.toString()).log(folder.resolve("log")).run(120);
    Assumptions.assumeFalse(ended.failure().contains("could not be started"), "no python3");
    assertThat(ended.exit()).as(ended.output()).isIn(0, 2);
    assertThat(ended.output())
        .containsPattern("\"" + name + "\": |" + title + " is not installed|no CUDA");
  }
}
