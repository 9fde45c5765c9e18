package dev.sinter.callbacks;

import static dev.sinter.callbacks.Observed.refused;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.sinter.Fit;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.Toy;
import dev.sinter.data.Tensor;
import dev.sinter.errors.RunException;
import dev.sinter.optimizers.Sgd;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What TensorBoard gets to read of a training. */
class TensorBoardTest {
  @TempDir Path folder;

  private History fit(Fit fit, TensorBoard board) {
    return Toy.compiled(new Sgd(0.25)).fit(Toy.data(20), fit.callback(board));
  }

  private EventDecoder.Content train() throws IOException {
    return EventDecoder.onlyFile(folder.resolve("train"));
  }

  private EventDecoder.Content validation() throws IOException {
    return EventDecoder.onlyFile(folder.resolve("validation"));
  }

  private static List<Double> asFloats(List<Double> values) {
    return values.stream().map(value -> (double) value.floatValue()).toList();
  }

  @Test
  void scalars_byDefault_haveKerasFoldersTagsAndSteps() throws IOException {
    Fit fit = Toy.fit(2).validationData(Toy.data(5));
    History history = fit(fit, new TensorBoard(folder));
    assertThat(train().version()).isEqualTo("brain.Event:2");
    assertThat(train().what())
        .containsExactly(
            "scalars epoch_accuracy 0",
            "scalars epoch_loss 0",
            "scalars epoch_learning_rate 0",
            "scalars epoch_accuracy 1",
            "scalars epoch_loss 1",
            "scalars epoch_learning_rate 1");
    assertThat(validation().what())
        .containsExactly(
            "scalars evaluation_accuracy_vs_iterations 3",
            "scalars evaluation_loss_vs_iterations 3",
            "scalars epoch_accuracy 0",
            "scalars epoch_loss 0",
            "scalars evaluation_accuracy_vs_iterations 6",
            "scalars evaluation_loss_vs_iterations 6",
            "scalars epoch_accuracy 1",
            "scalars epoch_loss 1");
    assertThat(train().scalars("epoch_loss")).isEqualTo(asFloats(history.get("loss")));
    assertThat(train().scalars("epoch_accuracy")).isEqualTo(asFloats(history.get("accuracy")));
    assertThat(train().scalars("epoch_learning_rate")).containsExactly(0.25, 0.25);
    assertThat(validation().scalars("epoch_loss")).isEqualTo(asFloats(history.get("val_loss")));
    assertThat(validation().scalars("evaluation_accuracy_vs_iterations"))
        .isEqualTo(asFloats(history.get("val_accuracy")));
  }

  @Test
  void validation_absent_hasNoFolder() throws IOException {
    fit(Toy.fit(1), new TensorBoard(folder));
    assertThat(train().values()).hasSize(3);
    assertThat(folder.resolve("validation")).doesNotExist();
  }

  /** The rate is written once, though another callback put it into the logs as well. */
  @Test
  void learningRate_inTheLogs_isWrittenOnce() throws IOException {
    Fit fit = Toy.fit(2).callback(new LearningRateScheduler((epoch, rate) -> 0.5 / (epoch + 1)));
    fit(fit, new TensorBoard(folder));
    assertThat(train().scalars("epoch_learning_rate")).containsExactly(0.5, 0.25);
  }

  @Test
  void initialEpoch_later_isTheFirstStep() throws IOException {
    fit(Toy.fit(5).initialEpoch(4), new TensorBoard(folder));
    assertThat(train().what()).first().isEqualTo("scalars epoch_accuracy 4");
  }

  @Test
  void batches_everySoMany_areCountedFromOneOverEpochs() throws IOException {
    List<Double> losses = new ArrayList<>();
    LambdaCallback keep =
        new LambdaCallback().onTrainBatchEnd((model, batch, logs) -> losses.add(logs.get("loss")));
    TensorBoard board = new TensorBoard(folder).updateEveryBatches(2);
    assertThat(board.wantsBatches()).isTrue();
    fit(Toy.fit(2).callback(keep), board);
    assertThat(train().what().stream().filter(what -> what.contains("batch_")))
        .containsExactly(
            "scalars batch_accuracy 2",
            "scalars batch_loss 2",
            "scalars batch_accuracy 4",
            "scalars batch_loss 4",
            "scalars batch_accuracy 6",
            "scalars batch_loss 6");
    assertThat(train().scalars("batch_loss"))
        .isEqualTo(asFloats(List.of(losses.get(1), losses.get(3), losses.get(5))));
  }

  @Test
  void stepsPerSecond_wanted_areWritten() throws IOException {
    fit(Toy.fit(1), new TensorBoard(folder).writeStepsPerSecond(true).updateEveryBatches(3));
    assertThat(train().what())
        .containsExactly(
            "scalars batch_steps_per_second 3",
            "scalars batch_accuracy 3",
            "scalars batch_loss 3",
            "scalars epoch_accuracy 0",
            "scalars epoch_loss 0",
            "scalars epoch_learning_rate 0",
            "scalars epoch_steps_per_second 0");
    assertThat(train().scalars("batch_steps_per_second").get(0)).isPositive();
    assertThat(train().scalars("epoch_steps_per_second").get(0)).isPositive();
  }

  @Test
  void histograms_everySoManyEpochs_countEachWeight() throws IOException {
    fit(Toy.fit(3), new TensorBoard(folder).histogramEveryEpochs(2));
    List<EventDecoder.Value> histograms =
        train().values().stream().filter(value -> value.plugin().equals("histograms")).toList();
    assertThat(histograms.stream().map(EventDecoder.Value::what))
        .containsExactly(
            "histograms sequential/dense/kernel/histogram 0",
            "histograms sequential/dense/bias/histogram 0",
            "histograms sequential/dense_1/kernel/histogram 0",
            "histograms sequential/dense_1/bias/histogram 0",
            "histograms sequential/dense/kernel/histogram 2",
            "histograms sequential/dense/bias/histogram 2",
            "histograms sequential/dense_1/kernel/histogram 2",
            "histograms sequential/dense_1/bias/histogram 2");
    double[] rows = histograms.get(0).numbers();
    double count = 0;
    for (int i = 2; i < rows.length; i += 3) {
      count += rows[i];
    }
    assertThat(count).isEqualTo(5 * 4);
  }

  @Test
  void images_withHistograms_showEachWeight() throws IOException {
    fit(Toy.fit(1), new TensorBoard(folder).writeImages(true).histogramEveryEpochs(1));
    List<String> images =
        train().values().stream()
            .filter(value -> value.plugin().equals("images"))
            .map(
                value ->
                    value.tag()
                        + " "
                        + new String(value.strings().get(0), StandardCharsets.US_ASCII)
                        + "x"
                        + new String(value.strings().get(1), StandardCharsets.US_ASCII))
            .toList();
    assertThat(images)
        .containsExactly(
            "sequential/dense/kernel/image 5x4",
            "sequential/dense/bias/image 1x4",
            "sequential/dense_1/kernel/image 4x3",
            "sequential/dense_1/bias/image 1x3");
  }

  @Test
  void images_withoutHistograms_areRefusedBeforeTraining() {
    refused(
        () -> fit(Toy.fit(1), new TensorBoard(folder).writeImages(true)),
        "TensorBoard, write images",
        "call histogramEveryEpochs(1)");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void secondTraining_withTheSameCallback_hasFilesOfItsOwn() throws IOException {
    TensorBoard board = new TensorBoard(folder).updateEveryBatches(1);
    fit(Toy.fit(1), board);
    fit(Toy.fit(1), board);
    try (var files = Files.list(folder.resolve("train"))) {
      for (Path file : files.toList()) {
        assertThat(EventDecoder.read(file).what()).contains("scalars batch_loss 1").hasSize(9);
      }
    }
  }

  /** What was written before training failed is there, whole. */
  @Test
  void training_failing_leavesWholeRecords() throws IOException {
    Fit fit =
        Toy.fit(2)
            .callback(
                new LambdaCallback()
                    .onTrainBatchEnd(
                        (model, batch, logs) -> {
                          if (batch == 2) {
                            throw new IllegalStateException("mine");
                          }
                        }));
    assertThatThrownBy(() -> fit(fit, new TensorBoard(folder).updateEveryBatches(1)))
        .hasMessage("mine");
    assertThat(train().scalars("batch_loss")).hasSize(2);
  }

  @Test
  void file_whileTraining_canBeRead() {
    List<Integer> sizes = new ArrayList<>();
    LambdaCallback read =
        new LambdaCallback()
            .onEpochEnd(
                (model, epoch, logs) -> {
                  try {
                    sizes.add(train().values().size());
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                });
    Toy.compiled().fit(Toy.data(8), Toy.fit(3).callback(new TensorBoard(folder)).callback(read));
    assertThat(sizes).containsExactly(3, 6, 9);
  }

  @Test
  void file_deletedMeanwhile_isOneClearError() {
    LambdaCallback delete =
        new LambdaCallback()
            .onEpochBegin(
                (model, epoch) -> {
                  try (var files = Files.list(folder.resolve("train"))) {
                    for (Path file : files.toList()) {
                      Files.delete(file);
                    }
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                });
    assertThatThrownBy(() -> fit(Toy.fit(1).callback(delete), new TensorBoard(folder)))
        .isInstanceOf(RunException.class)
        .hasMessageContaining("events.out.tfevents.")
        .hasMessageContaining("expected to add events");
  }

  @Test
  void folder_thatIsAFile_isRefusedBeforeTraining() throws IOException {
    Path file = Files.writeString(folder.resolve("taken"), "x");
    Model model = Toy.compiled();
    refused(
        () -> model.fit(Toy.data(8), Toy.fit(1).callback(new TensorBoard(file))),
        "taken",
        "a folder, or a place to create one");
    assertThat(model.iterations()).isZero();
  }

  @Test
  void arguments_illegal_areRefused() {
    TensorBoard board = new TensorBoard();
    refused(() -> board.histogramEveryEpochs(-1), "TensorBoard, histogram every epochs");
    refused(() -> board.updateEveryBatches(-1), "TensorBoard, update every batches");
  }

  /** Another program, with its own CRC table and its own parser, reads the same. */
  @Test
  void file_readByPython_saysTheSame() throws IOException, InterruptedException {
    assumeTrue(pythonRuns(), "skipped: python3, which reads the event file again, is not here");
    TensorBoard board = new TensorBoard(folder).histogramEveryEpochs(1).writeImages(true);
    Model model = Toy.compiled();
    History history = model.fit(Toy.data(20), Toy.fit(2).callback(board));
    Path file;
    try (var files = Files.list(folder.resolve("train"))) {
      file = files.findFirst().orElseThrow();
    }
    List<String> expected = new ArrayList<>(List.of("version brain.Event:2"));
    Map<String, Tensor> weights = model.getNamedWeights();
    for (int epoch = 0; epoch < 2; epoch++) {
      expected.add(scalar("epoch_accuracy", epoch, history.get("accuracy").get(epoch)));
      expected.add(scalar("epoch_loss", epoch, history.get("loss").get(epoch)));
      expected.add(scalar("epoch_learning_rate", epoch, 0.5));
      int last = epoch;
      weights.forEach(
          (name, weight) -> {
            String tag = "sequential/" + name;
            expected.add("histograms " + tag + "/histogram " + last + " 30 " + weight.size());
            expected.add("images " + tag + "/image " + last + size(weight));
          });
    }
    List<String> lines = python(file);
    assertThat(lines).hasSameSizeAs(expected);
    for (int i = 0; i < lines.size(); i++) {
      assertThat(lines.get(i)).startsWith(expected.get(i));
    }
    assertThat(lines.get(lines.size() - 1))
        .as("the sum of the last bias's pixels")
        .endsWith(" " + greySum(weights.get("dense_1/bias")));
  }

  private static String scalar(String tag, int step, double value) {
    return "scalars "
        + tag
        + " "
        + step
        + String.format(" %08x", Float.floatToIntBits((float) value));
  }

  private static String size(Tensor weight) {
    int[] shape = weight.shape();
    return shape.length == 1
        ? " 1 " + shape[0] + " "
        : " " + Math.max(shape[0], shape[1]) + " " + Math.min(shape[0], shape[1]) + " ";
  }

  private static int greySum(Tensor weight) {
    int sum = 0;
    for (int i = 0; i < weight.size(); i++) {
      sum += Math.max(0, Math.min(255, (int) (weight.get(i) * 255.5f)));
    }
    return sum;
  }

  private static boolean pythonRuns() throws InterruptedException {
    try {
      Process process = new ProcessBuilder("python3", "--version").start();
      return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  private List<String> python(Path file) throws IOException, InterruptedException {
    Path script = folder.resolve("decode_events.py");
    try (var in = getClass().getResourceAsStream("/tensorboard/decode_events.py")) {
      Files.copy(in, script);
    }
    Path output = folder.resolve("output");
    Process process =
        new ProcessBuilder("python3", script.toString(), file.toString())
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
    List<String> lines = Files.readAllLines(output);
    assertThat(process.exitValue()).as("%s", lines).isZero();
    return lines;
  }
}
