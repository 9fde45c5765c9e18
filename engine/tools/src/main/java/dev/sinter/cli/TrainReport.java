package dev.sinter.cli;

import dev.sinter.Evaluation;
import dev.sinter.Model;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.losses.Loss;
import dev.sinter.recipes.Recipe;
import dev.sinter.recipes.RecipeData;
import dev.sinter.recipes.Task;
import dev.sinter.report.Numbers;
import java.io.PrintWriter;
import java.util.List;
import java.util.Locale;

/**
 * The output of {@code sinter train} after training: speed, test results, and the predictions at
 * the end of the texts behind the recipes.
 */
record TrainReport(PrintWriter out, Model model, Task task, RecipeData data, RunResult result) {
  static final String GENERATED =
      "these are generated digits: the accuracy is not comparable with MNIST";

  void print() {
    line(
        "%.2f s setup, %.2f s training, %,.0f samples/s",
        result.setupSeconds(),
        result.history().trainSeconds(),
        result.history().samplesPerSecond());
    if (!(task instanceof Recipe)) {
      results();
      firstSample();
      out.flush();
      return;
    }
    accuracies();
    if (task.loss().equals(Loss.BINARY_CROSSENTROPY)) {
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

  private void results() {
    if (result.test() == null) {
      line("no test data: no sample was kept for testing");
      return;
    }
    boolean trained = !result.history().epochs().isEmpty();
    line("%s%s", test(result.test()), trained ? "" : "; no epoch was trained");
  }

  /** Prints what the network says to the first sample, and its label. */
  private void firstSample() {
    String which = data.test() == null ? "training" : "test";
    Dataset first = (data.test() == null ? data.train() : data.test()).take(1);
    Tensor output = model.predict(first);
    if (task.predictsNumbers()) {
      line("first %s sample: predicted %.6g, label %.6g", which, output.get(0), first.y().get(0));
      return;
    }
    int predicted = output.size() > 1 ? output.argmax(0) : output.get(0) > 0.5f ? 1 : 0;
    List<String> classes = task.classes();
    line(
        "first %s sample: predicted %s, label %s",
        which, classes.get(predicted), classes.get(DataCommand.label(first.y(), 0)));
  }

  /** Returns loss and metrics on test data, as one line. */
  static String test(Evaluation test) {
    StringBuilder text = new StringBuilder("test loss " + Numbers.metric(test.loss()));
    test.values()
        .forEach(
            (name, value) -> {
              if (!name.equals("loss")) {
                text.append(String.format(Locale.ROOT, ", test %s ", name));
                boolean share = name.contains("accuracy");
                String number = share ? String.format(Locale.ROOT, "%.4f", value) : null;
                text.append(share ? number : Numbers.metric(value));
              }
            });
    return text.toString();
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
