package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.data.Dataset;
import dev.sinter.errors.InputException;
import dev.sinter.networks.Preparation;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Tables and images of a user, from init to predictions, without a line of Java. */
class OwnDataTest {
  @TempDir Path folder;

  private Path init(Path data, String label) {
    Path net = folder.resolve("net.yaml");
    CliRun.of("init", data, "--label", label, "--out", net).succeeded();
    return net;
  }

  private CliRun train(Path net, Path data, Object... more) {
    List<Object> arguments =
        new ArrayList<>(List.of("train", "--model", net, "--data", data, "--verbose", 0));
    arguments.addAll(Arrays.asList(more));
    CliRun.addDefault(arguments, "--backend", "reference");
    return CliRun.of(arguments.toArray());
  }

  private JsonNode trained(Path net, Path data, Object... more) {
    Path json = folder.resolve("result.json");
    Object[] arguments = Arrays.copyOf(more, more.length + 2);
    arguments[more.length] = "--json";
    arguments[more.length + 1] = json;
    train(net, data, arguments).succeeded();
    return CliRun.json(json);
  }

  private Path replaced(Path file, String text, String other) throws IOException {
    String before = Files.readString(file);
    assertThat(before).contains(text);
    return Files.writeString(file, before.replace(text, other));
  }

  @Test
  void iris_fromInitToPredictions_needsFourCommands() throws IOException {
    Path data = OwnTables.iris(folder.resolve("iris.csv"));
    Path net = init(data, "species");
    Path out = folder.resolve("run");
    JsonNode result = trained(net, data, "--out", out, "--epochs", 40);
    assertThat(result.get("test_accuracy").asDouble()).isGreaterThanOrEqualTo(0.9);
    assertThat(result.get("data").textValue()).isEqualTo("table");
    assertThat(result.get("samples").intValue()).isEqualTo(108); // of 120, 12 for validation
    assertThat(out.resolve("figures/confusion.png")).isNotEmptyFile();
    assertThat(out.resolve("figures/curves.png")).isNotEmptyFile();
    assertThat(out.resolve("figures/samples.png")).doesNotExist();
    assertThat(out.resolve("network.yaml")).hasSameTextualContentAs(net);
    Path fresh = folder.resolve("new.csv");
    Files.writeString(
        fresh, "petal_width,petal_length,sepal_length,sepal_width\n0.2,1.4,5.1,3.5\n");
    assertThat(CliRun.of("predict", out, fresh, "--backend", "reference").out())
        .contains("setosa │", "versicolor", "virginica");
    CliRun evaluated = CliRun.of("evaluate", out, "--backend", "reference").succeeded();
    assertThat(evaluated.out())
        .contains(
            "30 samples", "test accuracy %.4f".formatted(result.get("test_accuracy").asDouble()));
    CliRun.of("plot", out, "--backend", "reference").succeeded();
    CliRun.of("evaluate", out, "--limit", 3).refused("--limit", "no effect");
    CliRun.of("predict", out, fresh, "--recipe", "digits01").refused("--recipe", "no effect");
    CliRun.of("evaluate", out.resolve("model.keras")).refused("evaluate RUN", "of your own alone");
    Path kept = out.resolve("data.json");
    String prepared = Files.readString(kept);
    replaced(kept, "\"versicolor\",", "");
    CliRun.of("predict", out, fresh).refused("2 outputs, one for each class", "received 3");
    Files.writeString(kept, "none");
    CliRun.of("predict", out, fresh).refused("data.json: expected JSON");
    Files.writeString(kept, prepared);
    Files.writeString(data, Files.readString(data) + "5.1,3.5,1.4,0.2,setosa\n");
    CliRun.of("evaluate", out).refused("iris.csv", "changed since", "evaluate RUN --data DATA");
    CliRun.of("plot", out).refused("iris.csv", "changed since");
    assertThat(CliRun.of("evaluate", out, "--data", data, "--backend", "reference").out())
        .contains("data: " + data, "151 samples");
  }

  @Test
  void heading_andDecimalCommas_areThoseOfTheTraining() throws IOException {
    Path data = OwnTables.iris(folder.resolve("iris.csv"));
    String rows = Files.readString(data).lines().skip(1).collect(Collectors.joining("\n"));
    String european = rows.replace(',', ';').replace('.', ',');
    Files.writeString(data, "2019;2020;2021;2022;species\n" + european);
    Path net = folder.resolve("net.yaml");
    Files.writeString(
        net,
        "data: {label: species, heading: true}\nlayers: [Dense: {units: 3, activation: softmax}]\n"
            + "optimizer: adam\nloss: sparse_categorical_crossentropy\nepochs: 1\n");
    Path out = folder.resolve("run");
    trained(net, data, "--out", out);
    Path fresh = folder.resolve("new.csv");
    Files.writeString(fresh, "2019;2020;2021;2022\n5,1;3,5;1.4;0,2\n");
    assertThat(CliRun.of("predict", out, fresh, "--backend", "reference").succeeded().out())
        .contains("│ new.csv │   0 │");
    assertThat(CliRun.of("evaluate", out, "--data", data, "--backend", "reference").out())
        .contains("150 samples");
  }

  @Test
  void wine_asClassesAndAsANumber_learns() throws IOException {
    Path data = OwnTables.wine(folder.resolve("wine.csv"));
    Path net = init(data, "quality");
    assertThat(trained(net, data, "--epochs", 30).get("test_accuracy").asDouble())
        .isGreaterThan(0.6);
    replaced(net, "units: 5, activation: softmax", "units: 1");
    replaced(net, "sparse_categorical_crossentropy", "mean_squared_error");
    replaced(net, "metrics: [accuracy]", "metrics: [mean_absolute_error]");
    train(net, data).refused("5 outputs of the last layer", "received 1", "label_kind: number");
    replaced(net, "  test_split", "  label_kind: number\n  test_split");
    Path out = folder.resolve("run");
    JsonNode result = trained(net, data, "--out", out, "--epochs", 30);
    assertThat(result.get("test_mean_absolute_error").asDouble()).isLessThan(0.5);
    assertThat(result.get("test_accuracy").isNull()).isTrue();
    assertThat(out.resolve("figures/predicted.png")).isNotEmptyFile();
    assertThat(out.resolve("figures/confusion.png")).doesNotExist();
  }

  @Test
  void init_ofANumber_scalesTheOutput() {
    Path data = OwnTables.wine(folder.resolve("wine.csv"));
    Path net = init(data, "alcohol");
    assertThat(net).content().contains("- Rescaling: {scale: ", "loss: mean_squared_error");
    JsonNode result = trained(net, data, "--epochs", 20);
    assertThat(result.get("test_mean_absolute_error").asDouble()).isLessThan(0.9);
  }

  @Test
  void passengers_withTextsAndGaps_learnAndRefuseUnknownCategories() throws IOException {
    Path data = OwnTables.passengers(folder.resolve("passengers.csv"));
    Path net = init(data, "survived");
    assertThat(net)
        .content()
        .contains(
            "passenger: ignore  # it numbers the rows",
            "class: category  # 3 values: 1, 2, 3",
            "age: {kind: numeric, missing: median, flag: true}",
            "port: category",
            "a class of their own");
    Path out = folder.resolve("run");
    assertThat(trained(net, data, "--epochs", 20, "--out", out).get("test_accuracy").asDouble())
        .isGreaterThan(0.85);
    Path fresh = folder.resolve("new.csv");
    Files.writeString(fresh, "class,sex,age,port\n1,female,,Cherbourg\n2,male,30,Bremen\n");
    CliRun.of("predict", out, fresh)
        .refused("new.csv, line 3, column port", "Cherbourg, Queenstown", "received \"Bremen\"");
    replaced(net, "port: category", "port: {kind: category, unknown: missing, embedding: 2}");
    Path second = folder.resolve("second");
    trained(net, data, "--out", second, "--epochs", 2);
    CliRun predicted = CliRun.of("predict", second, fresh, "--backend", "reference");
    assertThat(predicted.out()).contains("│ new.csv │   1 │");
    Path model = second.resolve("model.keras");
    assertThat(CliRun.of("predict", model, fresh, "--backend", "reference")).isEqualTo(predicted);
    Files.writeString(fresh, "class,sex,age\n1,female,3\n");
    CliRun.of("predict", second, fresh).refused("one called \"port\"");
  }

  @ParameterizedTest
  @ValueSource(strings = {"0.005", "{CosineDecay: {initial_learning_rate: 0.01, decay_steps: 20}}"})
  void train_stoppedRun_goesOnToTheSameBits(String learningRate) throws IOException {
    Path data = OwnTables.iris(folder.resolve("iris.csv"));
    Path net = init(data, "species");
    replaced(net, "{learning_rate: 0.005}", "{learning_rate: " + learningRate + "}");
    replaced(net, "restore_best_weights: true", "restore_best_weights: false");
    Path whole = folder.resolve("whole");
    trained(net, data, "--out", whole, "--epochs", 6);
    Path part = folder.resolve("part");
    trained(net, data, "--out", part, "--epochs", 6, "--checkpoint-every", "3epochs");
    Path json = part.resolve("run.json");
    String failed = Files.readString(json).replace("\"finished\"", "\"failed\"");
    Files.writeString(json, failed);
    CliRun.of("train", "--resume", part, "--verbose", 0).succeeded();
    assertThat(part.resolve("weights.npz")).hasSameBinaryContentAs(whole.resolve("weights.npz"));
  }

  private Path images(int otherWidth) throws IOException {
    Random random = new Random(5);
    Path images = folder.resolve("shapes");
    for (String name : List.of("bar", "beam")) {
      Files.createDirectories(images.resolve(name));
      for (int i = 0; i < 20; i++) {
        BufferedImage image =
            new BufferedImage(i == 7 ? otherWidth : 12, 12, BufferedImage.TYPE_BYTE_GRAY);
        Graphics2D graphics = image.createGraphics();
        graphics.setColor(Color.WHITE);
        int at = 1 + random.nextInt(8);
        graphics.fillRect(name.equals("bar") ? 0 : at, name.equals("bar") ? at : 0, 12, 3);
        if (name.equals("beam")) {
          graphics.fillRect(at, 0, 3, 12);
        }
        graphics.dispose();
        ImageIO.write(image, "png", images.resolve(name + "/" + i + ".png").toFile());
      }
    }
    return images;
  }

  @Test
  void images_inFolders_trainAndPredict() throws IOException {
    Path data = images(12);
    Path net = folder.resolve("net.yaml");
    CliRun.of("init", data, "--out", net).succeeded();
    Path out = folder.resolve("run");
    JsonNode result = trained(net, data, "--out", out, "--size", "6x6", "--epochs", 30);
    assertThat(result.get("test_accuracy").asDouble()).isGreaterThan(0.8);
    assertThat(result.get("data").textValue()).isEqualTo("images");
    assertThat(out.resolve("figures/samples.png")).isNotEmptyFile();
    CliRun predicted =
        CliRun.of("predict", out, data.resolve("beam/3.png"), "--backend", "reference");
    assertThat(predicted.out()).contains("│ 3.png │   0 │       beam │");
    Path others = folder.resolve("others");
    for (String file : List.of("bar/1.png", "bar/2.png", "beam/3.png")) {
      Files.createDirectories(others.resolve(file).getParent());
      Files.copy(data.resolve(file), others.resolve(file));
    }
    assertThat(CliRun.of("evaluate", out, "--data", others, "--backend", "reference").out())
        .contains("data: " + others, " 3 samples");
    Files.move(others.resolve("bar"), others.resolve("cat"));
    CliRun.of("evaluate", out, "--data", others)
        .refused("others: expected classes of the training: bar, beam, received cat");
  }

  @Test
  void images_labelled_haveTheClassesOfTheTraining() throws IOException {
    Path data = images(12);
    List<String> classes = List.of("ark", "bar", "beam");
    Dataset samples = new Preparation.OfImages(12, 12, 1, false, classes).labelled(data);
    assertThat(samples.size()).isEqualTo(40);
    assertThat(samples.y().get(0)).isEqualTo(1);
    assertThat(samples.y().get(39)).isEqualTo(2);
    Dataset colours = new Preparation.OfImages(12, 12, 3, false, classes).labelled(data);
    assertThat(colours.featureShape()).containsExactly(12, 12, 3);
    assertThatThrownBy(() -> new Preparation.OfImages(12, 9, 1, false, classes).labelled(data))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("as in training, [12, 9, 1], received [12, 12, 1]");
  }

  @Test
  void images_ofAnotherSize_areRefusedByName() throws IOException {
    Path data = images(10);
    Path net = folder.resolve("net.yaml");
    Files.writeString(
        net,
        "layers: [Flatten, Dense: {units: 2, activation: softmax}]\n"
            + "optimizer: adam\nloss: sparse_categorical_crossentropy\nepochs: 1\n");
    train(net, data).refused("bar/7.png: expected 12 x 12 pixels", "received 12 x 10");
    CliRun.of("init", data).refused("bar/7.png", "Give the size");
    assertThat(CliRun.of("init", data, "--size", "8x9").succeeded().out()).contains("[8, 9]");
    train(net, data, "--size", "12").refused("--size: expected height and width, as in 32x32");
    train(net, data, "--label", "x").refused("label x: expected a table");
  }

  @Test
  void idx_files_areTrainedAndTestedAsTheyAreParted() throws IOException {
    Path data = TinyMnist.write(folder).resolve("mnist");
    Path net = folder.resolve("net.yaml");
    CliRun.of("init", data, "--out", net).succeeded();
    assertThat(net).content().doesNotContain("  size:");
    Path out = folder.resolve("run");
    JsonNode result = trained(net, data, "--epochs", 2, "--limit", 100, "--out", out);
    assertThat(CliRun.of("evaluate", out, "--data", data, "--backend", "reference").out())
        .contains(data + ", its test images", "50 samples");
    assertThat(result.get("data").textValue()).isEqualTo("idx");
    assertThat(result.get("samples").intValue()).isEqualTo(90);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "units: 3, activation: softmax | units: 4, activation: softmax | 3 outputs of the last layer, one for each class (setosa, versicolor, virginica), received 4",
        "sepal_width: numeric | sepal_widht: numeric | one called \"sepal_widht\"; the nearest is sepal_width",
        "species  # | spezies  # | one called \"spezies\"; the nearest is species",
        "  label: | label_kind: number@  label: | expected a number, received \"setosa\"",
        "- Dense: {units: 3, | - Normalization@  - Dense: {units: 3, | Normalization as the first layer",
        "epochs: 100 | epoch: 100 | line 25, epoch; the nearest is epochs",
      })
  void train_mistakeInTheFile_isRefused(String right, String wrong, String parts)
      throws IOException {
    Path data = OwnTables.iris(folder.resolve("iris.csv"));
    Path net = init(data, "species");
    replaced(net, right, wrong.replace("@", "\n"));
    train(net, data).refused(parts.split("; "));
  }

  @Test
  void options_thatDoNotGoTogether_areRefused() throws IOException {
    Path data = OwnTables.iris(folder.resolve("iris.csv"));
    Path net = init(data, "species");
    CliRun.of("train", "--model", net).refused("--model", "--data with it");
    CliRun.of("train", "mnist-dense", "--model", net, "--data", data).refused("no RECIPE");
    CliRun.of("train", "mnist-dense", "--label", "x").refused("--label x", "--model NET.yaml");
    train(net, data, "--size", "6x6").refused("size 6x6", "received a table");
    train(net, folder.resolve("none.csv")).refused("none.csv: expected a CSV table, a folder");
    CliRun.of("init", folder, "--label", "x").refused("--label x: expected a table");
    train(net, data, "--hidden", 3).refused("--hidden 3: expected a recipe");
    train(net, data, "--label", "petal_width", "--generated").refused("data options");
    CliRun.of("init", data).refused("--label NAME, the column to predict");
    CliRun.of("init", data, "--label", "species", "--size", "6x6").refused("--size 6x6: expected");
    CliRun.of("init").refused("DATA", "sinter init --help");
    CliRun.of("init", data, "--label", "x", "--out", net).refused("a new file, received one");
    CliRun.of("init", data, "--label", "spezies").refused("the nearest is species");
  }

  @Test
  void init_ofTextsThatYamlRefuses_writesAFileThatTrainReads() throws IOException {
    Path data = OwnTables.iris(folder.resolve("iris.csv"));
    replaced(data, "setosa", "set\u0099\uFFFEosa");
    replaced(data, "petal_width", "petal\u0080\uFFFE");
    trained(init(data, "species"), data, "--epochs", 1);
  }

  @Test
  void init_schema_isJson() {
    JsonNode schema = CliRun.of("init", "--schema").succeeded().json();
    assertThat(schema.path("properties").has("layers")).isTrue();
  }
}
