package dev.sinter.compile;

import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.program.UpdateRule;
import java.util.List;

/**
 * The goal of training.
 *
 * @param rule of the optimizer
 * @param loss to minimize
 * @param metrics to count as well
 * @param weighted whether samples have weights and a batch may hold fewer than B samples. The loss
 *     is then the weighted sum, and the gradient is divided by the actual number of samples in the
 *     batch
 */
public record Objective(UpdateRule rule, Loss loss, List<Metric> metrics, boolean weighted) {
  public Objective {
    metrics = List.copyOf(metrics);
    ObjectiveRules.check(loss, metrics);
  }

  /** Creates an objective for unweighted samples and full batches of B. */
  public Objective(UpdateRule rule, Loss loss, List<Metric> metrics) {
    this(rule, loss, metrics, false);
  }

  /**
   * Checks that labels are as wide as a loss needs.
   *
   * @param where the data and the layer, for the message
   * @throws dev.sinter.errors.InputException when they are not; it says what to use instead
   */
  public static void requireLabels(String where, Loss loss, int outputs, int labelColumns) {
    ObjectiveRules.requireLabels(where, loss, outputs, labelColumns);
  }
}
