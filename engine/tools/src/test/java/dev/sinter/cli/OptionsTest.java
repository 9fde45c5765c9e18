package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Options that the command line refuses before it reads any data. */
class OptionsTest {
  @TempDir Path folder;
  private Path data;
  private Path out;

  @BeforeEach
  void prepare() {
    data = TinyMnist.write(folder.resolve("data"));
    out = folder.resolve("out");
  }

  /** A refused command leaves no files. */
  @AfterEach
  void nothingWasWritten() throws IOException {
    assertThat(out).doesNotExist();
    try (var files = Files.list(folder)) {
      assertThat(files).containsExactly(data);
    }
  }

  private CliRun train(Object... more) {
    List<Object> arguments = new ArrayList<>(Arrays.asList(more));
    CliRun.addDefault(arguments, "--epochs", 1);
    CliRun.addDefault(arguments, "--data", data);
    CliRun.addDefault(arguments, "--out", out);
    CliRun.addDefault(arguments, "--json", folder.resolve("a.json"));
    CliRun.addDefault(arguments, "--save-weights", folder.resolve("w.npz"));
    return CliRun.train("mnist-dense", arguments.toArray());
  }

  @Test
  void main_noCommand_printsHelpToStandardErrorAndEndsWith2() {
    CliRun run = CliRun.of();
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err())
        .startsWith(
            "sinter: expected a command: train, evaluate, predict, convert, init, data, plot, summary, runs, dashboard, info, bench")
        .contains("Usage: sinter", "sinter train mnist-dense")
        .contains("Trains a network by its recipe");
  }

  @Test
  void main_unknownCommand_suggestsTheNearest() {
    CliRun.of("trian", "mnist-dense").refused("trian", "train", "sinter --help");
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "data"})
  void command_withoutRecipe_namesTheParameterAndTheHelp(String command) {
    CliRun.of(command).refused("RECIPE", "Try: sinter " + command + " --help");
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "data"})
  void command_unknownRecipe_listsTheRecipes(String command) {
    CliRun.of(command, "mnist-conv")
        .refused(
            "recipe: expected one of mnist-dense, mnist-sigmoid, digits01, mnist-convnet,"
                + " received \"mnist-conv\". Correct the name: the nearest is mnist-convnet.");
  }

  @Test
  void info_programOfUnknownRecipe_listsTheRecipes() {
    CliRun.of("info", "--program", "x").refused("expected one of mnist-dense", "received \"x\"");
  }

  @Test
  void backend_unknown_listsTheBackends() {
    train("--backend", "tpu")
        .refused(
            "backend: expected one of auto, cuda, onednn, nd4j, reference, received \"tpu\". ");
  }

  @ParameterizedTest
  @CsvSource({
    "onednn, not in this build; it comes with the module sinter-cpu",
    "cuda, not in this build; build with -Pcuda"
  })
  void backend_knownButAbsent_saysWhereItComesFrom(String backend, String reason) {
    train("--backend", backend).refused("Backend " + backend + " cannot run here: " + reason);
  }

  @ParameterizedTest
  @CsvSource({
    "--epochs, x",
    "--batch-size, 1.5",
    "--seed, one",
    "--learning-rate, fast",
    "--hidden, ''",
    "--limit, many",
    "--threads, 99999999999",
  })
  void option_noNumber_refusedByNameWithTheHelp(String option, String value) {
    train(option, value).refused(option, "'" + value + "'", "Try: sinter train --help");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "--epochs        | -1         | epochs: expected at least 0, received -1. ",
        "--batch-size    | 0          | batch size: expected at least 1, received 0. ",
        "--batch-size    | -5         | batch size: expected at least 1, received -5. ",
        "--hidden        | 0          | --hidden: expected at least 1, received 0. ",
        "--hidden        | -1         | --hidden: expected at least 1, received -1. ",
        "--limit         | 0          | --limit: expected at least 1, received 0. ",
        "--limit         | -1         | --limit: expected at least 1, received -1. ",
        "--threads       | -1         | threads: expected a count of at least 0, received -1. ",
        "--device        | -1         | device: expected an index of at least 0, received -1. ",
        "--device        | gpu        | device: expected an index, or a UUID that begins with GPU- or MIG-",
        "--device        | GPU-5e3c   | options of backend reference: expected none, received cuda.device GPU-5e3c",
        "--device        | 1          | device of backend reference: expected 0, the CPU",
        "--learning-rate | NaN        | learning rate: expected a finite number of at least 0",
        "--learning-rate | -1         | learning rate: expected a finite number of at least 0",
        "--learning-rate | Infinity   | learning rate: expected a finite number of at least 0",
        "--learning-rate | 1e999      | learning rate: expected a finite number of at least 0",
        "--precision     | tf32       | precision of backend reference: expected float32",
        "--precision     | float16    | precision: expected one of float32, tf32, bf16, received \"float16\"",
        "--verbose       | 3          | verbose: expected one of auto, 0, 1, 2, received \"3\". ",
        "--style         | keras4     | style: expected one of keras3, keras2, received \"keras4\".",
        "--optimizer     | ftrl       | optimizer: expected one of sgd, momentum, nesterov",
      })
  void option_valueOutOfRange_namesExpectedAndReceived(
      String option, String value, String message) {
    train(option, value).refused(message.stripLeading());
  }

  @Test
  void verboseAndQuiet_together_refused() {
    train("--quiet", "--verbose", "1").refused("--quiet and --verbose: expected one of them");
  }

  @Test
  void option_inf_refused() {
    train("--learning-rate", "inf").refused("--learning-rate", "inf");
  }

  @Test
  void hidden_moreWeightsThanAnArrayHolds_refusedByLayer() {
    train("--hidden", 2_000_000_000)
        .refused("layer dense: expected at most", "[784, 2000000000]", "Use fewer units");
  }

  @Test
  void hidden_moreWeightsThanMemory_failsWithoutTrace() {
    long needed = 784L * 2_700_000 * Float.BYTES;
    Assumptions.assumeTrue(Runtime.getRuntime().maxMemory() < needed, "this JVM has the memory");
    train("--hidden", 2_700_000).failed("memory: expected", "--hidden", "-Xmx");
  }

  @Test
  void option_unknown_suggestsTheNearest() {
    train("--epoch", "3").refused("--epoch", "--epochs", "Try: sinter train --help");
  }

  @Test
  void option_withoutItsValue_refused() {
    CliRun.of("train", "mnist-dense", "--epochs").refused("--epochs", "Try: sinter train --help");
  }

  @Test
  void option_debug_printsTheTraceAfterTheMessage() {
    CliRun run = CliRun.of("train", "x", "--debug");
    assertThat(run.code()).isEqualTo(2);
    assertThat(run.err()).startsWith("sinter: recipe: expected").contains("\tat dev.sinter.");
  }

  @Test
  void data_generatedAsWell_refused() {
    train("--generated").refused("data options: expected one of --data, --generated, --x with --y");
  }
}
