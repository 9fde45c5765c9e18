package dev.sinter.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.data.Npz;
import dev.sinter.data.Tensor;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Successful trainings: the output and the written files. */
class TrainTest {
  @TempDir static Path shared;
  @TempDir Path folder;
  private static Path data;

  @BeforeAll
  static void writeData() {
    data = TinyMnist.write(shared.resolve("data"));
  }

  private static CliRun train(String recipe, Object... more) {
    List<Object> arguments = new ArrayList<>(Arrays.asList(more));
    CliRun.addDefault(arguments, "--epochs", 1);
    CliRun.addDefault(arguments, "--limit", 64);
    CliRun.addDefault(arguments, "--data", data);
    return CliRun.train(recipe, arguments.toArray()).succeeded();
  }

  private Map<String, Tensor> weights(String name, Object... more) {
    Object[] arguments = Arrays.copyOf(more, more.length + 2);
    arguments[more.length] = "--save-weights";
    arguments[more.length + 1] = folder.resolve(name);
    train("mnist-dense", arguments);
    return Npz.read(folder.resolve(name));
  }

  @Test
  void mnistDense_twoEpochs_printsTheTextsLinesInOrder() {
    List<String> lines = train("mnist-dense", "--epochs", 2).lines();
    assertThat(lines).hasSize(9);
    assertThat(lines.get(0)).isEqualTo("MNIST from " + data.resolve("mnist"));
    assertThat(lines.get(1))
        .isEqualTo("mnist-dense: reference on plain Java, 1 thread, 64 samples");
    String number = "-?\\d+\\.\\d{4}(e[-+]\\d+)?";
    String time = "\\d+s - \\d+[mu]?s/step";
    assertThat(lines.get(2))
        .matches(
            "Epoch 1/2 - 1/1 - "
                + time
                + " - accuracy: "
                + number
                + " - loss: "
                + number
                + " - [\\d,]+ samples/s");
    assertThat(lines.get(3)).startsWith("Epoch 2/2 ");
    assertThat(lines.get(4)).matches("[\\d.]+ s setup, [\\d.]+ s training, [\\d,]+ samples/s");
    assertThat(lines.get(5)).matches("test loss " + number + ", test accuracy " + number);
    assertThat(lines.get(6))
        .matches("training accuracy [\\d.]+, [+-][\\d.]+ against the test: .*overfitting");
    assertThat(lines.get(7))
        .matches("first test digit, probabilities:(  \\d: 0\\.\\d{4}){10}  \\(sum 1\\.0000\\)");
    assertThat(lines.get(8))
        .matches("first test digit: predicted \\d with probability 0\\.\\d{4}, label 0");
  }

  @Test
  void verbose_levelsAndStyle_areObeyed() {
    String silent = train("mnist-dense", "--epochs", 2, "--verbose", 0).out();
    assertThat(silent).contains("test accuracy").doesNotContain("Epoch", "1/1");
    assertThat(train("mnist-dense", "--epochs", 2, "--verbose", 1).out())
        .contains("Epoch 2/2" + System.lineSeparator() + "1/1 ━━━━━━━━━━━━━━━━━━━━ ");
    assertThat(train("mnist-dense", "--verbose", 1, "--style", "keras2").out())
        .contains("1/1 [==============================] - ");
  }

  @Test
  void mnistDense_enoughEpochs_learns() {
    Path json = folder.resolve("a.json");
    train("mnist-dense", "--epochs", 8, "--limit", 200, "--batch-size", 20, "--json", json);
    JsonNode run = CliRun.json(json);
    assertThat(run.get("loss").get(7).asDouble()).isLessThan(run.get("loss").get(0).asDouble());
    assertThat(run.get("test_accuracy").asDouble()).isGreaterThan(0.8);
  }

  @Test
  void mnistSigmoid_oneEpoch_printsDigitAndLabel() {
    assertThat(train("mnist-sigmoid").out())
        .contains("mnist-sigmoid: reference", "Epoch 1/1", "sum 1.0000", ", label 0");
  }

  @Test
  void digits01_oneEpoch_printsSampleOfEachClass() {
    CliRun run = train("digits01", "--limit", 20);
    assertThat(run.out()).contains("digits01: reference on plain Java, 1 thread, 20 samples");
    assertThat(run.lines().get(6))
        .matches("sample 0: probability of a one 0\\.\\d{4}, above 0\\.5: [01], label 0");
    assertThat(run.lines().get(7)).startsWith("sample 10: ").endsWith(", label 1");
  }

  @Test
  void json_twoEpochs_hasEveryFieldWithItsType() {
    Path json = folder.resolve("a.json");
    train("mnist-dense", "--epochs", 2, "--seed", 7, "--json", json);
    JsonNode run = CliRun.json(json);
    assertThat(run.fieldNames())
        .toIterable()
        .containsExactly(
            "recipe",
            "backend",
            "device",
            "precision",
            "threads",
            "seed",
            "epochs",
            "batch_size",
            "samples",
            "loss",
            "accuracy",
            "epoch_seconds",
            "test_loss",
            "test_accuracy",
            "train_seconds",
            "setup_seconds",
            "samples_per_second",
            "data");
    assertThat(run.get("recipe").textValue()).isEqualTo("mnist-dense");
    assertThat(run.get("backend").textValue()).isEqualTo("reference");
    assertThat(run.get("device").textValue()).isEqualTo("plain Java, 1 thread");
    assertThat(run.get("precision").textValue()).isEqualTo("float32");
    assertThat(run.get("threads").intValue()).isEqualTo(1);
    assertThat(run.get("seed").longValue()).isEqualTo(7);
    assertThat(run.get("epochs").intValue()).isEqualTo(2);
    assertThat(run.get("batch_size").intValue()).isEqualTo(128);
    assertThat(run.get("samples").intValue()).isEqualTo(64);
    assertThat(run.get("data").textValue()).isEqualTo("mnist");
    for (String series : List.of("loss", "accuracy", "epoch_seconds")) {
      assertThat(run.get(series).isArray()).as(series).isTrue();
      assertThat(run.get(series)).as(series).hasSize(2).allMatch(JsonNode::isDouble);
    }
    for (String number : List.of("test_loss", "test_accuracy", "setup_seconds")) {
      assertThat(run.get(number).isDouble()).as(number).isTrue();
    }
    double trained = run.get("train_seconds").doubleValue();
    double sum =
        run.get("epoch_seconds").get(0).doubleValue()
            + run.get("epoch_seconds").get(1).doubleValue();
    assertThat(trained).isPositive().isCloseTo(sum, Offset.offset(1e-9));
    assertThat(run.get("samples_per_second").doubleValue()).isEqualTo(64 * 2 / trained);
  }

  @Test
  void quiet_withTargets_printsNothing() {
    Path json = folder.resolve("a.json");
    assertThat(train("mnist-dense", "--quiet", "--json", json).out()).isEmpty();
    assertThat(json).isNotEmptyFile();
  }

  @Test
  void saveWeights_names_areKerasVariables() {
    Map<String, Tensor> weights = weights("w.npz", "--hidden", 5);
    assertThat(weights.keySet())
        .containsExactly("dense/kernel", "dense/bias", "dense_1/kernel", "dense_1/bias");
    assertThat(weights.get("dense/kernel").shape()).containsExactly(784, 5);
    assertThat(weights.get("dense/bias").shape()).containsExactly(5);
    assertThat(weights.get("dense_1/kernel").shape()).containsExactly(5, 10);
    assertThat(weights.get("dense_1/bias").shape()).containsExactly(10);
  }

  @Test
  void hidden_absent_isTheRecipes() {
    Path file = folder.resolve("w.npz");
    CliRun.of(
            "train",
            "digits01",
            "--backend=reference",
            "--data=" + data,
            "--epochs=1",
            "--save-weights=" + file)
        .succeeded();
    Map<String, Tensor> weights = Npz.read(file);
    assertThat(weights.get("dense/kernel").shape()).containsExactly(400, 25);
    assertThat(weights.get("dense_1/kernel").shape()).containsExactly(25, 15);
    assertThat(weights.get("dense_2/kernel").shape()).containsExactly(15, 1);
  }

  @Test
  void seed_same_givesTheSameFileToTheByte() throws Exception {
    weights("a.npz", "--seed", 3, "--epochs", 2, "--batch-size", 16);
    weights("b.npz", "--seed", 3, "--epochs", 2, "--batch-size", 16);
    weights("c.npz", "--seed", 4, "--epochs", 2, "--batch-size", 16);
    byte[] first = Files.readAllBytes(folder.resolve("a.npz"));
    assertThat(Files.readAllBytes(folder.resolve("b.npz"))).isEqualTo(first);
    assertThat(Files.readAllBytes(folder.resolve("c.npz"))).isNotEqualTo(first);
  }

  @Test
  void shuffle_onAndOff_differ() {
    Tensor shuffled = weights("a.npz", "--batch-size", 16).get("dense/kernel");
    Tensor inOrder = weights("b.npz", "--batch-size", 16, "--no-shuffle").get("dense/kernel");
    assertThat(inOrder).isNotEqualTo(shuffled);
  }

  /** Plain SGD has no state, so 1 + 2 epochs equal 3. */
  @Test
  void init_noShuffle_continuesAsOneTraining() {
    Object[] options = {"--no-shuffle", "--optimizer", "sgd", "--batch-size", 10};
    Map<String, Tensor> whole = weights("3.npz", with(options, "--epochs", 3));
    weights("1.npz", with(options, "--epochs", 1));
    Path init = folder.resolve("1.npz");
    assertThat(weights("2.npz", with(options, "--epochs", 2, "--init", init))).isEqualTo(whole);
  }

  /** Without training, the weights of the run are those of --init, whatever the seed. */
  @Test
  void init_withoutEpochs_isWrittenAsItWasRead() {
    Map<String, Tensor> first = weights("a.npz", "--seed", 1);
    Path init = folder.resolve("a.npz");
    assertThat(weights("b.npz", "--seed", 2, "--epochs", 0, "--init", init)).isEqualTo(first);
  }

  @ParameterizedTest
  @CsvSource({"mnist-dense", "mnist-sigmoid", "digits01"})
  void epochs_zero_testsTheInitialWeights(String recipe) {
    Path json = folder.resolve("a.json");
    CliRun run = train(recipe, "--epochs", 0, "--json", json);
    assertThat(run.out()).contains("no epoch was trained").doesNotContain("NaN", "Epoch");
    JsonNode result = CliRun.json(json);
    assertThat(result.get("epochs").intValue()).isZero();
    assertThat(result.get("loss").isArray()).isTrue();
    assertThat(result.get("loss")).isEmpty();
    assertThat(result.get("accuracy")).isEmpty();
    assertThat(result.get("epoch_seconds")).isEmpty();
    assertThat(result.get("train_seconds").doubleValue()).isZero();
    assertThat(result.get("samples_per_second").doubleValue()).isZero();
    assertThat(result.get("test_loss").doubleValue()).isPositive().isFinite();
  }

  @ParameterizedTest
  @CsvSource({"sgd", "momentum", "nesterov", "rmsprop", "adam", "adamw"})
  void optimizer_each_trains(String name) {
    assertThat(train("mnist-dense", "--optimizer", name).out()).contains("Epoch 1/1");
  }

  @Test
  void learningRate_zero_changesNothing() {
    assertThat(weights("a.npz", "--learning-rate", 0)).isEqualTo(weights("b.npz", "--epochs", 0));
  }

  @ParameterizedTest
  @CsvSource({"1, 2", "2, 2", "3, 2", "20, 20", "1000, 40"})
  void digits01_limit_takesHalfOfEachClass(int limit, int samples) {
    Path json = folder.resolve("a.json");
    train("digits01", "--limit", limit, "--json", json);
    assertThat(CliRun.json(json).get("samples").intValue()).isEqualTo(samples);
  }

  @Test
  void limit_beyondTheData_takesAll() {
    assertThat(train("mnist-dense", "--limit", 1000).out()).contains(", 200 samples");
  }

  private static Object[] with(Object[] options, Object... more) {
    Object[] all = Arrays.copyOf(options, options.length + more.length);
    System.arraycopy(more, 0, all, options.length, more.length);
    return all;
  }
}
