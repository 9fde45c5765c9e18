package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.callbacks.CSVLogger;
import dev.sinter.callbacks.ModelCheckpoint;
import dev.sinter.callbacks.ReduceLROnPlateau;
import dev.sinter.callbacks.TensorBoard;
import dev.sinter.data.Npz;
import dev.sinter.report.Progress;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Trainings that an interrupt or another thread ends. */
@Timeout(60)
class EndOfTrainingTest {
  /** So many batches of one sample that an epoch takes seconds. */
  private static final int LONG = 1_000_000;

  private final List<String> calls = new ArrayList<>();
  private final Callback recorder =
      new Callback() {
        @Override
        public void onTrainBegin(Model model) {
          calls.add("begin");
        }

        @Override
        public void onEpochBegin(Model model, int epoch) {
          calls.add("epoch " + epoch);
        }

        @Override
        public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
          calls.add("epoch ends " + logs.keySet());
        }

        @Override
        public void onTrainEnd(Model model, History history) {
          calls.add("end " + history.epochs());
        }
      };

  @AfterEach
  void clearInterrupt() {
    Thread.interrupted();
  }

  /** Interrupts the training thread when a hook is called. */
  private record Interrupter(String hook) implements Callback {
    private void at(String name) {
      if (hook.equals(name)) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public void onTrainBegin(Model model) {
      at("onTrainBegin");
    }

    @Override
    public void onEpochBegin(Model model, int epoch) {
      at("onEpochBegin");
    }

    @Override
    public void onProgress(Model model, Progress progress) {
      at("onProgress"); // of a whole epoch, as nothing else is wanted
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void fit_endedFromOutsideWithinAnEpoch_recordsThePartThatWasDone(boolean interrupted)
      throws InterruptedException {
    Model model = Toy.compiled();
    Thread trainer = Thread.currentThread();
    AtomicLong ended = new AtomicLong();
    Thread other =
        new Thread(
            () -> {
              try {
                Thread.sleep(100);
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
              ended.set(System.nanoTime());
              if (interrupted) {
                trainer.interrupt();
              } else {
                model.stopTraining();
              }
            });
    Callback starter =
        new Callback() {
          @Override
          public void onEpochBegin(Model trained, int epoch) {
            other.start();
          }
        };
    History history =
        model.fit(
            Toy.data(LONG),
            Toy.fit(9)
                .batchSize(1)
                .validationData(Toy.data(10))
                .callback(recorder)
                .callback(starter));
    long took = System.nanoTime() - ended.get();
    assertThat(Thread.interrupted()).isEqualTo(interrupted);
    other.join();
    assertThat(took).as("nanoseconds; a chunk is 0.1 s").isBetween(0L, 5_000_000_000L);
    assertThat(model.iterations()).isBetween(1L, LONG - 1L);
    assertThat(history.epochs()).containsExactly(0);
    assertThat(history.last("loss")).isFinite();
    assertThat(history.last("accuracy")).isBetween(0.0, 1.0);
    assertThat(history.get("val_loss")).containsExactly(Double.NaN);
    assertThat(history.get("val_accuracy")).containsExactly(Double.NaN);
    assertThat(history.samplesPerSecond())
        .as("of the samples that were trained on")
        .isEqualTo(model.iterations() / history.trainSeconds());
    assertThat(calls).containsExactly("begin", "epoch 0", "epoch ends [accuracy, loss]", "end [0]");
    assertThat(model.fit(Toy.data(8), Toy.fit(1)).epochs()).containsExactly(0);
  }

  /** What was not validated is no epoch without improvement. */
  @Test
  void fit_interruptedInAnEpoch_lowersNoRate() {
    Model model = Toy.compiled();
    double rate = model.learningRate();
    model.fit(
        Toy.data(8),
        Toy.fit(3)
            .validationData(Toy.data(8))
            .callback(new Interrupter("onProgress"))
            .callback(new ReduceLROnPlateau("val_loss").patience(1)));
    assertThat(model.iterations()).isPositive();
    assertThat(model.learningRate()).isEqualTo(rate);
  }

  @Test
  void fit_interruptedBefore_trainsNothing() {
    Model model = Toy.compiled();
    Thread.currentThread().interrupt();
    History history = model.fit(Toy.data(8), Toy.fit(3).callback(recorder));
    assertThat(Thread.currentThread().isInterrupted()).isTrue();
    assertThat(history.epochs()).isEmpty();
    assertThat(model.iterations()).isZero();
    assertThat(calls).containsExactly("begin", "end []");
  }

  @Test
  void fit_interruptedBetweenStepsAndValidation_hasNoValidation() {
    Model model = Toy.compiled();
    History history =
        model.fit(
            Toy.data(16),
            Toy.fit(3).validationData(Toy.data(10)).callback(new Interrupter("onProgress")));
    assertThat(model.iterations()).isEqualTo(2);
    assertThat(history.epochs()).containsExactly(0);
    assertThat(history.last("loss")).isFinite();
    assertThat(history.last("val_loss")).isNaN();
  }

  /** Channels close themselves under a thread whose interrupt flag is set. */
  @ParameterizedTest
  @ValueSource(strings = {"onTrainBegin", "onEpochBegin", "onProgress"})
  void files_ofAnInterruptedTraining_areWhole(String hook, @TempDir Path folder)
      throws IOException {
    Path csv = folder.resolve("log.csv");
    Path best = folder.resolve("best.npz");
    Model model = Toy.compiled();
    History history =
        model.fit(
            Toy.data(16),
            Toy.fit(5)
                .callback(new Interrupter(hook))
                .callback(new CSVLogger(csv))
                .callback(new ModelCheckpoint(best.toString()).monitor("loss").saveBestOnly(true))
                .callback(new TensorBoard(folder.resolve("events")).histogramEveryEpochs(1)));
    assertThat(Thread.interrupted()).isTrue();
    int epochs = hook.equals("onTrainBegin") ? 0 : 1;
    assertThat(history.epochs()).hasSize(epochs);
    assertThat(Files.readAllLines(csv)).hasSize(2 * epochs); // a header, a line an epoch
    if (epochs > 0) {
      assertThat(Npz.read(best)).isEqualTo(model.getNamedWeights());
    }
    try (Stream<Path> events = Files.walk(folder.resolve("events"))) {
      assertThat(events.filter(Files::isRegularFile))
          .isNotEmpty()
          .allMatch(EndOfTrainingTest::isWritten);
    }
    assertThat(model.fit(Toy.data(8), Toy.fit(1)).epochs()).containsExactly(0);
  }

  private static boolean isWritten(Path file) {
    return file.toFile().length() > 0;
  }
}
