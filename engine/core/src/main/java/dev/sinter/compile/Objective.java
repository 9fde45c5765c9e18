package dev.sinter.compile;

import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.program.UpdateRule;
import java.util.List;

/**
 * What a model is compiled for.
 *
 * @param rule the optimizer's
 * @param loss what is made small
 * @param metrics what is measured besides
 * @param weighted whether samples have weights and a batch may hold fewer than B: then the loss is
 *     the weighted sum, and its mean's gradient is divided by the batch's own count
 */
public record Objective(UpdateRule rule, Loss loss, List<Metric> metrics, boolean weighted) {
  public Objective {
    metrics = List.copyOf(metrics);
    ObjectiveRules.check(loss, metrics);
  }

  /** Creates an objective for samples that all count alike, B in each batch. */
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
