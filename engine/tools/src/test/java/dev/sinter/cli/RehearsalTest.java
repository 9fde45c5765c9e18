package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RehearsalTest {
  @Test
  void commands_all_succeed(@TempDir Path folder) throws Exception {
    PrintStream before = System.out;
    System.setOut(new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8));
    try {
      assertThat(Rehearsal.succeeds(folder, "reference")).isTrue();
    } finally {
      System.setOut(before);
    }
    assertThat(folder.resolve("run/run.json")).isNotEmptyFile();
  }
}
