package dev.sinter.callbacks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.Callback;
import dev.sinter.Fit;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.Toy;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.RunException;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.losses.Loss;
import dev.sinter.optimizers.Sgd;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A loss that becomes infinite: an error, or the end of training, as one asks for it. */
class TerminateOnNaNTest {
  /** Diverges: the loss of the first step is finite, that of the second is not. */
  private static Model diverging() {
    Model model = Sequential.of(new Input(5), new Dense(1)).backend("reference");
    model.compile(new Sgd(1e30), Loss.MEAN_SQUARED_ERROR);
    return model;
  }

  private static Dataset data() {
    float[][] y = new float[40][1];
    for (int i = 0; i < y.length; i++) {
      y[i][0] = i;
    }
    return Dataset.of(Toy.x(40), y);
  }

  private static Fit fit(Callback... callbacks) {
    Fit fit = Toy.fit(3);
    for (Callback callback : callbacks) {
      fit = fit.callback(callback);
    }
    return fit;
  }

  @Test
  void withoutIt_theLossIsAnError() {
    assertThatThrownBy(() -> diverging().fit(data(), fit()))
        .isInstanceOf(RunException.class)
        .hasMessageContaining("fit, epoch 1, step 2: expected a finite loss");
  }

  @Test
  void withIt_trainingEndsWithKerasMessageAndEveryHook() {
    List<String> calls = new ArrayList<>();
    LambdaCallback look =
        new LambdaCallback()
            .onEpochEnd((model, epoch, logs) -> calls.add("epoch " + epoch + " " + logs.keySet()))
            .onTrainEnd((model, history) -> calls.add("end " + history.epochs()));
    Observed seen =
        Observed.of(
            () -> {
              Fit fit = fit(new TerminateOnNaN(), look).validationData(data());
              History history = diverging().fit(data(), fit);
              assertThat(history.epochs()).containsExactly(0);
              assertThat(history.last("loss")).isInfinite();
            });
    assertThat(seen.printed()).containsExactly("Batch 1: Invalid loss, terminating training");
    assertThat(calls).containsExactly("epoch 0 [loss, val_loss]", "end [0]");
  }

  /** Chunks of steps or single ones: the same message, the same history. */
  @Test
  void withIt_andBatchCallbacks_endsAtTheSameBatch() {
    List<Integer> batches = new ArrayList<>();
    LambdaCallback look =
        new LambdaCallback().onTrainBatchEnd((model, batch, logs) -> batches.add(batch));
    Observed seen =
        Observed.of(
            () ->
                assertThat(diverging().fit(data(), fit(new TerminateOnNaN(), look)).last("loss"))
                    .isInfinite());
    assertThat(seen.printed()).containsExactly("Batch 1: Invalid loss, terminating training");
    assertThat(batches).containsExactly(0, 1);
  }

  @Test
  void withIt_andNoDivergence_changesNothing() {
    Model plain = Toy.compiled();
    plain.fit(Toy.data(20), Toy.fit(2));
    Model watched = Toy.compiled();
    Observed seen =
        Observed.of(() -> watched.fit(Toy.data(20), Toy.fit(2).callback(new TerminateOnNaN())));
    assertThat(seen.printed()).isEmpty();
    assertThat(new TerminateOnNaN().wantsBatches()).isFalse();
    assertThat(watched.getWeights()).isEqualTo(plain.getWeights());
  }

  @Test
  void raiseError_set_throwsInKerasWords() {
    assertThatThrownBy(() -> diverging().fit(data(), fit(new TerminateOnNaN().raiseError(true))))
        .isInstanceOf(RunException.class)
        .hasMessage(
            "NaN or Inf loss encountered at batch 1. Loss value: inf."
                + " Terminating training immediately.");
  }

  /** The first epoch is fine, the second diverges: the weights of the first come back. */
  @Test
  void withEarlyStopping_laterEpoch_restoresTheBestWeights() {
    Model model = diverging();
    model.compile(new Sgd(0.001), Loss.MEAN_SQUARED_ERROR);
    List<List<Tensor>> weights = new ArrayList<>();
    Callback destroy =
        new LambdaCallback()
            .onEpochEnd(
                (current, epoch, logs) -> {
                  weights.add(current.getWeights());
                  current.setLearningRate(1e30);
                });
    EarlyStopping stopping =
        new EarlyStopping("loss").patience(5).restoreBestWeights(true).verbose(1);
    Observed seen =
        Observed.of(
            () -> {
              History history = model.fit(data(), fit(new TerminateOnNaN(), stopping, destroy));
              assertThat(history.epochs()).containsExactly(0, 1);
            });
    assertThat(seen.printed())
        .containsExactly(
            "Batch 1: Invalid loss, terminating training",
            "Restoring model weights from the end of the best epoch: 1.");
    assertThat(model.getWeights()).isEqualTo(weights.get(0)).isNotEqualTo(weights.get(1));
  }

  /** There is no better epoch: the message is Keras's, the useless weights stay. */
  @Test
  void withEarlyStopping_firstEpoch_endsWithoutAnError() {
    EarlyStopping stopping = new EarlyStopping("loss").restoreBestWeights(true).verbose(1);
    Observed seen = Observed.of(() -> diverging().fit(data(), fit(new TerminateOnNaN(), stopping)));
    assertThat(seen.printed())
        .containsExactly(
            "Batch 1: Invalid loss, terminating training",
            "Restoring model weights from the end of the best epoch: 1.");
  }

  @Test
  void handled_byOneOfSeveral_isEnough() {
    Callback indifferent =
        new Callback() {
          @Override
          public boolean onInvalidLoss(Model model, int batch, double loss) {
            return false;
          }

          @Override
          public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
            assertThat(logs).containsOnlyKeys("loss");
          }
        };
    Observed.of(
        () ->
            assertThat(diverging().fit(data(), fit(new TerminateOnNaN(), indifferent)).epochs())
                .containsExactly(0));
  }
}
