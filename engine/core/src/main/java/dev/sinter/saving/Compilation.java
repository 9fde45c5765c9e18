package dev.sinter.saving;

import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import java.util.List;
import java.util.Objects;

/**
 * What a model is compiled for. Immutable: any number of threads may use it.
 *
 * @param optimizer with the learning rate that it was compiled with
 * @param loss what training makes small
 * @param metrics reported besides the loss, in order
 */
public record Compilation(Optimizer optimizer, Loss loss, List<Metric> metrics) {
  public Compilation {
    Objects.requireNonNull(optimizer, "optimizer");
    Objects.requireNonNull(loss, "loss");
    metrics = List.copyOf(metrics);
  }
}
