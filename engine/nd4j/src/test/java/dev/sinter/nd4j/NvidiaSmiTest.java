package dev.sinter.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.nd4j.NvidiaSmi.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** Calls to nvidia-smi, with scripts in its place. */
class NvidiaSmiTest {
  @TempDir Path folder;

  private NvidiaSmi ask(String script, int limitSeconds) throws IOException {
    Path program = folder.resolve("nvidia-smi");
    Files.writeString(program, "#!/bin/sh\n" + script + "\n");
    assertThat(program.toFile().setExecutable(true)).isTrue();
    List<String> places = List.of(folder.resolve("missing").toString(), program.toString());
    return NvidiaSmi.ask(places, folder.resolve("driver"), limitSeconds);
  }

  @Test
  void ask_noProgram_tellsWhetherADriverIsLoaded() throws IOException {
    List<String> places = List.of(folder.resolve("missing").toString());
    Path driver = folder.resolve("driver");
    assertThat(NvidiaSmi.ask(places, driver, 5).outcome()).isEqualTo(Outcome.NO_DRIVER);
    Files.createFile(driver);
    assertThat(NvidiaSmi.ask(places, driver, 5).outcome()).isEqualTo(Outcome.DRIVER_ALONE);
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the program is a shell script")
  void ask_answer_isReadWithItsStatus() throws IOException {
    assertThat(ask("echo \"$1\"; echo failed >&2; exit 9", 5))
        .isEqualTo(
            new NvidiaSmi(Outcome.ENDED, 9, "--query-gpu=compute_cap,driver_version,name\nfailed"));
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the program is a shell script")
  void ask_driverThatKnowsNoCapability_isAskedWithoutIt() throws IOException {
    String script =
        "case $1 in *compute_cap*) echo 'Field \"compute_cap\" is not a valid field to query.';"
            + " exit 2 ;; esac; echo 470.256.02, Tesla K80";
    assertThat(ask(script, 5)).isEqualTo(new NvidiaSmi(Outcome.ENDED, 0, "470.256.02, Tesla K80"));
  }

  @Test
  @DisabledOnOs(value = OS.WINDOWS, disabledReason = "the program is a shell script")
  void ask_noEnd_isGivenUp() throws IOException {
    long start = System.nanoTime();
    assertThat(ask("exec sleep 60", 1).outcome()).isEqualTo(Outcome.LATE);
    assertThat(System.nanoTime() - start).isLessThan(30_000_000_000L);
  }
}
