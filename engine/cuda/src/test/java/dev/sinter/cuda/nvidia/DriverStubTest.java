package dev.sinter.cuda.nvidia;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.cli.Main;
import dev.sinter.cli.TinyMnist;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The real natives and the real NVRTC with a libcuda that answers like old drivers, empty machines
 * and old devices, and whose kernels do next to nothing: see libcuda.c.
 */
class DriverStubTest {
  private static final String FIRST = "GPU-a0a1a2a3-a4a5-a6a7-a8a9-aaabacadae00";
  private static final String SECOND = "GPU-a0a1a2a3-a4a5-a6a7-a8a9-aaabacadae01";

  /** Choices and kernels of a stub must not go to the cache of the user. */
  @TempDir private static Path cache;

  /** A few digits: to generate a whole set costs each JVM two seconds. */
  @TempDir private static Path data;

  @BeforeAll
  static void writeData() {
    TinyMnist.write(data);
  }

  /** Returns a command that trains for one epoch. */
  private static String[] train(String... further) {
    String[] command = {"train", "digits01", "--epochs", "1", "--data", data.toString()};
    return Stream.of(command, further).flatMap(Stream::of).toArray(String[]::new);
  }

  private static String[] trainOnCuda() {
    return train("--backend", "cuda");
  }

  private static String source() {
    try (InputStream stream = DriverStubTest.class.getResourceAsStream("libcuda.c")) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static ChildJvm.Result run(String defines, Class<?> main, String... command) {
    Path stub = ChildJvm.stub(defines + source());
    try {
      return ChildJvm.run(stub, Map.of("XDG_CACHE_HOME", cache.toString()), main, command);
    } finally {
      ChildJvm.deleteAll(stub);
    }
  }

  private static void refused(ChildJvm.Result result, String reason) {
    assertThat(result.exit()).as(result.output()).isEqualTo(2);
    assertThat(result.output())
        .contains(reason)
        .doesNotContain("Exception")
        .doesNotContain("\tat ");
  }

  @Test
  void train_oldDriver_exitsWithTwoAndTheVersions() {
    refused(
        run("#define DRIVER 12040\n", Main.class, trainOnCuda()),
        "Backend cuda cannot run here: NVIDIA's driver is too old (found: CUDA 12.4");
  }

  @Test
  void train_noDevice_exitsWithTwoAndWhatTheDriverAnswers() {
    refused(
        run("#define INIT 100\n", Main.class, trainOnCuda()),
        "no NVIDIA GPU was found (cuInit answers CUDA_ERROR_NO_DEVICE");
  }

  @Test
  void train_oldDevice_exitsWithTwoAndNamesTheOtherProfile() {
    refused(run("#define MAJOR 6\n", Main.class, trainOnCuda()), "build Sinter with -Pnd4j-cuda");
  }

  @Test
  void train_littleDeviceMemory_exitsWithTwoAndWhatIsFree() {
    refused(
        run("#define TOTAL ((size_t)100000)\n", Main.class, trainOnCuda()),
        "out of memory, 100000 of 100000 bytes free");
  }

  @Test
  void train_memoryHeldByAnotherProcess_exitsWithTwoAndHowMuch() {
    refused(
        run("#define HELD (TOTAL - 100000)\n", Main.class, trainOnCuda()),
        "out of memory, 100000 of 8589934592 bytes free, 0 held by this program, 8589834592 by CUDA"
            + " and other programs");
    refused(
        run("#define RETAIN 2\n", Main.class, trainOnCuda()),
        "cuDevicePrimaryCtxRetain on device 0, Stub GPU: expected memory for the context of this"
            + " process, received out of memory, too few of 8589934592 bytes free");
  }

  @Test
  void train_deviceOfAnotherProcess_exitsWithTwoAndTheComputeMode() {
    refused(
        run("#define MODE 3\n#define RETAIN 46\n", Main.class, trainOnCuda()),
        "CUDA cannot be used here: device 0, Stub GPU, is busy (cuDevicePrimaryCtxRetain answers"
            + " CUDA_ERROR_DEVICE_UNAVAILABLE (46)); it is in compute mode exclusive process:"
            + " another process uses it; end that process, which nvidia-smi lists, or allow any"
            + " number of processes with nvidia-smi -i "
            + FIRST
            + " -c 0.");
    refused(
        run("#define RETAIN 46\n", Main.class, trainOnCuda()),
        "it is in compute mode default, which any number of processes may use; look at nvidia-smi");
  }

  @Test
  void train_prohibitedDevice_exitsWithTwoAndTheRemedy() {
    refused(
        run("#define MODE 2\n", Main.class, trainOnCuda()),
        "device 0, Stub GPU, is in compute mode prohibited: no process may use it; allow any number"
            + " of processes with nvidia-smi -i "
            + FIRST
            + " -c 0.");
  }

  @Test
  void train_autoOnTheDeviceOfAnotherProcess_fallsBackToTheCpuAndSaysWhy() {
    ChildJvm.Result result = run("#define MODE 3\n#define RETAIN 46\n", Main.class, train());
    assertThat(result.exit()).as(result.output()).isZero();
    assertThat(result.output())
        .containsPattern("backend (onednn|nd4j|reference) on .*cuda refused: .* is busy")
        .contains("test accuracy");
  }

  @Test
  void train_deviceByUuid_usesItAndKeepsItInTheConfiguration(@TempDir Path folder)
      throws IOException {
    Path out = folder.resolve("run");
    ChildJvm.Result result =
        run(
            "#define COUNT 2\n",
            Main.class,
            train("--backend", "cuda", "--device", SECOND, "--out", out.toString()));
    assertThat(result.exit()).as(result.output()).isZero();
    assertThat(result.output()).contains("digits01: cuda on Another GPU, sm_90");
    assertThat(Files.readString(out.resolve("run.json"))).contains("\"device\" : \"" + SECOND);
  }

  @Test
  void info_slice_tellsUuidAndComputeMode() {
    ChildJvm.Result result =
        run(
            "#define NAME \"Stub A100 MIG 1g.5gb\"\n#define MODE 3\n",
            Main.class,
            "info",
            "--backend",
            "cuda");
    assertThat(result.exit()).as(result.output()).isZero();
    assertThat(result.output())
        .contains("8192 MiB, a MIG slice, compute mode exclusive process, MIG-a0a1a2a3-a4a5-");
  }

  @Test
  void train_lostDevice_exitsWithOneAndWritesNothing(@TempDir Path folder) {
    Path weights = folder.resolve("weights.npz");
    ChildJvm.Result result =
        run(
            "#define LOST_AFTER 3\n",
            Main.class,
            "train",
            "digits01",
            "--epochs",
            "5",
            "--data",
            data.toString(),
            "--backend",
            "cuda",
            "--save-weights",
            weights.toString());
    assertThat(result.exit()).as(result.output()).isEqualTo(1);
    assertThat(result.output())
        .contains("CUDA_ERROR_LAUNCH_FAILED")
        .doesNotContain("\tat ")
        .doesNotContain("Exception");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void train_auto_fallsBackToTheCpuAndSaysWhy() {
    ChildJvm.Result result = run("#define DRIVER 12040\n", Main.class, train());
    assertThat(result.exit()).as(result.output()).isZero();
    assertThat(result.output())
        .containsPattern(
            "backend (onednn|nd4j|reference) on .*cuda refused: NVIDIA's driver is too old")
        .contains("test accuracy");
  }

  /** Kernels that do nothing leave losses of 0; everything around them is tested. */
  @Test
  void train_goodDriver_goesThroughEveryCall() {
    for (String recipe : new String[] {"digits01", "mnist-dense"}) {
      ChildJvm.Result result =
          run(
              "",
              Main.class,
              "train",
              recipe,
              "--epochs",
              "2",
              "--data",
              data.toString(),
              "--limit",
              "20",
              "--backend",
              "cuda");
      assertThat(result.exit()).as(result.output()).isZero();
      assertThat(result.output())
          .contains(recipe + ": cuda on Stub GPU, sm_90")
          .contains("compiling kernels for sm_90")
          .doesNotContain("libcuda of the test");
    }
  }

  @Test
  void info_goodDriver_tellsDeviceCompilerAndWhatIsMissing() {
    ChildJvm.Result result = run("", Main.class, "info", "--backend", "cuda");
    assertThat(result.exit()).as(result.output()).isZero();
    assertThat(result.output())
        .contains(
            "Stub GPU, compute capability 9.0, 132 multiprocessors, 8192 MiB, compute mode default, ")
        .contains(FIRST)
        .contains("NVRTC 13.1")
        .contains("Sinter's kernels")
        .contains("libcublasLt.so.13");
  }

  @Test
  void info_programOfCuda_printsItsFusionsAndTheOneKernel() {
    assertThat(program("digits01")).contains("execution: one kernel of one block");
    assertThat(program("mnist-dense"))
        .contains(
            "execution: a graph of kernels, not one cooperative kernel: bytes: a graph of kernels")
        .contains("DenseLoss, one operation:")
        .contains("StepEnd, one operation:");
  }

  private String program(String recipe) {
    ChildJvm.Result result = run("", Main.class, "info", "--program", recipe, "--backend", "cuda");
    assertThat(result.exit()).as(result.output()).isZero();
    assertThat(result.output()).contains("backend: cuda on Stub GPU, sm_90");
    return result.output();
  }

  @Test
  void device_everyCall_marshalsItsArgumentsAndGivesEverythingBack() {
    ChildJvm.Result result = run("", DeviceProcess.class);
    assertThat(result.exit()).as(result.output()).isZero();
    assertThat(result.output())
        .contains("bytes of device memory")
        .contains("Use a smaller batch or a smaller model")
        .endsWith("done\n")
        .doesNotContain("libcuda of the test");
  }
}
