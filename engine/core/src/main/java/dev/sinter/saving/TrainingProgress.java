package dev.sinter.saving;

import dev.sinter.data.InputScale;
import dev.sinter.data.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a training has reached besides the weights; with it, a loaded model goes on as if it had
 * never been saved. Immutable: any number of threads may use it.
 *
 * @param slots the optimizer's arrays by name, as in {@code dense/kernel.velocity}, in the shapes
 *     of their weights; slot by slot, and within a slot in the order of the weights. Empty for an
 *     optimizer without, and where a file does not hold them: they then start anew
 * @param iterations the number of updates since the slots' start
 * @param learningRate of the next step
 * @param epochs the number of the next epoch's shuffle
 * @param seed of shuffles and random operations
 * @param inputScale of the last training data, or null before a training or where unknown
 */
public record TrainingProgress(
    Map<String, Tensor> slots,
    long iterations,
    double learningRate,
    int epochs,
    long seed,
    @Nullable InputScale inputScale) {
  public TrainingProgress {
    slots = Collections.unmodifiableMap(new LinkedHashMap<>(slots));
  }
}
