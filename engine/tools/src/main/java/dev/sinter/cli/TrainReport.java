package dev.sinter.cli;

import dev.sinter.Evaluation;
import dev.sinter.Model;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.losses.Loss;
import dev.sinter.recipes.Recipe;
import dev.sinter.recipes.RecipeData;
import dev.sinter.report.Numbers;
import java.io.PrintWriter;
import java.util.Locale;

/**
 * The output of {@code sinter train} after training: speed, test results, and the predictions at
 * the end of the texts behind the recipes.
 */
record TrainReport(PrintWriter out, Model model, Recipe recipe, RecipeData data, RunResult result) {
  static final String GENERATED =
      "these are generated digits: the accuracy is not comparable with MNIST";

  void print() {
    line(
        "%.2f s setup, %.2f s training, %,.0f samples/s",
        result.setupSeconds(),
        result.history().trainSeconds(),
        result.history().samplesPerSecond());
    accuracies();
    if (recipe.loss().equals(Loss.BINARY_CROSSENTROPY)) {
      binaryPredictions();
    } else {
      firstDigit();
    }
    out.flush();
  }

  private void accuracies() {
    boolean trained = !result.history().epochs().isEmpty();
    if (result.test() == null) {
      line("no test data: these are your own samples");
    } else {
      double test = result.test().accuracy();
      line("%s%s", test(result.test()), trained ? "" : "; no epoch was trained");
      if (trained) {
        double training = result.history().last("accuracy");
        String gap = training > test ? "the gap is overfitting" : "no overfitting";
        line("training accuracy %.4f, %+.4f against the test: %s", training, training - test, gap);
      }
    }
    if (result.source().equals("generated")) {
      line(GENERATED);
    }
  }

  /** Returns loss and accuracy on test data, as one line. */
  static String test(Evaluation test) {
    String loss = Numbers.metric(test.loss());
    return String.format(Locale.ROOT, "test loss %s, test accuracy %.4f", loss, test.accuracy());
  }

  /** Prints the first test digit: its probabilities, the most likely class, and its label. */
  private void firstDigit() {
    Dataset first = (data.test() == null ? data.train() : data.test()).take(1);
    Tensor probabilities = model.predict(first);
    StringBuilder text = new StringBuilder();
    double sum = 0;
    for (int digit = 0; digit < probabilities.size(); digit++) {
      text.append(String.format(Locale.ROOT, "  %d: %.4f", digit, probabilities.get(digit)));
      sum += probabilities.get(digit);
    }
    int predicted = probabilities.argmax(0);
    String which = data.test() == null ? "training" : "test";
    line("first %s digit, probabilities:%s  (sum %.4f)", which, text, sum);
    line(
        "first %s digit: predicted %d with probability %.4f, label %d",
        which, predicted, probabilities.get(predicted), DataCommand.label(first.y(), 0));
  }

  /**
   * Prints the predictions of digits01 for the first zero and the first one, with a threshold of
   * 0.5.
   */
  private void binaryPredictions() {
    for (int sample : new int[] {0, data.train().size() / 2}) {
      Dataset one = data.train().skip(sample).take(1);
      float probability = model.predict(one).get(0);
      line(
          "sample %d: probability of a one %.4f, above 0.5: %d, label %d",
          sample, probability, probability > 0.5f ? 1 : 0, DataCommand.label(one.y(), 0));
    }
  }

  private void line(String format, Object... arguments) {
    out.println(String.format(Locale.ROOT, format, arguments));
  }
}
