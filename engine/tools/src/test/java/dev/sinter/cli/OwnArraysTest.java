package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.data.Npy;
import dev.sinter.data.Tensor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Trainings on arrays of the user: --x with --y. */
class OwnArraysTest {
  @TempDir Path folder;

  private Path x(int features) {
    return TinyMnist.npy(folder.resolve("X.npy"), TinyMnist.samples(30, features), 30, features);
  }

  private Path y(int classes, int... shape) {
    return TinyMnist.npy(folder.resolve("y.npy"), TinyMnist.classes(30, classes), shape);
  }

  private CliRun train(String recipe, Path x, Path y, Object... more) {
    List<Object> arguments = new ArrayList<>(Arrays.asList(more));
    arguments.addAll(List.of("--x", x, "--y", y, "--json", folder.resolve("a.json")));
    CliRun.addDefault(arguments, "--epochs", 2);
    return CliRun.train(recipe, arguments.toArray()).succeeded();
  }

  @Test
  void digits01_own_saysThatThereIsNoTestData() {
    CliRun run = train("digits01", x(400), y(2, 30, 1));
    assertThat(run.out())
        .contains("data: " + folder.resolve("X.npy") + " and " + folder.resolve("y.npy"))
        .contains("digits01: reference on plain Java, 1 thread, 30 samples")
        .contains("no test data: these are your own samples")
        .contains("sample 0: probability of a one 0.")
        .contains("sample 15: probability of a one 0.");
    JsonNode json = CliRun.json(folder.resolve("a.json"));
    assertThat(json.get("data").textValue()).isEqualTo("npy");
    assertThat(json.get("test_loss").isNull()).isTrue();
    assertThat(json.get("test_accuracy").isNull()).isTrue();
    assertThat(json.get("loss")).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "10, 10", "11, 10", "100, 30"})
  void digits01_ownWithLimit_takesHalfOfEachClass(int limit, int samples) {
    train("digits01", x(400), y(2, 30), "--limit", limit);
    assertThat(CliRun.json(folder.resolve("a.json")).get("samples").intValue()).isEqualTo(samples);
  }

  @Test
  void digits01_bytes_areScaledToOne() {
    Path bytes = folder.resolve("bytes.npy");
    byte[] elements = new byte[30 * 20 * 20];
    float[] scaled = new float[elements.length];
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (byte) (i % 251);
      scaled[i] = i % 251 * (1 / 255f);
    }
    Npy.write(bytes, Tensor.ofBytes(elements, 30, 20, 20));
    Path floats = TinyMnist.npy(folder.resolve("floats.npy"), scaled, 30, 400);
    train("digits01", bytes, y(2, 30));
    JsonNode fromBytes = CliRun.json(folder.resolve("a.json")).get("loss");
    train("digits01", floats, y(2, 30));
    assertThat(CliRun.json(folder.resolve("a.json")).get("loss")).isEqualTo(fromBytes);
  }

  @Test
  void mnistDense_own_showsTheFirstTrainingDigit() {
    assertThat(train("mnist-dense", x(784), y(10, 30), "--limit", 12).out())
        .contains("12 samples", "first training digit, probabilities:", "label 0");
  }

  /** Class indices and one-hot rows of the same classes give the same training. */
  @Test
  void mnistSigmoid_indicesOrOneHotRows_trainAlike() {
    float[] rows = new float[300];
    for (int i = 0; i < 30; i++) {
      rows[i * 10 + i % 10] = 1;
    }
    train("mnist-sigmoid", x(784), y(10, 30));
    JsonNode indices = CliRun.json(folder.resolve("a.json")).get("loss");
    Path oneHot = TinyMnist.npy(folder.resolve("one-hot.npy"), rows, 30, 10);
    train("mnist-sigmoid", x(784), oneHot);
    assertThat(CliRun.json(folder.resolve("a.json")).get("loss")).isEqualTo(indices);
  }

  @Test
  void epochs_zero_printsPredictionsOfTheInitialWeights() {
    assertThat(train("mnist-dense", x(784), y(10, 30), "--epochs", 0).out())
        .contains("no test data", "first training digit");
  }

  @Test
  void data_own_showsShapesAndFirstSample() {
    CliRun run = CliRun.of("data", "digits01", "--x", x(400), "--y", y(2, 30, 1)).succeeded();
    assertThat(run.lines().subList(1, 4))
        .containsExactly(
            "train x (30, 400) float32",
            "train y (30, 1) float32 [0 1 0 ... 1 0 1]",
            "first sample, label 0:");
    assertThat(run.lines()).hasSize(4 + 400 / 8);
  }
}
