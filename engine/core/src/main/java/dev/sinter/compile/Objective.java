package dev.sinter.compile;

import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.program.UpdateRule;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The goal of training.
 *
 * @param rule of the optimizer
 * @param goals one for each output of the model, in their order
 * @param weighted whether samples have weights and a batch may hold fewer than B samples. The loss
 *     is then the weighted sum, and the gradient is divided by the actual number of samples in the
 *     batch
 */
public record Objective(UpdateRule rule, List<Goal> goals, boolean weighted) {
  public Objective {
    goals = List.copyOf(goals);
  }

  /** Creates an objective for one output. */
  public Objective(UpdateRule rule, Loss loss, List<Metric> metrics, boolean weighted) {
    this(rule, List.of(new Goal(null, loss, 1, metrics)), weighted);
  }

  /** Creates an objective for one output, unweighted samples and full batches of B. */
  public Objective(UpdateRule rule, Loss loss, List<Metric> metrics) {
    this(rule, loss, metrics, false);
  }

  /**
   * Returns the names of a step's results: {@code loss}, then the metrics. With several outputs,
   * each output's loss and metrics follow the total loss, named after it: {@code digit_loss}.
   */
  public static List<String> resultNames(List<Goal> goals) {
    List<String> names = new ArrayList<>(List.of("loss"));
    for (Goal goal : goals) {
      if (goals.size() > 1) {
        names.add(goal.output() + "_loss");
      }
      goal.metrics().forEach(metric -> names.add(name(goals, goal, metric)));
    }
    return names;
  }

  /** Returns the metrics by the names of {@link #resultNames}. */
  public static Map<String, Metric> namedMetrics(List<Goal> goals) {
    Map<String, Metric> named = new LinkedHashMap<>();
    for (Goal goal : goals) {
      goal.metrics().forEach(metric -> named.put(name(goals, goal, metric), metric));
    }
    return named;
  }

  private static String name(List<Goal> goals, Goal goal, Metric metric) {
    return goals.size() == 1 ? metric.name() : goal.output() + "_" + metric.name();
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
