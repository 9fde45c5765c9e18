package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code sinter plot}: the written files, and no files after an error. */
class PlotTest {
  private static final String HISTORY = "epoch,accuracy,loss,val_accuracy,val_loss\n0,.5,1,.4,2\n";

  @TempDir static Path shared;
  @TempDir Path folder;
  private static Path data;

  @BeforeAll
  static void train() {
    data = TinyMnist.write(shared.resolve("data"));
    for (String recipe : List.of("mnist-dense", "mnist-sigmoid", "digits01")) {
      CliRun.train(
              recipe, "--data", data, "--epochs", 1, "--save-weights", weights(recipe), "--quiet")
          .succeeded();
    }
  }

  private static Path weights(String recipe) {
    return shared.resolve(recipe + ".npz");
  }

  private CliRun plot(String recipe, Object... more) {
    List<Object> arguments = new ArrayList<>(List.of("plot", recipe));
    arguments.addAll(Arrays.asList(more));
    CliRun.addDefault(arguments, "--backend", "reference");
    CliRun.addDefault(arguments, "--data", data);
    CliRun.addDefault(arguments, "--out", folder.resolve("out"));
    return CliRun.of(arguments.toArray());
  }

  private static List<String> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(file -> file.getFileName().toString()).sorted().toList();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mnist-dense", "mnist-sigmoid", "digits01"})
  void plot_recipe_writesEveryFigure(String recipe) throws IOException {
    CliRun run = plot(recipe, "--weights", weights(recipe)).succeeded();
    Path out = folder.resolve("out");
    List<String> expected =
        new ArrayList<>(
            List.of(
                "accuracy-by-label.png",
                "confusion.png",
                "mistakes.png",
                "predictions.png",
                "sample-0.png",
                "samples.png",
                "weights-dense.png",
                "weights-dense_1.png"));
    if (recipe.equals("digits01")) {
      expected.add("weights-dense_2.png");
    }
    assertThat(files(out)).isEqualTo(expected);
    for (String name : expected) {
      assertThat(ImageIO.read(out.resolve(name).toFile()).getWidth()).as(name).isPositive();
      assertThat(run.out()).contains(out.resolve(name).toString());
    }
  }

  @Test
  void plot_again_writesTheSameBytes() throws IOException {
    Path first = folder.resolve("first");
    Path second = folder.resolve("second");
    for (Path out : List.of(first, second)) {
      plot("digits01", "--weights", weights("digits01"), "--out", out).succeeded();
    }
    for (String name : files(first)) {
      assertThat(second.resolve(name)).hasSameBinaryContentAs(first.resolve(name));
    }
  }

  @Test
  void plot_folderOfARun_takesWhatLiesInIt() throws IOException {
    Path out = Files.createDirectory(folder.resolve("out"));
    Files.copy(weights("digits01"), out.resolve("weights.npz"));
    Files.writeString(out.resolve("history.csv"), HISTORY);
    plot("digits01", "--sample", 3).succeeded();
    assertThat(files(out)).contains("curves.png", "sample-3.png", "weights.npz").hasSize(12);
  }

  @Test
  void plot_historyAlone_needsNoData() throws IOException {
    Path history = Files.writeString(folder.resolve("h.csv"), HISTORY);
    CliRun run =
        CliRun.of("plot", "mnist-dense", "--history", history, "--out", folder.resolve("out"));
    assertThat(run.succeeded().lines())
        .containsExactly(folder.resolve("out").resolve("curves.png").toString());
  }

  @Test
  void plot_generatedDigits_saysSo() {
    CliRun run =
        CliRun.of(
                "plot",
                "digits01",
                "--generated",
                "--backend=reference",
                "--weights=" + weights("digits01"),
                "--out=" + folder)
            .succeeded();
    assertThat(run.out()).startsWith("Generated digits");
  }

  @Test
  void plot_nothingToDraw_saysWhatToGive() {
    plot("mnist-dense")
        .refused("plot: expected --weights W.npz or --history H.csv, received neither");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void plot_withoutOut_refused() {
    CliRun.of("plot", "mnist-dense").refused("plot mnist-dense: expected --out DIR");
  }

  @Test
  void weights_missing_named() {
    Path missing = folder.resolve("none.npz");
    plot("mnist-dense", "--weights", missing)
        .refused(missing + ": expected a NumPy .npz file, received nothing (no such file)");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void weights_truncated_named() throws IOException {
    Path damaged = folder.resolve("w.npz");
    Files.write(damaged, Arrays.copyOf(Files.readAllBytes(weights("digits01")), 500));
    plot("digits01", "--weights", damaged).refused(damaged.toString());
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void weights_ofAnotherRecipe_nameTheArray() {
    plot("digits01", "--weights", weights("mnist-dense")).refused("weights", "dense");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void history_damaged_writesNothing() throws IOException {
    Path history = Files.writeString(folder.resolve("h.csv"), HISTORY + "1,2");
    plot("digits01", "--weights", weights("digits01"), "--history", history)
        .refused(history + ", line 3: expected 5 columns");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void history_withoutValues_leavesTheFolderAsItWas() throws IOException {
    Path history = Files.writeString(folder.resolve("h.csv"), "epoch,loss\n0,NA\n");
    plot("digits01", "--weights", weights("digits01"), "--history", history)
        .refused("curves: expected at least one epoch with a finite loss or accuracy");
    assertThat(folder.resolve("out")).doesNotExist();
  }

  @Test
  void sample_outside_namesTheRange() {
    plot("mnist-dense", "--weights", weights("mnist-dense"), "--sample", 50)
        .refused("sample: expected 0 to 49, an index into the test set, received 50");
  }

  @Test
  void data_missing_refused() {
    plot("digits01", "--weights", weights("digits01"), "--data", folder.resolve("none"))
        .refused(folder.resolve("none").toString());
  }

  @Test
  void out_file_refused() throws IOException {
    Path file = Files.createFile(folder.resolve("out"));
    plot("digits01", "--weights", weights("digits01"))
        .refused("--out " + file + ": expected a folder");
    assertThat(file).isEmptyFile();
  }

  /** The command line never needs a display. */
  @Test
  void plot_withADisplayThatIsNone_draws() throws IOException, InterruptedException {
    Path history = Files.writeString(folder.resolve("h.csv"), HISTORY);
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "plot",
            "mnist-dense",
            "--history",
            history.toString(),
            "--out",
            folder.resolve("out").toString());
    builder.environment().put("DISPLAY", ":77");
    Path errors = folder.resolve("errors.txt");
    Process process =
        builder
            .redirectError(errors.toFile())
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("ended").isTrue();
    assertThat(Files.readString(errors)).isEmpty();
    assertThat(process.exitValue()).isZero();
    assertThat(folder.resolve("out").resolve("curves.png")).isNotEmptyFile();
  }
}
