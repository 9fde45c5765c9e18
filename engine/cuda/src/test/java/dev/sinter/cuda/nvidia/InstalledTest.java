package dev.sinter.cuda.nvidia;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@DisabledOnOs(value = OS.WINDOWS, disabledReason = "looks into folders of Linux")
class InstalledTest {
  @TempDir Path root;

  private Path library(String folder) throws IOException {
    Path made = Files.createDirectories(root.resolve(folder)).resolve("libcublasLt.so.13");
    return Files.createFile(made);
  }

  private Path located(Map<String, String> environment) {
    return Installed.linux(root, environment::get).locate("libcublasLt.so.13");
  }

  @Test
  void nothingIsFoundWhereNothingIs() {
    assertThat(located(Map.of())).isNull();
  }

  @Test
  void theEnvironmentComesBeforeTheToolkitAndThatBeforePython() throws IOException {
    Path python = library("usr/local/lib/python3.12/dist-packages/nvidia/cu13/lib");
    assertThat(located(Map.of())).isEqualTo(python);
    Path older = library("usr/local/cuda-13.0/lib64");
    assertThat(located(Map.of())).isEqualTo(older);
    Path newer = library("usr/local/cuda-13.1/lib64");
    assertThat(located(Map.of())).isEqualTo(newer);
    Path named = library("opt/libraries");
    assertThat(located(Map.of("LD_LIBRARY_PATH", "/no/such:" + named.getParent())))
        .isEqualTo(named);
  }

  @Test
  void aVirtualEnvironmentIsFound() throws IOException {
    Path found = library("venv/lib/python3.11/site-packages/nvidia/cublas/lib");
    assertThat(located(Map.of("VIRTUAL_ENV", root.resolve("venv").toString()))).isEqualTo(found);
  }

  @Test
  void whatLiesBesideThePythonOfThePathIsFound() throws IOException {
    Path found = library("opt/torch/lib/python3.12/site-packages/nvidia/cu13/lib");
    Path python = Files.createDirectories(root.resolve("opt/torch/bin")).resolve("python3");
    assertThat(Files.createFile(python).toFile().setExecutable(true)).isTrue();
    String path = "/no/such" + File.pathSeparator + python.getParent();
    assertThat(located(Map.of("PATH", path))).isEqualTo(found);
    Path linked = Files.createDirectories(root.resolve("home/bin")).resolve("python3");
    Files.createSymbolicLink(linked, python);
    assertThat(located(Map.of("PATH", linked.getParent().toString()))).isEqualTo(found);
  }

  @Test
  void aStarStandsForTheRestOfAVersion() throws IOException {
    Path folder = Files.createDirectories(root.resolve("usr/local/cuda/lib64"));
    Files.createFile(folder.resolve("libnvrtc-builtins.so.12.9"));
    Path found = Files.createFile(folder.resolve("libnvrtc-builtins.so.13.0"));
    Installed installed = Installed.linux(root, name -> null);
    assertThat(installed.locate("libnvrtc-builtins.so.13.*")).isEqualTo(found);
    assertThat(installed.locate("libnvrtc-builtins.so.14.*")).isNull();
  }
}
