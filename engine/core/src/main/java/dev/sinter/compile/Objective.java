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
 * @param metrics what is counted besides
 */
public record Objective(UpdateRule rule, Loss loss, List<Metric> metrics) {
  public Objective {
    metrics = List.copyOf(metrics);
  }
}
