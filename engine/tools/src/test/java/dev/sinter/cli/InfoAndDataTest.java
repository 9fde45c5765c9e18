package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The commands that do not train; help and version. */
class InfoAndDataTest {
  @TempDir static Path folder;

  @BeforeAll
  static void writeData() {
    TinyMnist.write(folder);
  }

  private static CliRun data(String recipe, Object... more) {
    Object[] arguments = new Object[more.length + 5];
    System.arraycopy(
        new Object[] {"data", recipe, "--offline", "--data", folder}, 0, arguments, 0, 5);
    System.arraycopy(more, 0, arguments, 5, more.length);
    return CliRun.of(arguments).succeeded();
  }

  @ParameterizedTest
  @ValueSource(strings = {"mnist-dense", "mnist-sigmoid"})
  void data_mnist_showsShapesTypesLabelsAndImage(String recipe) {
    CliRun run = data(recipe);
    boolean indices = recipe.equals("mnist-dense");
    assertThat(run.lines().subList(0, 6))
        .containsExactly(
            "MNIST from " + folder.resolve("mnist"),
            "train x (200, 28, 28) uint8",
            "train y " + (indices ? "(200,) uint8" : "(200, 10) float32") + " [0 1 2 ... 7 8 9]",
            "test x (50, 28, 28) uint8",
            "test y " + (indices ? "(50,) uint8" : "(50, 10) float32") + " [0 1 2 ... 7 8 9]",
            "first sample, label 0:");
    assertThat(run.lines()).hasSize(6 + 28);
    assertThat(run.lines().subList(6, 34)).allMatch(row -> row.length() == 28 * 4);
  }

  @Test
  void data_digits01_showsVectorsOfTwentyByTwenty() {
    CliRun run = data("digits01", "--limit", 6);
    assertThat(run.lines().subList(1, 6))
        .containsExactly(
            "train x (6, 400) float32",
            "train y (6, 1) float32 [0 0 0 1 1 1]",
            "test x (10, 400) float32",
            "test y (10, 1) float32 [0 0 0 ... 1 1 1]",
            "first sample, label 0:");
    assertThat(run.lines()).hasSize(6 + 400 / 8);
  }

  @Test
  void data_limit_cutsTheTrainingPartAlone() {
    assertThat(data("mnist-dense", "--limit", 5).lines())
        .contains("train x (5, 28, 28) uint8", "train y (5,) uint8 [0 1 2 3 4]")
        .contains("test x (50, 28, 28) uint8");
  }

  @Test
  void info_table_hasEveryBackendAndItsReason() {
    CliRun run = CliRun.of("info").succeeded();
    assertThat(run.out())
        .contains("Java " + Runtime.version(), " cores", "backend    usable")
        .containsPattern("cuda +no +not in this build; build with -Pcuda")
        .containsPattern("onednn +no +not in this build; it comes with the module sinter-cpu")
        .containsPattern("reference +yes +plain Java, 1 thread; .*<- auto");
  }

  @Test
  void info_json_parsesWithEveryField() {
    JsonNode info = CliRun.of("info", "--json").succeeded().json();
    assertThat(info.get("java").textValue()).contains(Runtime.version().toString());
    assertThat(info.get("cores").intValue()).isPositive();
    assertThat(info.get("auto").textValue()).isEqualTo("reference");
    assertThat(info.get("backends").findValuesAsText("name"))
        .containsExactly("cuda", "onednn", "nd4j", "reference");
    for (JsonNode backend : info.get("backends")) {
      assertThat(backend.get("rank").isInt()).isTrue();
      assertThat(backend.get("usable").isBoolean()).isTrue();
      assertThat(backend.get("device").isTextual()).isTrue();
      assertThat(backend.get("detail").textValue()).isNotBlank();
    }
  }

  @Test
  void info_backend_showsThatOneAlone() {
    CliRun run = CliRun.of("info", "--backend", "reference").succeeded();
    assertThat(run.out())
        .containsPattern("reference +yes +plain Java")
        .contains("OpenMP runtimes in this process: ")
        .doesNotContain("onednn", "auto");
  }

  @Test
  void info_unknownBackend_isRefusedWithTheNames() {
    CliRun.of("info", "--backend", "onedn")
        .refused("backend: expected one of cuda, onednn, nd4j, reference, received \"onedn\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mnist-dense", "mnist-sigmoid", "digits01"})
  void info_program_printsOperationsAndMemory(String recipe) {
    assertThat(CliRun.of("info", "--program", recipe).succeeded().out())
        .contains("gather", "dense", "update", "loss")
        .doesNotContain("backend:");
  }

  @Test
  void info_programOfABackend_namesItAndPrintsWhatItRuns() {
    assertThat(
            CliRun.of("info", "--program", "digits01", "--backend", "reference").succeeded().out())
        .startsWith("backend: reference on ")
        .contains("DenseGradInput", "Update")
        .doesNotContain("execution:");
    CliRun.of("info", "--program", "digits01", "--backend", "cuda").refused("cuda", "-Pcuda");
  }

  @Test
  void info_deviceModel_needsAProgramAndABackendThatHasModels() {
    CliRun.of("info", "--device-model", "h100")
        .refused("--device-model: expected --program RECIPE beside it", "--program mnist-dense");
    CliRun.of("info", "--program", "digits01", "--device-model", "h100")
        .refused("--device-model: expected a backend that has a model of devices", "-Pcuda");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "--help",
        "-h",
        "train --help",
        "data --help",
        "info --help",
        "bench --help",
        "train -h",
        "train mnist-dense --help"
      })
  void help_everywhere_printsUsage(String words) {
    CliRun run = CliRun.of((Object[]) words.split(" ")).succeeded();
    assertThat(run.out()).startsWith("Usage: sinter").contains("--help", "--version");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--version", "-V", "train --version", "data --version", "info --version"})
  void version_everywhere_printsSinterAndJava(String words) {
    CliRun run = CliRun.of((Object[]) words.split(" ")).succeeded();
    assertThat(run.out()).startsWith("sinter ").contains("Java " + Runtime.version());
  }
}
