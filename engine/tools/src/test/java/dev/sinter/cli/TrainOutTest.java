package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.data.Npz;
import dev.sinter.runs.Run;
import dev.sinter.runs.RunFolder;
import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The files of {@code train --out}, after success and after failure. */
class TrainOutTest {
  @TempDir Path folder;
  private Path data;
  private Path out;

  @BeforeEach
  void prepare() {
    data = TinyMnist.write(folder.resolve("data"));
    out = folder.resolve("runs").resolve(name());
  }

  /** Java 17 cannot represent such a path in a locale without the character. */
  private static String name() {
    String encoding = System.getProperty("sun.jnu.encoding", "UTF-8");
    boolean encodes = Charset.forName(encoding).newEncoder().canEncode('ö');
    return encodes ? "erster Lauf, größer" : "first run, larger";
  }

  private CliRun train(String recipe, Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("--data", data, "--out", out));
    arguments.addAll(Arrays.asList(more));
    CliRun.addDefault(arguments, "--epochs", 2);
    return CliRun.train(recipe, arguments.toArray());
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      return files
          .filter(Files::isRegularFile)
          .map(file -> folder.relativize(file).toString().replaceFirst("tfevents.*", "tfevents"))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mnist-dense", "mnist-sigmoid", "digits01"})
  void train_recipe_fillsTheFolder(String recipe) throws IOException {
    train(recipe).succeeded();
    assertThat(files(out))
        .contains(
            "figures/accuracy-by-label.png",
            "figures/confusion.png",
            "figures/curves.png",
            "figures/mistakes.png",
            "figures/predictions.png",
            "figures/sample-0.png",
            "figures/samples.png",
            "figures/weights-dense.png",
            "figures/weights-dense_1.png",
            "history.csv",
            "model.keras",
            "run.json",
            "train/events.out.tfevents",
            "validation/events.out.tfevents",
            "weights.npz")
        .hasSize(recipe.equals("digits01") ? 16 : 15);
    Run run = RunFolder.read(out);
    assertThat(run.name()).isEqualTo(name());
    assertThat(run.status()).isEqualTo(Run.Status.FINISHED);
    assertThat(run.recipe()).isEqualTo(recipe);
    assertThat(run.epochsTrained()).isEqualTo(2);
    assertThat(run.history().values().keySet())
        .containsExactlyInAnyOrder("accuracy", "loss", "val_accuracy", "val_loss");
    assertThat(run.history().values().get("val_loss").get(1)).isEqualTo(run.result("test_loss"));
    assertThat(run.ended()).isAfterOrEqualTo(run.started());
  }

  @Test
  void runJson_finished_saysWhatWasAskedForAndWhatItCameTo() {
    Path json = folder.resolve("a.json");
    train("mnist-dense", "--optimizer", "nesterov", "--no-shuffle", "--seed", 7, "--json", json)
        .succeeded();
    JsonNode run = CliRun.json(out.resolve("run.json"));
    assertThat(run.path("format").intValue()).isEqualTo(1);
    JsonNode configuration = run.path("configuration");
    assertThat(configuration.path("backend").textValue()).isEqualTo("reference");
    assertThat(configuration.path("optimizer").path("name").textValue()).isEqualTo("nesterov");
    assertThat(configuration.path("optimizer").path("learning_rate").doubleValue()).isEqualTo(0.01);
    assertThat(configuration.path("hidden").intValue()).isEqualTo(8);
    assertThat(configuration.path("shuffle").booleanValue()).isFalse();
    assertThat(configuration.path("seed").longValue()).isEqualTo(7);
    assertThat(configuration.path("batch_size").intValue()).isEqualTo(128);
    assertThat(configuration.path("limit").isNull()).isTrue();
    assertThat(configuration.path("validation").textValue()).isEqualTo("test set");
    assertThat(configuration.path("data").path("dir").textValue()).isEqualTo(data.toString());
    assertThat(run.path("machine").fieldNames())
        .toIterable()
        .containsExactly("cpu", "cores", "memory_bytes", "os", "java");
    assertThat(run.path("machine").path("memory_bytes").longValue()).isGreaterThan(1 << 20);
    assertThat(run.path("versions").fieldNames()).toIterable().containsExactly("sinter");
    assertThat(run.path("network").get(0).toString())
        .isEqualTo("{\"layer\":\"dense\",\"type\":\"Dense\",\"units\":8,\"shapes\":[[784,8],[8]]}");
    assertThat(run.path("parameters").intValue()).isEqualTo(784 * 8 + 8 + 8 * 10 + 10);
    assertThat(run.path("results")).isEqualTo(CliRun.json(json));
  }

  /** Recording a training changes neither its weights nor its results. */
  @Test
  void out_givenOrNot_trainsTheSame() throws IOException {
    Path with = folder.resolve("with.npz");
    Path without = folder.resolve("without.npz");
    CliRun watched = train("mnist-dense", "--save-weights", with).succeeded();
    CliRun alone =
        CliRun.train("mnist-dense", "--data", data, "--epochs", 2, "--save-weights", without);
    assertThat(with).hasSameBinaryContentAs(without);
    assertThat(out.resolve("weights.npz")).hasSameBinaryContentAs(without);
    int last = alone.lines().size();
    assertThat(watched.lines().subList(last - 4, last))
        .isEqualTo(alone.lines().subList(last - 4, last));
  }

  @Test
  void epochsZero_hasNoCurvesAndNoHistory() throws IOException {
    train("mnist-dense", "--epochs", 0).succeeded();
    assertThat(files(out)).contains("figures/weights-dense.png", "weights.npz");
    assertThat(files(out)).doesNotContain("figures/curves.png");
    assertThat(RunFolder.read(out).epochsTrained()).isZero();
  }

  @Test
  void ownArrays_haveNoValidation() throws IOException {
    Path x = TinyMnist.npy(folder.resolve("X.npy"), TinyMnist.samples(20, 784), 20, 784);
    Path y = TinyMnist.npy(folder.resolve("y.npy"), TinyMnist.classes(20, 10), 20);
    CliRun.train("mnist-dense", "--x", x, "--y", y, "--epochs", 2, "--out", out).succeeded();
    assertThat(files(out)).contains("figures/curves.png").doesNotContain("validation");
    Run run = RunFolder.read(out);
    assertThat(run.configuration().path("validation").textValue()).isEqualTo("none");
    assertThat(run.history().values().get("val_loss")).containsOnly(Double.NaN);
    CliRun.of("plot", out, "--backend", "reference").succeeded();
  }

  @Test
  void out_holdingARunOrFiles_refusedAndLeftAsItWas() throws IOException {
    Files.createDirectories(out);
    train("mnist-dense").succeeded(); // an empty folder is allowed
    String before = Files.readString(out.resolve("run.json"));
    CliRun again = train("mnist-dense", "--seed", 2);
    again.refused("--out " + out + ": expected a new folder", "holds a run", "another name");
    assertThat(again.out()).isEmpty();
    assertThat(out.resolve("run.json")).hasContent(before);
    out = Files.createDirectory(folder.resolve("notes"));
    Files.writeString(out.resolve("a.txt"), "x");
    train("mnist-dense").refused("a folder that holds files");
    assertThat(files(out)).containsExactly("a.txt");
  }

  @Test
  void json_inTheFolderThatIsFilled_mayNotBeOneOfItsFiles() throws IOException {
    Files.createDirectories(out);
    train("mnist-dense", "--json", out.resolve("run.json")).refused("run.json twice", "Rename");
    train("mnist-dense", "--json", out.resolve("results.json")).succeeded();
    assertThat(files(out)).contains("results.json");
  }

  @Test
  void loss_infinite_marksTheRunAsFailed() throws IOException {
    CliRun run = train("mnist-dense", "--learning-rate", "1e30");
    run.failed("fit, epoch 1, step 2: expected a finite loss");
    Run failed = RunFolder.read(out);
    assertThat(failed.status()).isEqualTo(Run.Status.FAILED);
    assertThat(run.err()).contains(failed.reason());
    assertThat(failed.ended()).isNotNull();
    assertThat(failed.results()).isEmpty();
    assertThat(files(out)).containsExactly("history.csv", "run.json", "train/events.out.tfevents");
    CliRun.of("plot", out, "--backend", "reference")
        .refused(
            "plot " + out,
            "expected weights.npz, or an epoch",
            "neither; the run's status is failed");
    assertThat(out.resolve("figures")).doesNotExist();
  }

  @Test
  void disk_fullAtTheEnd_marksTheRunAsFailedWithoutWeights() throws IOException {
    Path full = Path.of("/dev/full");
    Assumptions.assumeTrue(Files.isWritable(full), "no /dev/full here");
    train("mnist-dense", "--json", full).failed("/dev/full: expected to write the whole file");
    Run failed = RunFolder.read(out);
    assertThat(failed.status()).isEqualTo(Run.Status.FAILED);
    assertThat(failed.reason()).contains("/dev/full");
    assertThat(failed.epochsTrained()).isEqualTo(2);
  }

  @Test
  @Timeout(120)
  @DisabledOnOs(OS.WINDOWS) // destroy() sends no signal to a JVM there
  void signal_whileTraining_marksTheRunAsFailed() throws Exception {
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "train",
                "mnist-dense",
                "--backend=reference",
                "--offline",
                "--epochs=1000000",
                "--data=" + data,
                "--out=" + out)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve("log").toFile())
            .start();
    try {
      Path history = out.resolve("history.csv");
      while (process.isAlive() && (!Files.exists(history) || Files.size(history) == 0)) {
        Thread.sleep(20);
      }
      assertThat(RunFolder.read(out).status()).isEqualTo(Run.Status.RUNNING);
      process.destroy();
      assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
    } finally {
      process.destroyForcibly();
    }
    Run run = RunFolder.read(out);
    assertThat(run.status()).isEqualTo(Run.Status.FAILED);
    assertThat(run.reason()).contains("signal");
    assertThat(files(out)).noneMatch(file -> file.contains(".sinter-"));
    CliRun.of("plot", out).succeeded(); // its curves up to the failure
    assertThat(files(out)).contains("figures/curves.png").doesNotContain("weights.npz");
  }

  @Test
  void plot_run_redrawsTheSameFigures() throws IOException {
    train("digits01", "--limit", 40).succeeded();
    Path elsewhere = folder.resolve("elsewhere");
    CliRun.of("plot", out, "--backend", "reference", "--out", elsewhere).succeeded();
    List<String> figures = files(out.resolve("figures"));
    assertThat(files(elsewhere)).isEqualTo(figures).isNotEmpty();
    for (String figure : figures) {
      assertThat(elsewhere.resolve(figure))
          .hasSameBinaryContentAs(out.resolve("figures").resolve(figure));
    }
    Files.delete(out.resolve("figures/confusion.png"));
    CliRun again = CliRun.of("plot", out, "--backend", "reference", "--sample", 3).succeeded();
    assertThat(again.out()).contains(out.resolve("figures/confusion.png").toString());
    assertThat(files(out.resolve("figures"))).contains("confusion.png", "sample-3.png");
  }

  @Test
  void plot_whatIsNoRun_saysWhat() throws IOException {
    CliRun.of("plot", "mnist-conv")
        .refused("plot: expected one of mnist-dense", "the folder of a run", "\"mnist-conv\"");
    CliRun.of("plot", data).refused(data + ": expected the folder of a run");
    train("mnist-dense", "--epochs", 0).succeeded();
    Path json = out.resolve("run.json");
    String whole = Files.readString(json);
    Files.writeString(json, whole.replace("mnist-dense", "mnist-conv"));
    CliRun.of("plot", out).refused("recipe: expected one of", "mnist-conv");
    Files.writeString(json, whole.replace("\"format\" : 1", "\"format\" : 2"));
    CliRun.of("plot", out).refused("written by a newer Sinter");
    Files.writeString(json, whole.substring(0, 100));
    CliRun.of("plot", out).refused(json + ": expected a complete JSON object");
    assertThat(Npz.read(out.resolve("weights.npz"))).hasSize(4);
  }
}
