package dev.sinter.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class MachineTest {
  @Test
  void cpu_onLinux_isTheFirstModelName() throws IOException {
    Path file = Path.of("/proc/cpuinfo");
    Assumptions.assumeTrue(Files.isReadable(file), "this system has no " + file);
    String text = Files.readString(file, StandardCharsets.ISO_8859_1);
    Assumptions.assumeTrue(text.contains("model name"), "this CPU has no model name");
    assertThat(text.replaceAll("[ \\t]+", " ")).contains("model name : " + Machine.cpu());
  }

  @Test
  void machine_namesSystemMemoryAndJava() {
    assertThat(Machine.memoryBytes()).isGreaterThan(1L << 26);
    assertThat(Machine.os()).startsWith(System.getProperty("os.name")).contains(" ");
    assertThat(Machine.java()).startsWith("" + Runtime.version()).endsWith(")");
    assertThat(Machine.versions("reference")).containsKey("sinter");
  }
}
