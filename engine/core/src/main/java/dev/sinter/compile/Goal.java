package dev.sinter.compile;

import dev.sinter.errors.InputException;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.metrics.Weighted;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one output of a model is trained for. Immutable: any number of threads may use it.
 *
 * <pre>{@code Goal.of("digit", "sparse_categorical_crossentropy", "accuracy")
 * Goal.of("even", "binary_crossentropy").weight(0.2)}</pre>
 *
 * @param output the name of the output; null for the only one
 * @param loss of this output
 * @param weight of the loss in the sum of all outputs' losses, which training makes small
 * @param metrics of this output
 */
public record Goal(@Nullable String output, Loss loss, double weight, List<Metric> metrics) {
  public Goal {
    Objects.requireNonNull(loss, "loss");
    metrics = List.copyOf(Weighted.distinct(metrics));
    ObjectiveRules.check(loss, metrics);
    if (!Double.isFinite(weight)) {
      throw InputException.of(
          "loss weight" + (output == null ? "" : " of output " + output),
          "a finite number",
          weight,
          "Correct the weight");
    }
  }

  /** Creates a goal for an output. */
  public Goal(@Nullable String output, Loss loss, Metric... metrics) {
    this(output, loss, 1, List.of(metrics));
  }

  /** Creates a goal for an output by Keras's names. */
  public static Goal of(String output, String loss, String... metrics) {
    Metric[] named = Arrays.stream(metrics).map(Metric::of).toArray(Metric[]::new);
    return new Goal(output, Loss.of(loss), named);
  }

  /** Returns this goal for another output; null for the only one. */
  public Goal output(@Nullable String other) {
    return new Goal(other, loss, weight, metrics);
  }

  /** Returns this goal with another weight of its loss. */
  public Goal weight(double other) {
    return new Goal(output, loss, other, metrics);
  }
}
