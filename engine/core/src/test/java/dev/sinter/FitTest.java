package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.RmsProp;
import dev.sinter.optimizers.Sgd;
import dev.sinter.report.Style;
import dev.sinter.report.Verbosity;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Training: options, history, validation, and going on where a training stopped. */
class FitTest {
  private static void refused(Runnable call, String message) {
    assertThatThrownBy(call::run)
        .isInstanceOf(InputException.class)
        .hasMessageContaining(message)
        .hasMessageContaining("Correct the ");
  }

  @Test
  void options_outOfRange_refused() {
    refused(() -> Fit.epochs(-1), "fit, epochs: expected at least 0, received -1");
    refused(() -> Fit.epochs(1).initialEpoch(-2), "fit, initial epoch: expected at least 0");
    refused(() -> Fit.epochs(1).batchSize(0), "fit, batch size: expected at least 1, received 0");
    String split = "fit, validation split: expected a share from 0 to below 1, received ";
    refused(() -> Fit.epochs(1).validationSplit(-0.1), split + "-0.1");
    refused(() -> Fit.epochs(1).validationSplit(1), split + "1.0");
    refused(() -> Fit.epochs(1).validationSplit(Double.NaN), split + "NaN");
  }

  @Test
  void options_unset_areKerasDefaults() {
    assertThat(options(Fit.epochs(3)))
        .containsExactly(3, 0, 32, true, null, 0.0, Verbosity.AUTO, List.of());
  }

  @Test
  void verbose_eachSpelling_isKerass() {
    assertThat(Fit.epochs(1).verbose(0).verbose().level()).isEqualTo(Verbosity.Level.SILENT);
    assertThat(Fit.epochs(1).verbose(0).verbose("auto").verbose()).isEqualTo(Verbosity.AUTO);
    assertThat(Fit.epochs(1).verbose(0).verbose().level()).isEqualTo(Verbosity.Level.SILENT);
    assertThat(Fit.epochs(1).verbose(1).verbose().level()).isEqualTo(Verbosity.Level.BAR);
    assertThat(Fit.epochs(1).verbose("2").verbose().level()).isEqualTo(Verbosity.Level.LINES);
    refused(
        () -> Fit.epochs(1).verbose(3), "verbose: expected one of auto, 0, 1, 2, received \"3\"");
  }

  /** Each method changes its own option and no other. */
  @Test
  void options_allSet_areAllKept() {
    Dataset validation = Toy.data(3);
    Callback callback = new Callback() {};
    Fit fit =
        Fit.epochs(9)
            .initialEpoch(2)
            .batchSize(7)
            .shuffle(false)
            .validationData(validation)
            .validationSplit(0.5)
            .verbose(2)
            .style(Style.KERAS2)
            .callback(callback);
    Verbosity lines = new Verbosity(Verbosity.Level.LINES, Style.KERAS2);
    assertThat(options(fit))
        .containsExactly(9, 2, 7, false, validation, 0.5, lines, List.of(callback));
  }

  private static List<Object> options(Fit fit) {
    return Arrays.asList(
        fit.epochs(),
        fit.initialEpoch(),
        fit.batchSize(),
        fit.shuffle(),
        fit.validationData(),
        fit.validationSplit(),
        fit.verbose(),
        fit.callbacks());
  }

  @Test
  void history_threeEpochs_hasOneValueAnEpoch() {
    History history = Toy.compiled().fit(Toy.data(20), Toy.fit(3));
    assertThat(history.epochs()).containsExactly(0, 1, 2);
    assertThat(history.names()).containsExactly("accuracy", "loss");
    assertThat(history.get("loss")).hasSize(3).allMatch(loss -> loss > 0);
    assertThat(history.get("accuracy")).hasSize(3).allMatch(share -> share >= 0 && share <= 1);
    assertThat(history.last("loss")).isEqualTo(history.get("loss").get(2));
    assertThat(history.samples()).isEqualTo(20);
    assertThat(history.epochSeconds()).hasSize(3).allMatch(seconds -> seconds > 0);
    assertThat(history.trainSeconds())
        .isEqualTo(history.epochSeconds().stream().mapToDouble(s -> s).sum());
    assertThat(history.samplesPerSecond()).isEqualTo(60 / history.trainSeconds());
    assertThat(history.setupSeconds()).isPositive();
  }

  @Test
  void history_unknownName_listsTheNames() {
    History history = Toy.compiled().fit(Toy.data(8), Toy.fit(1));
    assertThatThrownBy(() -> history.get("val_loss"))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("val_loss", "[accuracy, loss]");
    assertThatThrownBy(() -> history.get("loss").add(1.0))
        .isInstanceOf(UnsupportedOperationException.class);
  }

  @Test
  void fit_noEpochs_changesNothing() {
    Model model = Toy.compiled();
    List<Tensor> before = model.getWeights();
    History history = model.fit(Toy.data(8), Toy.fit(0));
    assertThat(history.epochs()).isEmpty();
    assertThat(history.names()).isEmpty();
    assertThat(history.samplesPerSecond()).isZero();
    assertThat(model.getWeights()).isEqualTo(before);
    assertThat(model.iterations()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"16, 8, 2", "17, 8, 3", "7, 8, 1", "8, 1, 8", "5, 100, 1"})
  void fit_lastBatch_isKept(int samples, int batch, int stepsAnEpoch) {
    Model model = Toy.compiled();
    model.fit(Toy.data(samples), Toy.fit(3).batchSize(batch));
    assertThat(model.iterations()).isEqualTo(3L * stepsAnEpoch);
  }

  @Test
  void fit_enoughEpochs_learns() {
    Model model = Toy.compiled();
    History history = model.fit(Toy.data(200), Toy.fit(30));
    assertThat(history.last("loss")).isLessThan(history.get("loss").get(0) / 2);
    assertThat(model.evaluate(Toy.data(200)).accuracy()).isGreaterThan(0.85);
  }

  @Test
  void fit_initialEpoch_numbersTheEpochsFromThere() {
    History history = Toy.compiled().fit(Toy.data(8), Toy.fit(5).initialEpoch(3));
    assertThat(history.epochs()).containsExactly(3, 4);
    assertThat(Toy.compiled().fit(Toy.data(8), Toy.fit(2).initialEpoch(5)).epochs()).isEmpty();
  }

  @Test
  void fit_fiveAndFive_isTenToTheBit() {
    Model twice = Toy.compiled();
    twice.fit(Toy.data(50), Toy.fit(5));
    twice.fit(Toy.data(50), Toy.fit(10).initialEpoch(5));
    Model once = Toy.compiled();
    once.fit(Toy.data(50), Toy.fit(10));
    assertThat(twice.getWeights()).isEqualTo(once.getWeights());
    Model adam = Toy.compiled(new Adam());
    adam.fit(Toy.data(50), Toy.fit(5));
    adam.fit(Toy.data(50), Toy.fit(5));
    Model adamOnce = Toy.compiled(new Adam());
    adamOnce.fit(Toy.data(50), Toy.fit(10));
    assertThat(adam.getWeights()).as("optimizer state is kept").isEqualTo(adamOnce.getWeights());
    assertThat(adam.iterations()).isEqualTo(70);
  }

  /** So many rows that the next epoch's order is made while an epoch runs. */
  @Test
  void fit_manyRows_areShuffledAsInEpochsOneByOne() {
    Dataset many = Toy.data(17_000);
    Model once = Toy.compiled();
    once.fit(many, Toy.fit(3).batchSize(500));
    Model oneByOne = Toy.compiled();
    for (int epoch = 0; epoch < 3; epoch++) {
      oneByOne.fit(many, Toy.fit(1).batchSize(500));
    }
    assertThat(oneByOne.getWeights()).isEqualTo(once.getWeights());
  }

  @Test
  void fit_seed_decidesTheShuffle() {
    assertThat(trained(1, true)).isEqualTo(trained(1, true)).isNotEqualTo(trained(2, true));
    assertThat(trained(1, false)).isEqualTo(trained(2, false)).isNotEqualTo(trained(1, true));
  }

  /** Returns weights after training from the same start, so that seeds differ in order alone. */
  private static List<Tensor> trained(long seed, boolean shuffle) {
    Model model = Toy.compiled().seed(seed);
    model.setWeights(Toy.model().getWeights());
    model.fit(Toy.data(40), Toy.fit(2).shuffle(shuffle));
    return model.getWeights();
  }

  /** Keras: floor(N (1 - split)) samples train, the rest validates, before any shuffle. */
  @ParameterizedTest
  @CsvSource({"10, 0.2, 8", "10, 0.25, 7", "10, 0.5, 5", "10, 0.99, 0", "7, 0.3, 4", "10, 0.01, 9"})
  void validationSplit_share_takesTheLastSamples(int samples, double split, int training) {
    Model model = Toy.compiled();
    Fit options = Toy.fit(1).validationSplit(split);
    if (training == 0) {
      assertThatThrownBy(() -> model.fit(Toy.data(samples), options))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("fit: expected at least one sample, received 0");
      return;
    }
    History history = model.fit(Toy.data(samples), options);
    assertThat(history.samples()).isEqualTo(training);
    assertThat(history.names()).containsExactly("accuracy", "loss", "val_accuracy", "val_loss");
    Evaluation rest = model.evaluate(Toy.data(samples).skip(training));
    assertThat(history.last("val_loss")).isEqualTo(rest.loss());
    assertThat(history.last("val_accuracy")).isEqualTo(rest.accuracy());
  }

  @Test
  void validationData_besideASplit_comesFirst() {
    Model model = Toy.compiled();
    Dataset validation = Toy.data(90).skip(60);
    History history =
        model.fit(Toy.data(60), Toy.fit(2).validationData(validation).validationSplit(0.5));
    assertThat(history.samples()).isEqualTo(60);
    assertThat(history.get("val_loss")).hasSize(2);
    assertThat(history.last("val_loss")).isEqualTo(model.evaluate(validation).loss());
  }

  @Test
  void validation_present_doesNotChangeTheTraining() {
    Model with = Toy.compiled(new RmsProp());
    with.fit(Toy.data(30), Toy.fit(3).validationData(Toy.data(20)));
    Model without = Toy.compiled(new RmsProp());
    without.fit(Toy.data(30), Toy.fit(3));
    assertThat(with.getWeights()).isEqualTo(without.getWeights());
  }

  /** The loss of an epoch is the mean over samples, each under the weights of its step. */
  @Test
  void history_lossOfOneBatch_isTheEvaluationBefore() {
    Model model = Toy.compiled();
    double before = model.evaluate(Toy.data(30)).loss();
    History history = model.fit(Toy.data(30), Toy.fit(1).batchSize(30));
    assertThat(history.last("loss")).isCloseTo(before, Offset.offset(1e-6));
  }

  @Test
  void history_partialBatch_weighsBySamples() {
    Model model = Toy.compiled(new Sgd(0));
    History history = model.fit(Toy.data(31), Toy.fit(1));
    Evaluation evaluation = model.evaluate(Toy.data(31));
    assertThat(history.last("loss")).isCloseTo(evaluation.loss(), Offset.offset(1e-6));
    assertThat(history.last("accuracy")).isEqualTo(evaluation.accuracy());
  }

  @ParameterizedTest
  @ValueSource(strings = {"auto", "0"})
  void verbose_autoOrNot_printsALineAnEpochOrNothing(String level) {
    PrintStream before = System.out;
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (PrintStream captured = new PrintStream(out, true, StandardCharsets.UTF_8)) {
      System.setOut(captured);
      Toy.compiled()
          .fit(Toy.data(8), Toy.fit(11).initialEpoch(9).verbose(level).validationSplit(0.5));
    } finally {
      System.setOut(before);
    }
    List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
    boolean verbose = level.equals("auto");
    assertThat(lines).hasSize(verbose ? 2 : 0);
    if (verbose) {
      assertThat(lines.get(0))
          .matches(
              "Epoch 10/11 - 1/1 - \\d+s - \\d+[mu]?s/step - accuracy: .* - loss: .* - val_accuracy: .* - val_loss: .* - [\\d,]+ samples/s");
      assertThat(lines.get(1)).startsWith("Epoch 11/11 - 1/1 - ");
    }
  }
}
