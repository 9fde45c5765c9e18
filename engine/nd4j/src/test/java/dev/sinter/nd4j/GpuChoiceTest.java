package dev.sinter.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.nd4j.GpuChoice.Natives;
import dev.sinter.nd4j.NvidiaSmi.Outcome;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The choice of natives for each answer of nvidia-smi. */
class GpuChoiceTest {
  private static GpuChoice choose(int code, String output) {
    return GpuChoice.of(new NvidiaSmi(Outcome.ENDED, code, output), null);
  }

  @ParameterizedTest
  @CsvSource({
    "3.7, Tesla K80",
    "5.2, Tesla M40",
    "6.1, NVIDIA GeForce GTX 1080 Ti",
    "7.0, Tesla V100-SXM2-16GB",
    "7.5, Tesla T4",
    "8.6, NVIDIA A10G",
    "8.9, NVIDIA L4"
  })
  void capability_keplerToAda_takesCuda(String capability, String name) {
    assertThat(choose(0, capability + ", 550.54.15, " + name))
        .isEqualTo(
            new GpuChoice(
                Natives.CUDA, name + ", compute capability " + capability + ", driver 550.54.15"));
  }

  @ParameterizedTest
  @CsvSource({
    "9.0, NVIDIA H100 80GB HBM3",
    "10.0, NVIDIA B200",
    "12.0, NVIDIA GeForce RTX 5090",
    "12.1, NVIDIA GB10"
  })
  void capability_hopperOrNewer_isRefusedAndNamesTheProfile(String capability, String name) {
    GpuChoice choice = choose(0, capability + ", 580.65.06, " + name);
    assertThat(choice.natives()).isEqualTo(Natives.NONE);
    assertThat(choice.why())
        .startsWith(name + " has compute capability " + capability)
        .endsWith("build with -Pcuda in place of -Pnd4j-cuda");
  }

  @ParameterizedTest
  @CsvSource({"3.5, Tesla K40m", "2.0, Tesla C2050"})
  void capability_olderThanTheMachineCode_isRefused(String capability, String name) {
    GpuChoice choice = choose(0, capability + ", 515.48.07, " + name);
    assertThat(choice.natives()).isEqualTo(Natives.NONE);
    assertThat(choice.why()).endsWith("build without -Pnd4j-cuda");
  }

  @Test
  void capability_severalGpus_allMustFit() {
    String ada = "8.9, 550.54.15, NVIDIA L4\n";
    assertThat(choose(0, ada + ada).natives()).isEqualTo(Natives.CUDA);
    GpuChoice mixed = choose(0, ada + "9.0, 550.54.15, NVIDIA H100 PCIe");
    assertThat(mixed.natives()).isEqualTo(Natives.NONE);
    assertThat(mixed.why()).startsWith("NVIDIA H100 PCIe has");
  }

  @Test
  void capability_notKnownToAnOldDriver_takesCuda() {
    assertThat(choose(0, "470.256.02, Tesla K80"))
        .isEqualTo(new GpuChoice(Natives.CUDA, "Tesla K80, driver 470.256.02"));
  }

  @Test
  void driver_olderThanCuda11_isRefused() {
    GpuChoice choice = choose(0, "440.118.02, Tesla T4");
    assertThat(choice.natives()).isEqualTo(Natives.NONE);
    assertThat(choice.why()).startsWith("Tesla T4 has the driver 440.118.02").contains("update");
  }

  @ParameterizedTest
  @CsvSource({"NO_DRIVER, no nvidia-smi", "DRIVER_ALONE, driver capability utility", "LATE, 5 s"})
  void noAnswer_takesTheCpuAndSaysWhy(Outcome outcome, String reason) {
    GpuChoice choice = GpuChoice.of(new NvidiaSmi(outcome, 0, ""), null);
    assertThat(choice.natives()).isEqualTo(Natives.CPU);
    assertThat(choice.why()).contains(reason).endsWith(": ND4J's CPU natives");
  }

  @ParameterizedTest
  @CsvSource({
    "6, No devices were found",
    "9, NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver.",
    "0, [N/A]"
  })
  void otherAnswer_takesTheCpuAndQuotesIt(int code, String line) {
    GpuChoice choice = choose(code, line + "\nmore");
    assertThat(choice.natives()).isEqualTo(Natives.CPU);
    assertThat(choice.why()).contains("(nvidia-smi says: " + line + ")");
  }

  @Test
  void noLine_takesTheCpu() {
    assertThat(choose(0, "").why()).startsWith("no NVIDIA GPU found (nvidia-smi lists none)");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", " ", "-1", "-1,0"})
  void visibleDevices_none_takesTheCpu(String visible) {
    var hopper = new NvidiaSmi(Outcome.ENDED, 0, "9.0, 550.54.15, NVIDIA H100 PCIe");
    assertThat(GpuChoice.of(hopper, visible))
        .isEqualTo(
            new GpuChoice(Natives.CPU, "CUDA_VISIBLE_DEVICES hides every GPU: ND4J's CPU natives"));
    assertThat(GpuChoice.of(hopper, "0").natives()).isEqualTo(Natives.NONE);
  }
}
