package dev.sinter.benchmarks;

import java.util.Locale;
import java.util.function.IntConsumer;

/** Proves that a contender learns before it is timed, and thereby warms it up. */
final class LearningCheck {
  private static final int QUALITY_SAMPLES = 2_000;
  private static final int ROUND_SAMPLES = 1 << 14;
  private static final int MOST_ROUNDS = 60;

  /** The loss must fall at least to this share of its initial value. */
  private static final double LOSS = 0.95;

  /**
   * The required accuracy of mnist-dense; half of it for an optimizer or a batch size that learns
   * slowly.
   */
  private static final double ACCURACY = 0.8;

  private LearningCheck() {}

  /**
   * Trains until the network has learned.
   *
   * @param training trains about the given number of samples, in whole batches
   * @return one human-readable line
   * @throws IllegalStateException if it does not learn
   */
  static String learns(Workload work, Contender contender, IntConsumer training) {
    Contender.Quality before = contender.quality(QUALITY_SAMPLES);
    Contender.Quality after = before;
    double bound = accuracyBound(work);
    for (int round = 1; round <= MOST_ROUNDS; round++) {
      training.accept(ROUND_SAMPLES);
      after = contender.quality(QUALITY_SAMPLES);
      if (after.loss() < LOSS * before.loss() && after.accuracy() >= bound) {
        return String.format(
            Locale.ROOT,
            "after about %d samples: held-out loss %.3f to %.3f, accuracy %.3f to %.3f",
            round * Math.max(ROUND_SAMPLES, work.batch()),
            before.loss(),
            after.loss(),
            before.accuracy(),
            after.accuracy());
      }
    }
    throw new IllegalStateException(
        String.format(
            Locale.ROOT,
            "%s did not learn: expected a held-out loss below %.3f and an accuracy of at least %.2f,"
                + " received %.3f and %.3f",
            contender.description(),
            LOSS * before.loss(),
            bound,
            after.loss(),
            after.accuracy()));
  }

  private static double accuracyBound(Workload work) {
    return work.recipe().name().equals("mnist-dense") ? ACCURACY : 0;
  }
}
