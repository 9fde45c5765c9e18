package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.callbacks.CSVLogger;
import dev.sinter.callbacks.EarlyStopping;
import dev.sinter.callbacks.ReduceLROnPlateau;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Nadam;
import dev.sinter.optimizers.Optimizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** A training that is stopped anywhere and resumed equals one that was never stopped. */
class CheckpointTest {
  private static final int EPOCHS = 6;
  private static final int STEPS = 8; // of an epoch, the last one partial

  @TempDir private Path folder;

  private final Dataset data = samples(61, 1);
  private final Dataset validation = samples(20, 2);

  /** What ends a training from within, as a crash does. */
  private static final class Crash extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Crashes before a step, counted over all epochs. */
  private record CrashAt(int step) implements Callback {
    @Override
    public void onTrainBatchEnd(Model model, int batch, Map<String, Double> logs) {
      if (model.iterations() == step) {
        throw new Crash();
      }
    }
  }

  private static Dataset samples(int count, long seed) {
    Random random = new Random(seed);
    float[][] x = new float[count][5];
    int[] y = new int[count];
    for (int i = 0; i < count; i++) {
      y[i] = random.nextInt(3);
      for (int j = 0; j < 5; j++) {
        x[i][j] = random.nextFloat() + 0.2f * y[i];
      }
    }
    return Dataset.of(x, y);
  }

  private static Model model(String optimizer) {
    Model model =
        Sequential.of(new Input(5), new Dense(7).relu(), new Dense(3).softmax())
            .backend("reference")
            .seed(5);
    Optimizer chosen =
        optimizer.equals("options")
            ? new Nadam(0.05).clipNorm(0.5).weightDecay(0.1).average(0.75, 5).accumulationSteps(3)
            : Optimizer.of(optimizer);
    model.compile(chosen, Loss.SPARSE_CATEGORICAL_CROSSENTROPY, Metric.ACCURACY);
    return model;
  }

  private Fit fit() {
    return Fit.epochs(EPOCHS).batchSize(8).validationData(validation).verbose(0);
  }

  private Fit observed(Path csv) {
    return fit()
        .callback(new EarlyStopping("loss").patience(50).restoreBestWeights(true))
        .callback(new ReduceLROnPlateau("val_loss").patience(1).minDelta(0.01))
        .callback(new CSVLogger(csv));
  }

  private static void assertEqual(History received, History expected) {
    assertThat(received.epochs()).isEqualTo(expected.epochs());
    assertThat(received.names()).isEqualTo(expected.names());
    for (String name : expected.names()) {
      assertThat(received.get(name)).as(name).isEqualTo(expected.get(name));
    }
  }

  static Stream<Arguments> stops() {
    List<Arguments> stops = new ArrayList<>();
    int[] every = {1, 3, 7, 8, 20};
    for (String optimizer : List.of("adam", "rmsprop", "nesterov", "sgd")) {
      for (int i = 0; i < every.length; i++) {
        int step = 1 + (i * 11 + optimizer.length() * 5) % (EPOCHS * STEPS - 1);
        stops.add(Arguments.of(optimizer, every[i], Checkpoint.Unit.STEPS, step));
      }
      stops.add(Arguments.of(optimizer, 1, Checkpoint.Unit.EPOCHS, 19));
      stops.add(Arguments.of(optimizer, 2, Checkpoint.Unit.EPOCHS, 40));
    }
    stops.add(Arguments.of("options", 7, Checkpoint.Unit.STEPS, 17));
    return stops.stream();
  }

  @ParameterizedTest
  @MethodSource("stops")
  void training_stoppedTwiceAndResumed_equalsOneThatWasNotStopped(
      String optimizer, int every, Checkpoint.Unit unit, int stop) throws IOException {
    Path whole = folder.resolve("whole.csv");
    Path parts = folder.resolve("parts.csv");
    Path checkpoints = folder.resolve("checkpoints");
    try (Model uninterrupted = model(optimizer);
        Model resumed = model(optimizer)) {
      final History expected = uninterrupted.fit(data, observed(whole));
      Fit plan =
          observed(parts)
              .checkpoint(Checkpoint.in(checkpoints).every(every, unit))
              .resume(checkpoints);
      int later = (stop + EPOCHS * STEPS) / 2;
      for (int step : new int[] {stop, later}) {
        try (Model crashed = model(optimizer)) {
          assertThatThrownBy(() -> crashed.fit(data, plan.callback(new CrashAt(step))))
              .isInstanceOf(Crash.class);
        }
      }
      History history = resumed.fit(data, plan);
      assertEqual(history, expected);
      assertThat(resumed.getNamedWeights()).isEqualTo(uninterrupted.getNamedWeights());
      assertThat(resumed.trainingState().block(dev.sinter.program.State.Block.SLOTS))
          .isEqualTo(uninterrupted.trainingState().block(dev.sinter.program.State.Block.SLOTS));
      assertThat(resumed.learningRate()).isEqualTo(uninterrupted.learningRate());
      assertThat(parts).hasSameTextualContentAs(whole);
      assertThat(CheckpointFolder.files(checkpoints)).hasSizeBetween(1, 2);
    }
  }

  @Test
  void training_thatHadEndedEarly_doesNotGoOn() {
    Path checkpoints = folder.resolve("checkpoints");
    Fit plan =
        fit()
            .callback(new EarlyStopping("loss").patience(0).minDelta(100))
            .checkpoint(Checkpoint.in(checkpoints))
            .resume(checkpoints);
    try (Model first = model("sgd");
        Model second = model("sgd")) {
      History ended = first.fit(data, plan);
      assertThat(ended.epochs()).hasSizeLessThan(EPOCHS);
      assertEqual(second.fit(data, plan), ended);
      assertThat(second.getNamedWeights()).isEqualTo(first.getNamedWeights());
    }
  }

  @Test
  void training_askedForMoreEpochs_goesOnAfterTheLast() {
    Path checkpoints = folder.resolve("checkpoints");
    try (Model whole = model("adam");
        Model first = model("adam");
        Model second = model("adam")) {
      final History expected = whole.fit(data, fit());
      Fit half = Fit.epochs(3).batchSize(8).validationData(validation).verbose(0);
      first.fit(data, half.checkpoint(Checkpoint.in(checkpoints)));
      assertEqual(second.fit(data, fit().resume(checkpoints)), expected);
      assertThat(second.getNamedWeights()).isEqualTo(whole.getNamedWeights());
    }
  }

  @Test
  void training_askedForFewerEpochsThanItHad_hasTheStateOfItsCheckpoint() {
    Path checkpoints = folder.resolve("checkpoints");
    Checkpoint plan = Checkpoint.in(checkpoints).every(3, Checkpoint.Unit.STEPS);
    try (Model first = model("adam");
        Model second = model("adam")) {
      assertThatThrownBy(
              () -> first.fit(data, fit().checkpoint(plan).callback(new CrashAt(2 * STEPS + 4))))
          .isInstanceOf(Crash.class);
      Fit less = Fit.epochs(1).batchSize(8).validationData(validation).verbose(0);
      assertThat(second.fit(data, less.resume(checkpoints)).epochs()).containsExactly(0, 1);
      assertThat(second.iterations()).isEqualTo(2 * STEPS + 2);
    }
  }

  @Test
  void checkpoint_damaged_isReportedAndTheOneBeforeIsUsed() throws IOException {
    Path checkpoints = folder.resolve("checkpoints");
    Fit plan = fit().checkpoint(Checkpoint.in(checkpoints)).resume(checkpoints);
    try (Model whole = model("adam");
        Model first = model("adam");
        Model second = model("adam")) {
      final History expected = whole.fit(data, fit());
      assertThatThrownBy(() -> first.fit(data, plan.callback(new CrashAt(3 * STEPS + 2))))
          .isInstanceOf(Crash.class);
      Path newest = CheckpointFolder.files(checkpoints).get(0);
      byte[] bytes = Files.readAllBytes(newest);
      bytes[bytes.length / 2] ^= 1;
      Files.write(newest, bytes);
      assertEqual(second.fit(data, plan), expected);
      assertThat(second.getNamedWeights()).isEqualTo(whole.getNamedWeights());
    }
  }

  @Test
  void checkpoints_allDamaged_areRefused() throws IOException {
    Path checkpoints = folder.resolve("checkpoints");
    try (Model first = model("adam");
        Model second = model("adam")) {
      first.fit(data, fit().checkpoint(Checkpoint.in(checkpoints)));
      for (Path file : CheckpointFolder.files(checkpoints)) {
        Files.write(file, new byte[100]);
      }
      assertThatThrownBy(() -> second.fit(data, fit().resume(checkpoints)))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(CheckpointFolder.files(checkpoints).get(0).toString());
    }
  }

  @Test
  void resume_withOtherDataOrOptions_isRefusedByName() {
    Path checkpoints = folder.resolve("checkpoints");
    try (Model first = model("adam")) {
      first.fit(data, fit().checkpoint(Checkpoint.in(checkpoints)));
    }
    Fit plan = fit().resume(checkpoints);
    assertRefused(model("sgd"), data, plan, "optimizer");
    assertRefused(model("adam"), samples(61, 9), plan, "data");
    assertRefused(model("adam"), samples(60, 1), plan, "data");
    assertRefused(model("adam"), data, plan.batchSize(4), "batch size");
    assertRefused(model("adam"), data, plan.shuffle(false), "shuffle");
    assertRefused(model("adam"), data, plan.validationData(null), "validation");
    Model other = Sequential.of(new Input(5), new Dense(3).softmax()).backend("reference").seed(5);
    other.compile("adam", "sparse_categorical_crossentropy", "accuracy");
    assertRefused(other, data, plan, "weights");
    Model tanh = Sequential.of(new Input(5), new Dense(7).tanh(), new Dense(3).softmax());
    tanh.backend("reference").seed(5);
    tanh.compile("adam", "sparse_categorical_crossentropy", "accuracy");
    assertRefused(tanh, data, plan, "what a step does");
    Model seeded = Sequential.of(new Input(5), new Dense(7).relu(), new Dense(3).softmax());
    seeded.backend("reference").seed(6);
    seeded.compile("adam", "sparse_categorical_crossentropy", "accuracy");
    assertRefused(seeded, data, plan, "seed");
  }

  private static void assertRefused(Model model, Dataset data, Fit plan, String what) {
    try (model) {
      List<Tensor> before = model.getWeights();
      assertThatThrownBy(() -> model.fit(data, plan))
          .isInstanceOf(InputException.class)
          .hasMessageContaining(", " + what + ": expected");
      assertThat(model.getWeights()).isEqualTo(before);
    }
  }

  @Test
  void checkpoint_intoAFolderOfAnotherTraining_isRefused() {
    Path checkpoints = folder.resolve("checkpoints");
    Fit plan = fit().checkpoint(Checkpoint.in(checkpoints));
    try (Model model = model("adam")) {
      model.fit(data, plan);
      assertThatThrownBy(() -> model.fit(data, plan))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("resume");
    }
  }

  @Test
  void checkpoint_thatCannotBeWritten_warnsOrStops() throws IOException {
    Path checkpoints = folder.resolve("checkpoints");
    Callback remover =
        new Callback() {
          @Override
          public void onEpochBegin(Model model, int epoch) {
            try {
              for (Path file : CheckpointFolder.files(checkpoints)) {
                Files.delete(file);
              }
              Files.deleteIfExists(checkpoints);
              Files.writeString(checkpoints, "a file in the way");
            } catch (IOException e) {
              throw new AssertionError(e);
            }
          }
        };
    Checkpoint plan = Checkpoint.in(checkpoints);
    try (Model warned = model("adam");
        Model whole = model("adam")) {
      History history =
          warned.fit(
              data, Fit.epochs(1).batchSize(8).verbose(0).checkpoint(plan).callback(remover));
      assertThat(history.epochs()).hasSize(1);
      whole.fit(data, Fit.epochs(1).batchSize(8).verbose(0));
      assertThat(warned.getNamedWeights()).isEqualTo(whole.getNamedWeights());
    }
    Files.delete(checkpoints);
    try (Model stopped = model("adam")) {
      Fit strict =
          Fit.epochs(1)
              .batchSize(8)
              .verbose(0)
              .checkpoint(plan.onFailure(Checkpoint.OnFailure.STOP))
              .callback(remover);
      assertThatThrownBy(() -> stopped.fit(data, strict)).isInstanceOf(RunException.class);
    }
  }

  @Test
  void folder_withALeftover_isCleaned() throws IOException {
    Path checkpoints = Files.createDirectories(folder.resolve("checkpoints"));
    Path leftover = Files.writeString(checkpoints.resolve(".sinter-12ab"), "half a file");
    try (Model model = model("adam")) {
      model.fit(data, fit().checkpoint(Checkpoint.in(checkpoints)).resume(checkpoints));
    }
    assertThat(leftover).doesNotExist();
    assertThat(CheckpointFolder.files(checkpoints)).hasSize(2);
  }

  @Test
  void checkpoint_everySecond_isWrittenWithinAnEpoch() {
    Path checkpoints = folder.resolve("checkpoints");
    Callback slow =
        new Callback() {
          @Override
          public void onTrainBatchEnd(Model model, int batch, Map<String, Double> logs) {
            try {
              Thread.sleep(60);
            } catch (InterruptedException e) {
              throw new AssertionError(e);
            }
          }
        };
    Checkpoint plan = Checkpoint.in(checkpoints).every(1, Checkpoint.Unit.SECONDS);
    try (Model first = model("adam");
        Model second = model("adam");
        Model whole = model("adam")) {
      assertThatThrownBy(
              () ->
                  first.fit(
                      data, fit().checkpoint(plan).callback(slow).callback(new CrashAt(5 * STEPS))))
          .isInstanceOf(Crash.class);
      assertThat(Checkpoint.isIn(checkpoints)).isTrue();
      assertEqual(second.fit(data, fit().resume(checkpoints)), whole.fit(data, fit()));
      assertThat(second.getNamedWeights()).isEqualTo(whole.getNamedWeights());
    }
  }
}
