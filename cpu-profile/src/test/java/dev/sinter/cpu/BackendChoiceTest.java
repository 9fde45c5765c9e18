package dev.sinter.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sinter.backend.Backends;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** What is chosen on this module's class path, and what happens when the natives are taken away. */
class BackendChoiceTest {
  /** Jars by name: oneDNN's natives, and all natives of both backends. */
  private static final String ONEDNN = "dnnl-.*-(linux|macosx|windows)-.*";

  private static final String ALL = ONEDNN + "|nd4j-native.*";

  @TempDir Path folder;

  @Test
  void survey_nativesOnTheClassPath_onednnIsTheBestUsableButOnArm64() {
    Backends.Candidate best =
        Backends.survey().stream()
            .filter(candidate -> candidate.probe().usable())
            .findFirst()
            .orElseThrow();
    boolean arm = System.getProperty("os.arch").equals("aarch64");
    assertThat(best.name()).isEqualTo(arm ? "nd4j" : "onednn");
  }

  @Test
  void auto_withoutOneDnnNatives_picksNd4jAndSaysWhy() throws Exception {
    Run run = sinter(ONEDNN, "train", "digits01", "--generated", "--epochs", "1", "--limit", "64");
    assertThat(run.code).as(run.output).isZero();
    assertThat(run.output).contains("backend nd4j on CPU").doesNotContain("\tat ");
    if (!System.getProperty("os.arch").equals("aarch64")) {
      assertThat(run.output)
          .contains("onednn refused: oneDNN did not load (")
          .contains("add org.bytedeco:dnnl");
    }
  }

  @Test
  void named_withoutOneDnnNatives_exitsWith2AndTheReason() throws Exception {
    Run run = sinter(ONEDNN, "train", "digits01", "--generated", "--backend", "onednn");
    assertThat(run.code).as(run.output).isEqualTo(2);
    assertThat(run.output)
        .contains("Backend onednn cannot run here: oneDNN did not load (")
        .doesNotContain("\tat ");
  }

  @Test
  void auto_withoutNatives_fallsBackAndSaysWhy() throws Exception {
    Run run = sinter(ALL, "train", "digits01", "--generated", "--epochs", "1", "--limit", "64");
    assertThat(run.code).as(run.output).isZero();
    assertThat(run.output)
        .contains("backend reference on plain Java")
        .contains("nd4j refused: ")
        .contains("onednn refused: ")
        .doesNotContain("\tat ");
  }

  @Test
  void named_withoutNatives_exitsWith2AndTheReason() throws Exception {
    Run run = sinter(ALL, "train", "digits01", "--generated", "--backend", "nd4j");
    assertThat(run.code).as(run.output).isEqualTo(2);
    assertThat(run.output)
        .contains("Backend nd4j cannot run here: ")
        .doesNotContain("\tat ")
        .doesNotContain("Exception");
  }

  @Test
  void info_withNatives_printsNoWarningAndNoStackTrace() throws Exception {
    Run run = sinter(null, "info");
    assertThat(run.code).as(run.output).isZero();
    assertThat(run.output)
        .contains("<- auto")
        .doesNotContain("WARNING")
        .doesNotContain("\tat ")
        .doesNotContain("SLF4J");
  }

  /** In a build with -Pnd4j-cuda, whose CUDA backend prints a stack trace when it is touched. */
  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "nvidia-smi is a shell script here")
  void nd4jCuda_withoutAGpu_trainsOnTheCpuAndSaysWhy() throws Exception {
    assumeNd4jCuda();
    nvidiaSmi("echo No devices were found; exit 6");
    String reason = "no NVIDIA GPU found (nvidia-smi says: No devices were found)";
    String[] words = {"train", "digits01", "--generated", "--epochs", "1", "--limit", "64"};
    for (String without : new String[] {null, ONEDNN}) { // auto takes onednn, then nd4j
      Run run = sinter(without, words);
      assertThat(run.code).as(run.output).isZero();
      assertThat(run.output).contains(reason).doesNotContain("\tat ");
    }
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "nvidia-smi is a shell script here")
  void nd4jCuda_onHopper_isRefusedAndNamesTheProfile() throws Exception {
    assumeNd4jCuda();
    nvidiaSmi("echo 9.0, 550.54.15, NVIDIA H100 PCIe");
    Run run = sinter(null, "train", "digits01", "--generated", "--backend", "nd4j");
    assertThat(run.code).as(run.output).isEqualTo(2);
    assertThat(run.output).contains("compute capability 9.0", "-Pcuda").doesNotContain("\tat ");
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "nvidia-smi is a shell script here")
  void nd4jCuda_thatDoesNotStart_trainsOnTheCpuAndSaysSo() throws Exception {
    assumeNd4jCuda();
    assumeTrue(
        Files.notExists(Path.of("/proc/driver/nvidia/version")), "there is a GPU: it may start");
    nvidiaSmi("echo 8.6, 550.54.15, NVIDIA A10");
    Run run =
        sinter(null, "train", "digits01", "--generated", "--limit", "64", "--backend", "nd4j");
    assertThat(run.code).as(run.output).isZero();
    assertThat(run.output)
        .contains("ND4J's CUDA natives did not start", "nd4j on CPU")
        .doesNotContain("\tat ");
  }

  private static void assumeNd4jCuda() {
    assumeTrue(
        BackendChoiceTest.class.getResource("/org/nd4j/linalg/jcublas/JCublasBackend.class")
            != null,
        "not a build with -Pnd4j-cuda");
  }

  /** Puts a program first on the search path of {@link #sinter}. */
  private void nvidiaSmi(String script) throws IOException {
    Path program = Files.createDirectories(folder.resolve("bin")).resolve("nvidia-smi");
    Files.writeString(program, "#!/bin/sh\n" + script + "\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
  }

  private record Run(int code, String output) {}

  /**
   * Runs the command line in a JVM of its own, as scripts/sinter starts it, without the jars whose
   * name matches a pattern.
   */
  private Run sinter(String without, String... arguments) throws IOException, InterruptedException {
    String classPath =
        Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
            .filter(
                entry ->
                    without == null || !Path.of(entry).getFileName().toString().matches(without))
            .collect(Collectors.joining(File.pathSeparator));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.add("-Dslf4j.provider=dev.sinter.cli.Log");
    command.add("-Dslf4j.internal.verbosity=WARN");
    if (Runtime.version().feature() >= 24) {
      command.addAll(
          List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow"));
    }
    command.addAll(List.of("-cp", classPath, "dev.sinter.cli.Main"));
    command.addAll(List.of(arguments));
    Path output = folder.resolve("output.txt");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
    builder
        .environment()
        .merge("PATH", "", (path, none) -> folder.resolve("bin") + File.pathSeparator + path);
    builder.environment().remove("CUDA_VISIBLE_DEVICES");
    Process process = builder.start();
    process.getOutputStream().close();
    try {
      assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
    } finally {
      process.destroyForcibly();
    }
    return new Run(process.exitValue(), Files.readString(output, StandardCharsets.UTF_8));
  }
}
