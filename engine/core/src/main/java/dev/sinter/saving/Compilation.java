package dev.sinter.saving;

import dev.sinter.compile.Goal;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import java.util.List;
import java.util.Objects;

/**
 * What a model is compiled for. Immutable: any number of threads may use it.
 *
 * @param optimizer with the learning rate that it was compiled with
 * @param goals loss and metrics, one for each output of the model, in their order
 */
public record Compilation(Optimizer optimizer, List<Goal> goals) {
  public Compilation {
    Objects.requireNonNull(optimizer, "optimizer");
    goals = List.copyOf(goals);
  }

  /** Creates the compilation of a model with one output. */
  public Compilation(Optimizer optimizer, Loss loss, List<Metric> metrics) {
    this(optimizer, List.of(new Goal(null, loss, 1, metrics)));
  }

  /** Returns what the only output is trained for. */
  public Goal goal() {
    if (goals.size() != 1) {
      throw new IllegalStateException("expected one output, received " + goals.size());
    }
    return goals.get(0);
  }

  /** Returns the loss of the only output. */
  public Loss loss() {
    return goal().loss();
  }

  /** Returns the metrics of the only output. */
  public List<Metric> metrics() {
    return goal().metrics();
  }
}
