package dev.sinter.callbacks;

import static dev.sinter.callbacks.Observed.refused;
import static dev.sinter.callbacks.Observed.scripted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.Callback;
import dev.sinter.Fit;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.Toy;
import dev.sinter.optimizers.Sgd;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The learning rate by a schedule, and on a plateau. */
class LearningRateCallbacksTest {
  private static History fit(Callback... callbacks) {
    Fit fit = Toy.fit(6);
    for (Callback callback : callbacks) {
      fit = fit.callback(callback);
    }
    return Toy.compiled(new Sgd(0.01)).fit(Toy.data(8), fit);
  }

  private static History plateau(ReduceLROnPlateau reduce) {
    return fit(scripted("loss", 1, 1, 1, 1, 1, 1), reduce);
  }

  /** The rate of an epoch is logged, the lower one holds from the next epoch on. */
  @Test
  void reduce_onAPlateau_lowersAfterThePatience() {
    assertThat(plateau(new ReduceLROnPlateau("loss").patience(2)).get("learning_rate"))
        .containsExactly(0.01, 0.01, 0.01, 0.001, 0.001, 1e-4);
  }

  @Test
  void reduce_verbose_printsKerasMessage() {
    ReduceLROnPlateau reduce = new ReduceLROnPlateau("loss").patience(1).verbose(1);
    assertThat(Observed.of(() -> plateau(reduce)).printed())
        .containsExactly(
            "Epoch 2: ReduceLROnPlateau reducing learning rate to 0.001.",
            "Epoch 3: ReduceLROnPlateau reducing learning rate to 0.0001.",
            "Epoch 4: ReduceLROnPlateau reducing learning rate to 1e-05.",
            "Epoch 5: ReduceLROnPlateau reducing learning rate to 1.0000000000000002e-06.",
            "Epoch 6: ReduceLROnPlateau reducing learning rate to 1.0000000000000002e-07.");
  }

  @Test
  void reduce_cooldown_doesNotCountItsEpochs() {
    ReduceLROnPlateau reduce = new ReduceLROnPlateau("loss").patience(1).cooldown(2);
    assertThat(plateau(reduce).get("learning_rate"))
        .containsExactly(0.01, 0.01, 0.001, 0.001, 1e-4, 1e-4);
  }

  @Test
  void reduce_atItsBound_staysThere() {
    ReduceLROnPlateau reduce =
        new ReduceLROnPlateau("loss").patience(1).minLearningRate(0.004).verbose(1);
    Observed seen =
        Observed.of(
            () ->
                assertThat(plateau(reduce).get("learning_rate"))
                    .containsExactly(0.01, 0.01, 0.004, 0.004, 0.004, 0.004));
    assertThat(seen.printed())
        .containsExactly("Epoch 2: ReduceLROnPlateau reducing learning rate to 0.004.");
  }

  /** A change below 0.0001 is none; by an accuracy, up is better. */
  @Test
  void reduce_improvement_goesByMinDeltaAndDirection() {
    Callback small = scripted("loss", 1, 0.99995, 0.9998, 0.9998, 0.9, 0.8);
    assertThat(fit(small, new ReduceLROnPlateau("loss").patience(1)).get("learning_rate"))
        .containsExactly(0.01, 0.01, 0.001, 0.001, 1e-4, 1e-4);
    Callback rising = scripted("accuracy", 0.1, 0.2, 0.3, 0.4, 0.5, 0.6);
    assertThat(fit(rising, new ReduceLROnPlateau("accuracy").patience(1)).last("learning_rate"))
        .isEqualTo(0.01);
  }

  @Test
  void reduce_secondTraining_startsAnew() {
    ReduceLROnPlateau reduce = new ReduceLROnPlateau("loss").patience(2);
    fit(scripted("loss", 0, 0, 0, 0, 0, 0), reduce);
    assertThat(fit(scripted("loss", 6, 5, 4, 3, 2, 1), reduce).last("learning_rate"))
        .isEqualTo(0.01);
  }

  @Test
  void reduce_monitorMissing_warnsOnceInKerasWords() {
    Observed seen = Observed.of(() -> fit(new ReduceLROnPlateau()));
    assertThat(seen.warnings())
        .containsExactly(
            "Learning rate reduction is conditioned on metric `val_loss` which is not available. "
                + "Available metrics are: accuracy,loss,learning_rate.");
  }

  @Test
  void reduce_illegalArguments_areRefused() {
    ReduceLROnPlateau reduce = new ReduceLROnPlateau();
    for (double wrong : new double[] {1, 1.5, -0.1, Double.NaN}) {
      refused(
          () -> reduce.factor(wrong), "ReduceLROnPlateau, factor", "from 0 to below 1", "" + wrong);
    }
    refused(() -> reduce.patience(-1), "ReduceLROnPlateau, patience: expected at least 0");
    refused(() -> reduce.cooldown(-1), "ReduceLROnPlateau, cooldown");
    refused(() -> reduce.minLearningRate(-1), "ReduceLROnPlateau, min learning rate");
    refused(() -> fit(new ReduceLROnPlateau("f1")), "ReduceLROnPlateau, monitor f1");
  }

  @Test
  void schedule_eachEpoch_setsAndLogsTheRate() {
    Callback schedule =
        new LearningRateScheduler((epoch, rate) -> epoch < 2 ? rate : rate * 0.5).verbose(1);
    Observed seen =
        Observed.of(
            () -> {
              History history =
                  Toy.compiled(new Sgd(0.5)).fit(Toy.data(8), Toy.fit(4).callback(schedule));
              assertThat(history.get("learning_rate")).containsExactly(0.5, 0.5, 0.25, 0.125);
            });
    assertThat(seen.printed())
        .containsExactly(
            "Epoch 1: LearningRateScheduler setting learning rate to 0.5.",
            "Epoch 2: LearningRateScheduler setting learning rate to 0.5.",
            "Epoch 3: LearningRateScheduler setting learning rate to 0.25.",
            "Epoch 4: LearningRateScheduler setting learning rate to 0.125.");
  }

  @Test
  void schedule_rate_isTheOneTrainedWith() {
    Model scheduled = Toy.compiled(new Sgd(0.5));
    scheduled.fit(
        Toy.data(24),
        Toy.fit(2).callback(new LearningRateScheduler((epoch, rate) -> epoch == 0 ? 0.5 : 0.05)));
    Model parts = Toy.compiled(new Sgd(0.5));
    parts.fit(Toy.data(24), Toy.fit(1));
    parts.setLearningRate(0.05);
    parts.fit(Toy.data(24), Toy.fit(1));
    assertThat(scheduled.getWeights()).isEqualTo(parts.getWeights());
  }

  @Test
  void schedule_illegalRate_namesTheEpoch() {
    for (double wrong : new double[] {-1, Double.NaN, Double.POSITIVE_INFINITY}) {
      refused(
          () -> fit(new LearningRateScheduler((epoch, rate) -> epoch == 1 ? wrong : rate)),
          "LearningRateScheduler, epoch 2: expected a finite learning rate of at least 0",
          "received " + wrong);
    }
  }

  /** As in Keras, callbacks before the one that adds the rate do not see it, those after do. */
  @Test
  void logs_learningRate_reachesCallbacksAfterIt() {
    StringBuilder seen = new StringBuilder();
    LambdaCallback look =
        new LambdaCallback().onEpochEnd((model, epoch, logs) -> seen.append(logs.keySet()));
    Toy.compiled()
        .fit(
            Toy.data(8),
            Toy.fit(1)
                .callback(look)
                .callback(new LearningRateScheduler((epoch, rate) -> rate))
                .callback(look));
    assertThat(seen).hasToString("[accuracy, loss][accuracy, loss, learning_rate]");
  }

  @Test
  void lambda_functions_areCalledInTheirPlaces() {
    StringBuilder calls = new StringBuilder();
    LambdaCallback.WithLogs batch = (model, index, logs) -> calls.append("batch ").append(index);
    LambdaCallback callback =
        new LambdaCallback()
            .onTrainBegin(model -> calls.append("begin, "))
            .onEpochBegin((model, epoch) -> calls.append("epoch ").append(epoch).append(", "))
            .onEpochEnd((model, epoch, logs) -> calls.append(", ends ").append(logs.keySet()))
            .onTrainEnd((model, history) -> calls.append(", end ").append(history.epochs()));
    assertThat(callback.wantsBatches()).isFalse();
    callback.onTrainBatchEnd(Toy.compiled(), 0, Map.of());
    LambdaCallback withBatches = callback.onTrainBatchEnd(batch);
    assertThat(withBatches.wantsBatches()).isTrue();
    assertThat(callback.wantsBatches()).isFalse();
    Toy.compiled().fit(Toy.data(8), Toy.fit(1).callback(withBatches));
    assertThat(calls).hasToString("begin, epoch 0, batch 0, ends [accuracy, loss], end [0]");
  }
}
