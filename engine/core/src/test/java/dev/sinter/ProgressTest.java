package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.optimizers.Adam;
import dev.sinter.report.Progress;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Watching an epoch: what is told, and that it changes nothing. */
class ProgressTest {
  /** Keeps what it is told; slows steps down where it wants batches. */
  private static final class Watcher implements Callback {
    private final boolean within;
    private final boolean slow;
    private final List<Progress> told = new ArrayList<>();

    Watcher(boolean within, boolean slow) {
      this.within = within;
      this.slow = slow;
    }

    @Override
    public boolean wantsProgress() {
      return within;
    }

    @Override
    public void onProgress(Model model, Progress progress) {
      told.add(progress);
    }

    @Override
    public boolean wantsBatches() {
      return slow;
    }

    @Override
    public void onTrainBatchEnd(Model model, int batch, Map<String, Double> logs) {
      try {
        Thread.sleep(60); // longer than the time between two tellings
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  @Test
  void onProgress_epochsEnd_isToldToAll() {
    Watcher watcher = new Watcher(false, false);
    History history = Toy.compiled().fit(Toy.data(20), Toy.fit(2).callback(watcher));
    assertThat(watcher.told).hasSize(2);
    Progress last = watcher.told.get(1);
    assertThat(last.epoch()).isEqualTo(1);
    assertThat(last.epochs()).isEqualTo(2);
    assertThat(last.step()).isEqualTo(3);
    assertThat(last.steps()).isEqualTo(3);
    assertThat(last.samples()).isEqualTo(20);
    assertThat(last.seconds()).isEqualTo(history.epochSeconds().get(1));
    assertThat(last.samplesPerSecond()).isEqualTo(20 / last.seconds());
    assertThat(last.secondsLeft()).isZero();
    assertThat(last.logs())
        .isEqualTo(Map.of("loss", history.last("loss"), "accuracy", history.last("accuracy")));
  }

  @Test
  void onProgress_slowSteps_isToldWithinTheEpochWhereWanted() {
    Watcher watcher = new Watcher(true, true);
    Watcher other = new Watcher(false, false);
    Toy.compiled()
        .fit(
            Toy.data(20), Toy.fit(1).validationData(Toy.data(4)).callback(watcher).callback(other));
    assertThat(watcher.told).extracting(Progress::step).containsExactly(1, 2, 3);
    assertThat(watcher.told).extracting(Progress::samples).containsExactly(8L, 16L, 20L);
    assertThat(watcher.told.get(0).logs()).containsOnlyKeys("accuracy", "loss");
    assertThat(other.told).extracting(Progress::step).containsExactly(3);
  }

  @Test
  void onProgress_stoppedInAnEpoch_endsWhereItStopped() {
    Watcher watcher = new Watcher(false, false);
    Callback stop =
        new Callback() {
          @Override
          public boolean wantsBatches() {
            return true;
          }

          @Override
          public void onTrainBatchEnd(Model model, int batch, Map<String, Double> logs) {
            model.stopTraining();
          }
        };
    Toy.compiled().fit(Toy.data(20), Toy.fit(3).callback(stop).callback(watcher));
    assertThat(watcher.told).extracting(Progress::step).containsExactly(1);
    assertThat(watcher.told.get(0).steps()).isEqualTo(3);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void watched_orNot_sameWeightsAndHistory(boolean slow) {
    Model alone = Toy.compiled(new Adam());
    final History expected = alone.fit(Toy.data(45), Toy.fit(3));
    Model watched = Toy.compiled(new Adam());
    History history = watched.fit(Toy.data(45), Toy.fit(3).callback(new Watcher(true, slow)));
    assertThat(watched.getWeights()).isEqualTo(alone.getWeights());
    assertThat(history.get("loss")).isEqualTo(expected.get("loss"));
  }

  @Test
  void verbose1_withoutTerminal_printsEpochAndLastLine() {
    List<String> lines = printed(Toy.fit(2).verbose(1).validationSplit(0.5));
    assertThat(lines).hasSize(4);
    assertThat(lines.get(0)).isEqualTo("Epoch 1/2");
    assertThat(lines.get(1))
        .matches(
            "1/1 ━{20} 0s \\d+[mu]s/step - accuracy: .* - loss: .* - val_accuracy: .* - val_loss: .* - [\\d,]+ samples/s");
    assertThat(lines.get(2)).isEqualTo("Epoch 2/2");
  }

  @Test
  void verbose1_afterAFailure_endsItsLineAndLetsGo() {
    Callback failing =
        new Callback() {
          @Override
          public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
            throw new IllegalStateException("mine");
          }
        };
    assertThatThrownBy(() -> printed(Toy.fit(2).verbose(1).callback(failing))).hasMessage("mine");
    assertThat(printed(Toy.fit(1).verbose(1))).hasSize(1);
  }

  private static List<String> printed(Fit fit) {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PrintStream captured = new PrintStream(out, true, StandardCharsets.UTF_8)) {
      System.setOut(captured);
      Toy.compiled().fit(Toy.data(8), fit);
    } finally {
      System.setOut(before);
    }
    return out.toString(StandardCharsets.UTF_8).lines().toList();
  }
}
