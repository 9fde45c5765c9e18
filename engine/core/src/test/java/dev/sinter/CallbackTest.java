package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.callbacks.EarlyStopping;
import dev.sinter.callbacks.LambdaCallback;
import dev.sinter.callbacks.Mode;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.Sgd;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;

/** Hooks into training: their order, and what they may do. */
class CallbackTest {
  /** Nothing but the method that it wants is overridden. */
  @Test
  void batchMethod_overriddenAlone_isCalledForEachBatch() {
    List<Integer> batches = new ArrayList<>();
    Callback callback =
        new Callback() {
          @Override
          public void onTrainBatchEnd(Model model, int batch, Map<String, Double> logs) {
            batches.add(batch);
          }
        };
    Toy.compiled().fit(Toy.data(20), Toy.fit(1).callback(callback));
    assertThat(batches).containsExactly(0, 1, 2);
    assertThat(new Callback() {}.wantsBatches()).isFalse();
    assertThat(new LambdaCallback().wantsBatches()).isFalse();
  }

  /** One rule for all options: what was configured once never changes. */
  @Test
  void options_ofACallback_areSetOnCopies() {
    List<String> said = new ArrayList<>();
    LambdaCallback quiet = new LambdaCallback();
    LambdaCallback loud = quiet.onTrainBegin(model -> said.add("loud"));
    EarlyStopping patient = new EarlyStopping("loss").patience(50);
    EarlyStopping strict = patient.patience(0).minDelta(1e9).mode(Mode.MIN);
    Toy.compiled().fit(Toy.data(8), Toy.fit(1).callback(quiet));
    assertThat(said).isEmpty();
    Toy.compiled().fit(Toy.data(8), Toy.fit(1).callback(loud));
    assertThat(said).containsExactly("loud");
    assertThat(Toy.compiled().fit(Toy.data(8), Toy.fit(5).callback(patient)).epochs()).hasSize(5);
    assertThat(Toy.compiled().fit(Toy.data(8), Toy.fit(5).callback(strict)).epochs()).hasSize(2);
  }

  /** Notes each call. */
  private record Recorder(String name, boolean wantsBatches, List<String> calls)
      implements Callback {
    @Override
    public void onTrainBegin(Model model) {
      calls.add(name + "begin");
    }

    @Override
    public void onEpochBegin(Model model, int epoch) {
      calls.add(name + "epoch " + epoch);
    }

    @Override
    public void onTrainBatchEnd(Model model, int batch, Map<String, Double> logs) {
      calls.add(name + "batch " + batch + " " + logs.keySet());
    }

    @Override
    public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
      calls.add(name + "epoch " + epoch + " ends " + logs.keySet());
    }

    @Override
    public void onTrainEnd(Model model, History history) {
      calls.add(name + "end " + history.epochs());
    }
  }

  private static Callback atEpochEnd(BiConsumer<Model, Integer> action) {
    return new Callback() {
      @Override
      public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
        action.accept(model, epoch);
      }
    };
  }

  @Test
  void hooks_ofATraining_comeInOrder() {
    List<String> calls = new ArrayList<>();
    Toy.compiled()
        .fit(
            Toy.data(20),
            Toy.fit(2).validationData(Toy.data(4)).callback(new Recorder("", true, calls)));
    String ends = " ends [accuracy, loss, val_accuracy, val_loss]";
    assertThat(calls)
        .containsExactly(
            "begin",
            "epoch 0",
            "batch 0 [accuracy, loss]",
            "batch 1 [accuracy, loss]",
            "batch 2 [accuracy, loss]",
            "epoch 0" + ends,
            "epoch 1",
            "batch 0 [accuracy, loss]",
            "batch 1 [accuracy, loss]",
            "batch 2 [accuracy, loss]",
            "epoch 1" + ends,
            "end [0, 1]");
  }

  @Test
  void hooks_ofSeveralCallbacks_comeInTheirOrderAndBatchesWhereWanted() {
    List<String> calls = new ArrayList<>();
    Toy.compiled()
        .fit(
            Toy.data(8),
            Toy.fit(1)
                .callback(new Recorder("a ", false, calls))
                .callback(new Recorder("b ", true, calls)));
    assertThat(calls)
        .containsExactly(
            "a begin",
            "b begin",
            "a epoch 0",
            "b epoch 0",
            "b batch 0 [accuracy, loss]",
            "a epoch 0 ends [accuracy, loss]",
            "b epoch 0 ends [accuracy, loss]",
            "a end [0]",
            "b end [0]");
  }

  @Test
  void hooks_noEpochs_beginAndEnd() {
    List<String> calls = new ArrayList<>();
    Toy.compiled().fit(Toy.data(8), Toy.fit(0).callback(new Recorder("", true, calls)));
    assertThat(calls).containsExactly("begin", "end []");
  }

  /** Steps one by one or an epoch at once: the same bits. */
  @Test
  void wantsBatches_orNot_sameWeightsAndHistory() {
    Model chunks = Toy.compiled(new Adam());
    final History chunkHistory = chunks.fit(Toy.data(45), Toy.fit(3));
    Model steps = Toy.compiled(new Adam());
    History stepHistory =
        steps.fit(Toy.data(45), Toy.fit(3).callback(new Recorder("", true, new ArrayList<>())));
    assertThat(steps.getWeights()).isEqualTo(chunks.getWeights());
    assertThat(stepHistory.get("loss")).isEqualTo(chunkHistory.get("loss"));
    assertThat(stepHistory.get("accuracy")).isEqualTo(chunkHistory.get("accuracy"));
  }

  @Test
  void batchLogs_ofTheLastBatch_areTheEpochs() {
    List<Double> losses = new ArrayList<>();
    Callback sum =
        new Callback() {
          @Override
          public boolean wantsBatches() {
            return true;
          }

          @Override
          public void onTrainBatchEnd(Model model, int batch, Map<String, Double> logs) {
            losses.add(logs.get("loss"));
          }
        };
    History history = Toy.compiled().fit(Toy.data(20), Toy.fit(1).callback(sum));
    assertThat(losses).hasSize(3);
    assertThat(losses.get(2)).isEqualTo(history.last("loss"));
    assertThat(losses.get(0)).isNotEqualTo(losses.get(2));
  }

  @Test
  void stopTraining_inAnEpoch_endsAfterItAndCountsForOneFit() {
    Callback stop =
        atEpochEnd(
            (model, epoch) -> {
              if (epoch == 1) {
                model.stopTraining();
              }
            });
    Model model = Toy.compiled();
    assertThat(model.fit(Toy.data(8), Toy.fit(9).callback(stop)).epochs()).containsExactly(0, 1);
    assertThat(model.fit(Toy.data(8), Toy.fit(3)).epochs()).containsExactly(0, 1, 2);
  }

  @Test
  void stopTraining_inAStep_endsThere() {
    List<Integer> batches = new ArrayList<>();
    Callback stop =
        new Callback() {
          @Override
          public boolean wantsBatches() {
            return true;
          }

          @Override
          public void onTrainBatchEnd(Model model, int batch, Map<String, Double> logs) {
            batches.add(batch);
            model.stopTraining();
          }
        };
    Toy.compiled().fit(Toy.data(24), Toy.fit(5).callback(stop));
    assertThat(batches).containsExactly(0);
  }

  @Test
  void close_withinFit_isRefused() {
    Model model = Toy.compiled();
    assertThatThrownBy(
            () -> model.fit(Toy.data(8), Toy.fit(3).callback(atEpochEnd((m, epoch) -> m.close()))))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("a call from within fit")
        .hasMessageContaining("stopTraining");
    assertThat(model.fit(Toy.data(8), Toy.fit(1)).epochs()).containsExactly(0);
  }

  /** At the end of epoch 1 for epoch 2: as if the rest had been another training. */
  @Test
  void setLearningRate_atAnEpochsEnd_holdsFromTheNextOn() {
    Model changed = Toy.compiled(new Sgd(0.5));
    changed.fit(
        Toy.data(24),
        Toy.fit(4)
            .callback(
                atEpochEnd(
                    (model, epoch) -> {
                      if (epoch == 1) {
                        model.setLearningRate(0.05);
                      }
                    })));
    assertThat(changed.learningRate()).isEqualTo(0.05);
    Model parts = Toy.compiled(new Sgd(0.5));
    parts.fit(Toy.data(24), Toy.fit(2));
    parts.setLearningRate(0.05);
    parts.fit(Toy.data(24), Toy.fit(2));
    assertThat(changed.getWeights()).isEqualTo(parts.getWeights());
    Model unchanged = Toy.compiled(new Sgd(0.5));
    unchanged.fit(Toy.data(24), Toy.fit(4));
    assertThat(changed.getWeights()).isNotEqualTo(unchanged.getWeights());
  }

  @Test
  void setLearningRate_beforeTheFirstEpoch_holdsForIt() {
    Callback zero =
        new Callback() {
          @Override
          public void onEpochBegin(Model model, int epoch) {
            model.setLearningRate(0);
          }
        };
    Model model = Toy.compiled();
    List<Tensor> before = model.getWeights();
    model.fit(Toy.data(24), Toy.fit(2).callback(zero));
    assertThat(model.getWeights()).isEqualTo(before);
  }

  @Test
  void setLearningRate_outOfRange_refused() {
    Model model = Toy.compiled();
    for (double wrong : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThatThrownBy(() -> model.setLearningRate(wrong))
          .isInstanceOf(InputException.class)
          .hasMessageContainingAll("learning rate", "finite number of at least 0", "" + wrong);
    }
    assertThat(model.learningRate()).isEqualTo(0.5);
  }

  /** Weights may be looked at, and the model evaluated, in the middle of a training. */
  @Test
  void weights_inACallback_areThoseOfTheMoment() {
    List<List<Tensor>> seen = new ArrayList<>();
    Model model = Toy.compiled();
    Callback look =
        atEpochEnd(
            (current, epoch) -> {
              seen.add(current.getWeights());
              current.evaluate(Toy.data(10));
              current.predict(Toy.x(3));
            });
    model.fit(Toy.data(24), Toy.fit(2).callback(look));
    assertThat(seen.get(1)).isEqualTo(model.getWeights()).isNotEqualTo(seen.get(0));
    Model undisturbed = Toy.compiled();
    undisturbed.fit(Toy.data(24), Toy.fit(2));
    assertThat(model.getWeights()).isEqualTo(undisturbed.getWeights());
  }

  @Test
  void exception_inACallback_reachesTheCallerAndLeavesTheModelUsable() {
    Model model = Toy.compiled();
    Callback failing =
        atEpochEnd(
            (current, epoch) -> {
              throw new IllegalStateException("mine");
            });
    assertThatThrownBy(() -> model.fit(Toy.data(8), Toy.fit(2).callback(failing)))
        .isInstanceOf(IllegalStateException.class)
        .hasMessage("mine");
    assertThat(model.iterations()).isEqualTo(1);
    model.fit(Toy.data(8), Toy.fit(1));
  }
}
