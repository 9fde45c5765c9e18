package dev.sinter.figures;

import java.util.Locale;

/** Texts shared by several figures. */
final class Captions {
  private static final int MAX_QUOTED = 60;

  private Captions() {}

  /** Returns "run: shown", or only {@code shown} if the run has no name. */
  static String title(String run, String shown) {
    return run.isBlank() ? shown : run + ": " + shown;
  }

  static String count(int number, String one) {
    return String.format(Locale.ROOT, "%,d %s%s", number, one, number == 1 ? "" : "s");
  }

  /** Returns a probability that never claims to be certain: "99.9 %", "> 99.9 %". */
  static String percent(double probability) {
    if (probability > 0.999 && probability < 1.5) {
      return "> 99.9 %";
    }
    return probability < 0.001 && probability >= 0
        ? "< 0.1 %"
        : String.format(Locale.ROOT, "%.1f %%", probability * 100);
  }

  /** Returns the number of samples and the accuracy. */
  static String accuracy(Predictions predictions) {
    double accuracy = predictions.rightCount() / (double) predictions.size();
    return count(predictions.size(), "sample")
        + String.format(Locale.ROOT, ", accuracy %.4f", accuracy);
  }

  /** Returns the start of a possibly long text, for a message. */
  static String shortened(String text) {
    return text.length() <= MAX_QUOTED ? text : text.substring(0, MAX_QUOTED) + "...";
  }
}
