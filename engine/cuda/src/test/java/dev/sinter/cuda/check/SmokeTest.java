package dev.sinter.cuda.check;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.cuda.PlatformProvider;
import dev.sinter.cuda.check.SmokeCase.Numbers;
import dev.sinter.cuda.driver.ActivationLibrary;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.KernelCompiler;
import dev.sinter.cuda.driver.Platform;
import dev.sinter.cuda.driver.Products;
import dev.sinter.cuda.record.Failure;
import dev.sinter.cuda.record.RecordingPlatform;
import dev.sinter.cuda.record.Replay;
import dev.sinter.cuda.record.Values;
import dev.sinter.cuda.simulated.SimulatedPlatform;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The small cases of the check, and what is kept of those that fail. */
class SmokeTest {
  private final SimulatedPlatform device = SimulatedPlatform.standard();
  @TempDir private Path folder;

  @BeforeEach
  void requireCompiler() {
    Assumptions.assumeTrue(device.survey().usable(), device.survey().detail());
  }

  /** A platform whose compiler changes what it is given. */
  private record Changed(Platform inner, UnaryOperator<String> change) implements Platform {
    @Override
    public Survey survey() {
      return inner.survey();
    }

    @Override
    public Device open(int index) {
      return inner.open(index);
    }

    @Override
    public KernelCompiler compiler() {
      KernelCompiler compiler = inner.compiler();
      return new KernelCompiler() {
        @Override
        public String version() {
          return compiler.version();
        }

        @Override
        public byte[] compile(String source, String architecture) {
          return compiler.compile(change.apply(source), architecture);
        }
      };
    }

    @Override
    public Library<Products> products(Device opened) {
      return inner.products(opened);
    }

    @Override
    public Library<ActivationLibrary> neuralOps(Device opened) {
      return inner.neuralOps(opened);
    }
  }

  /** Runs a case on a device with these faults and replays what is kept of it. */
  private List<String> replayed(
      String name, UnaryOperator<String> machine, UnaryOperator<String> source) {
    SmokeCase each = named(name);
    RecordingPlatform recorder = new RecordingPlatform(new Changed(device, machine));
    Path file = folder.resolve(name + ".zip");
    List<Values> values = List.of();
    String text = "it failed";
    try {
      Map<String, Numbers> received =
          each.run(
              new PlatformProvider(new Changed(recorder, source), each.method(), null),
              each.options());
      values = Smoke.values(each, Smoke.expected(each), received);
    } catch (RunException e) {
      text = e.getMessage();
    }
    Failure.write(file, name, text, values, recorder.recording());
    assertThat(GpuCheck.run("--replay", file.toString())).isZero();
    return Replay.run(file);
  }

  private static String shifted(String source) {
    assertThat(source)
        .satisfiesAnyOf(
            text -> assertThat(text).contains("(sigmoid(logit) - target)"),
            text -> assertThat(text).doesNotContain("crossEntropy"));
    return source.replace("(sigmoid(logit) - target)", "(sigmoid(logit) - 0.5f * target)");
  }

  @Test
  void replay_ofAnotherFile_saysWhatItNeeds() {
    assertThat(GpuCheck.run("--replay", folder.resolve("none").toString())).isEqualTo(1);
    assertThatThrownBy(() -> Replay.run(folder.resolve("none")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("Name one of the files in the folder failures");
  }

  @Test
  void cases_onTheSimulatedDevice_passAndLaunchEveryKernel() {
    Set<String> kernels = new TreeSet<>();
    for (SmokeCase each : SmokeCase.all()) {
      RecordingPlatform recorder = new RecordingPlatform(device.withoutChecks());
      Map<String, Numbers> received =
          each.run(new PlatformProvider(recorder, each.method(), null), each.options());
      for (Values values : Smoke.values(each, Smoke.expected(each), received)) {
        assertThat(values.firstWrong()).as(each.name() + " " + values.name()).isNegative();
      }
      kernels.addAll(recorder.recording().kernels());
    }
    assertThat(kernels)
        .containsExactly(
            "advance",
            "collect",
            "copyColumns",
            "countCorrect",
            "crossEntropy",
            "denseLoss",
            "elementwise",
            "gather",
            "gemm",
            "gemmTensor",
            "patches",
            "patchesGrad",
            "pool",
            "poolGrad",
            "randomUniform",
            "reduce",
            "reduceColumns",
            "softmax",
            "stepEnd",
            "trainEpoch",
            "update",
            "wholeStep");
  }

  @Test
  void run_ofACaseThatFails_tellsTheFirstWrongNumberAndKeepsTheCase() {
    Path failures = folder.resolve("failures");
    Smoke smoke = new Smoke("planted", new Changed(device, SmokeTest::shifted), failures);
    ObjectNode line = smoke.run(named("op-crossentropy-sigmoid"));
    assertThat(line.path("status").asText()).isEqualTo("failed");
    assertThat(line.path("text").asText())
        .startsWith("results [0, 0]: expected 0.0071713254 within 2e-05, received 0.0080");
    assertThat(Replay.run(failures.resolve("op-crossentropy-sigmoid.zip"))).hasSize(5);
  }

  private static SmokeCase named(String name) {
    return SmokeCase.all().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }

  /** The machine computes something else than what its source says. */
  @Test
  void replay_ofAFaultInTheMachine_namesItsKernelAndElement() {
    List<String> lines =
        replayed("op-crossentropy-sigmoid", SmokeTest::shifted, UnaryOperator.identity());
    assertThat(lines.get(lines.size() - 1))
        .startsWith("verdict: the fault is in the real machine")
        .contains("kernel crossEntropy");
    assertThat(String.join("\n", lines))
        .containsPattern("first differing element: word 0 .* received on the GPU 0.00809")
        .containsPattern("on the simulated device 0.0071")
        .containsPattern("results \\[0, 0]: expected by the reference 0.0071.* GPU 0.00809");
  }

  @Test
  void replay_ofAFaultInTheSource_namesItsKernelAndElement() {
    List<String> lines =
        replayed("op-crossentropy-sigmoid", UnaryOperator.identity(), SmokeTest::shifted);
    assertThat(lines.get(lines.size() - 1))
        .startsWith("verdict: the fault is in a kernel's source")
        .contains("kernel crossEntropy");
    assertThat(String.join("\n", lines))
        .containsPattern("expected by the reference 0.0071.* on the GPU 0.00809.* device 0.00809");
  }

  @Test
  void replay_ofAMissingBarrier_hasTheSimulatedDevicesWords() {
    List<String> lines =
        replayed(
            "op-reduce-sum",
            UnaryOperator.identity(),
            source -> source.replace("__syncthreads();", ""));
    assertThat(lines.get(lines.size() - 1))
        .startsWith("verdict: the fault is in the source of kernel reduce");
  }
}
