package dev.sinter.callbacks;

import static dev.sinter.callbacks.Observed.refused;
import static dev.sinter.callbacks.Observed.scripted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.Callback;
import dev.sinter.Fit;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.Toy;
import dev.sinter.data.Tensor;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.Sgd;
import dev.sinter.testkit.OwnObjectives;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** When training ends, with which weights, and what is said. */
class EarlyStoppingTest {
  private static final double[] LOSSES = {1, 0.9, 0.95, 0.96, 0.5, 0.6};

  private static History fit(Model model, Callback... callbacks) {
    Fit fit = Toy.fit(6);
    for (Callback callback : callbacks) {
      fit = fit.callback(callback);
    }
    return model.fit(Toy.data(8), fit);
  }

  private static int epochs(EarlyStopping stopping, double... values) {
    return fit(Toy.compiled(), scripted("loss", values), stopping).epochs().size();
  }

  @ParameterizedTest
  @CsvSource({"0, 3", "1, 3", "2, 4", "3, 6"})
  void patience_withoutImprovement_endsAfterSoManyEpochs(int patience, int expected) {
    assertThat(epochs(new EarlyStopping("loss").patience(patience), LOSSES)).isEqualTo(expected);
  }

  /** A metric that falls as it improves says so itself, a user's own as well as Sinter's. */
  @ParameterizedTest
  @CsvSource({"within, 3", "mean_absolute_error, 2", "MAE, 2"})
  void mode_auto_goesByTheMetric(String monitor, int expected) {
    Model model = Toy.model();
    model.compile(
        new Sgd(),
        Loss.CATEGORICAL_CROSSENTROPY,
        Metric.MEAN_ABSOLUTE_ERROR,
        new OwnObjectives.Within(0.5));
    String name = monitor.equals("within") ? monitor : "mean_absolute_error";
    Fit fit =
        Toy.fit(6)
            .callback(scripted(name, 0.5, 0.6, 0.6, 0.7, 0.8, 0.9))
            .callback(new EarlyStopping(monitor).patience(1));
    History history = model.fit(Toy.data(8).toCategorical(3), fit);
    assertThat(history.names()).containsExactly("loss", "mean_absolute_error", "within");
    assertThat(history.epochs()).hasSize(expected);
  }

  @Test
  void verbose_stopped_printsKerasMessagesWithEpochsFromOne() {
    EarlyStopping stopping =
        new EarlyStopping("loss").patience(2).restoreBestWeights(true).verbose(1);
    Observed seen = Observed.of(() -> epochs(stopping, LOSSES));
    assertThat(seen.printed())
        .containsExactly(
            "Epoch 4: early stopping",
            "Restoring model weights from the end of the best epoch: 2.");
    assertThat(seen.warnings()).isEmpty();
  }

  @Test
  void verbose_notStopped_restoresAndSaysSo() {
    EarlyStopping stopping =
        new EarlyStopping("loss").patience(9).restoreBestWeights(true).verbose(1);
    assertThat(Observed.of(() -> epochs(stopping, LOSSES)).printed())
        .containsExactly("Restoring model weights from the end of the best epoch: 5.");
  }

  @Test
  void silent_byDefault_printsNothing() {
    EarlyStopping stopping = new EarlyStopping("loss").restoreBestWeights(true);
    assertThat(Observed.of(() -> epochs(stopping, LOSSES)).printed()).isEmpty();
  }

  @Test
  void restoreBestWeights_atTheEnd_setsThoseOfTheBestEpoch() {
    List<List<Tensor>> weights = new ArrayList<>();
    Callback keep =
        new LambdaCallback().onEpochEnd((model, epoch, logs) -> weights.add(model.getWeights()));
    Model model = Toy.compiled();
    fit(
        model,
        scripted("loss", LOSSES),
        new EarlyStopping("loss").patience(2).restoreBestWeights(true),
        keep);
    assertThat(model.getWeights()).isEqualTo(weights.get(1)).isNotEqualTo(weights.get(3));
    Model last = Toy.compiled();
    fit(last, scripted("loss", LOSSES), new EarlyStopping("loss").patience(2));
    assertThat(last.getWeights()).isEqualTo(weights.get(3));
  }

  /** At the end of a training, averages take the place of the weights. */
  @Test
  void restoreBestWeights_withAnAverage_setsThoseOfTheBestEpochAllTheSame() {
    List<List<Tensor>> weights = new ArrayList<>();
    Callback keep =
        new LambdaCallback().onEpochEnd((model, epoch, logs) -> weights.add(model.getWeights()));
    Model model = Toy.model();
    model.compile(
        new Adam(0.01).average(0.9), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, Metric.ACCURACY);
    fit(
        model,
        scripted("loss", 6, 5, 4, 3, 2, 1),
        new EarlyStopping("loss").patience(5).restoreBestWeights(true),
        keep);
    assertThat(model.getWeights()).isEqualTo(weights.get(weights.size() - 1));
  }

  @Test
  void minDelta_smallerChanges_doNotCount() {
    double[] falling = {1, 0.99, 0.98, 0.97, 0.96, 0.95};
    assertThat(epochs(new EarlyStopping("loss").patience(2), falling)).isEqualTo(6);
    assertThat(epochs(new EarlyStopping("loss").patience(2).minDelta(0.1), falling)).isEqualTo(3);
    assertThat(epochs(new EarlyStopping("loss").patience(2).minDelta(-0.1), falling)).isEqualTo(3);
  }

  /** The same numbers are improvements of an accuracy, by its name, and not of a loss. */
  @Test
  void modeAuto_ofMetricAndLoss_goesByTheirDirection() {
    double[] rising = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6};
    Callback accuracy = scripted("accuracy", rising);
    assertThat(fit(Toy.compiled(), accuracy, new EarlyStopping("accuracy")).epochs()).hasSize(6);
    assertThat(fit(Toy.compiled(), accuracy, new EarlyStopping("accuracy").mode(Mode.MIN)).epochs())
        .hasSize(2);
    assertThat(epochs(new EarlyStopping("loss"), rising)).isEqualTo(2);
    assertThat(epochs(new EarlyStopping("loss").mode(Mode.MAX), rising)).isEqualTo(6);
  }

  @Test
  void modeAuto_unknownName_isRefusedBeforeTraining() {
    Model model = Toy.compiled();
    refused(
        () -> fit(model, new EarlyStopping("val_f1")),
        "EarlyStopping, monitor val_f1: expected loss or a metric of the model, [accuracy]",
        "Pass mode(Mode.MAX)");
    assertThat(model.iterations()).isZero();
    assertThat(fit(model, scripted("f1", LOSSES), new EarlyStopping("f1").mode(Mode.MIN)).epochs())
        .hasSize(3);
  }

  /** Improving on itself is not enough: the patience goes on until the baseline is beaten. */
  @Test
  void baseline_notBeaten_endsAfterThePatience() {
    double[] falling = {1, 0.9, 0.8, 0.7, 0.6, 0.7};
    assertThat(epochs(new EarlyStopping("loss").patience(3).baseline(0.1), falling)).isEqualTo(6);
    double[] once = {1, 0.9, 0.8, 0.85, 0.7, 0.7};
    assertThat(epochs(new EarlyStopping("loss").patience(3).baseline(0.1), once)).isEqualTo(4);
    assertThat(epochs(new EarlyStopping("loss").patience(3).baseline(0.95), once)).isEqualTo(6);
  }

  @Test
  void startFromEpoch_before_isNotWatched() {
    double[] rising = {0.1, 0.2, 0.3, 0.4, 0.5, 0.6};
    assertThat(epochs(new EarlyStopping("loss").startFromEpoch(3), rising)).isEqualTo(5);
  }

  @Test
  void initialEpoch_later_countsEpochsOfTheWholeTraining() {
    EarlyStopping stopping = new EarlyStopping("loss").verbose(1);
    double[] values = {0, 0, 0, 0.5, 0.6, 0.7};
    Observed seen =
        Observed.of(
            () ->
                Toy.compiled()
                    .fit(
                        Toy.data(8),
                        Toy.fit(6)
                            .initialEpoch(3)
                            .callback(scripted("loss", values))
                            .callback(stopping)));
    assertThat(seen.printed()).containsExactly("Epoch 5: early stopping");
  }

  @Test
  void monitor_missing_warnsOnceAndTrainsOn() {
    Observed seen =
        Observed.of(() -> assertThat(fit(Toy.compiled(), new EarlyStopping()).epochs()).hasSize(6));
    assertThat(seen.warnings())
        .containsExactly(
            "Early stopping conditioned on metric `val_loss` which is not available. "
                + "Available metrics are: accuracy,loss");
  }

  @Test
  void validation_real_isMonitored() {
    Fit fit =
        Toy.fit(50)
            .validationData(Toy.data(20))
            .callback(new EarlyStopping().minDelta(0.05).patience(1));
    assertThat(Toy.compiled().fit(Toy.data(40), fit).epochs()).hasSizeBetween(2, 49);
  }

  @Test
  void secondTraining_withTheSameCallback_startsAnew() {
    EarlyStopping stopping = new EarlyStopping("loss").patience(2).restoreBestWeights(true);
    assertThat(epochs(stopping, 0.1, 0.2, 0.3, 0, 0, 0)).isEqualTo(3);
    assertThat(epochs(stopping, 9, 8, 7, 6, 5, 4)).isEqualTo(6);
  }

  @Test
  void nan_first_isNoBest() {
    double[] values = {Double.NaN, 0.5, 0.4, 0.3, 0.2, 0.1};
    assertThat(epochs(new EarlyStopping("loss").patience(2), values)).isEqualTo(6);
  }

  @Test
  void arguments_illegal_areRefused() {
    EarlyStopping stopping = new EarlyStopping();
    refused(() -> stopping.patience(-1), "EarlyStopping, patience: expected at least 0");
    refused(() -> stopping.minDelta(Double.NaN), "EarlyStopping, min delta", "a finite number");
    refused(() -> stopping.baseline(Double.NaN), "EarlyStopping, baseline", "a finite number");
    refused(() -> stopping.startFromEpoch(-1), "EarlyStopping, start from epoch");
  }
}
