package dev.sinter.dl4j;

import dev.sinter.compile.Features;
import dev.sinter.errors.InputException;
import dev.sinter.losses.Loss;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.config.IUpdater;

/**
 * A configuration of DL4J in Sinter's terms. Immutable: any number of threads may use it.
 *
 * @param layers at least one
 * @param updater of all parameters; null where they differ or Sinter lacks it
 * @param loss with ND4J's arithmetic; null where Sinter lacks it
 * @param refusals why it cannot be trained as DL4J would; empty if it can
 */
record Dl4jNetwork(
    List<DenseUnit> layers,
    @Nullable IUpdater updater,
    @Nullable Loss loss,
    List<InputException> refusals) {
  Dl4jNetwork {
    layers = List.copyOf(layers);
    refusals = List.copyOf(refusals);
  }

  /** Returns the shape of a sample. */
  Features input() {
    return Features.of(layers.get(0).inputs());
  }

  DenseUnit last() {
    return layers.get(layers.size() - 1);
  }

  /** Returns the number of parameters. */
  long size() {
    return layers.stream().mapToLong(DenseUnit::size).sum();
  }

  boolean isPenalized() {
    return layers.stream().anyMatch(DenseUnit::isPenalized);
  }

  /**
   * Refuses a configuration that Sinter would train otherwise than DL4J.
   *
   * @throws InputException that names the layer and what it has
   */
  void requireTrainable() {
    if (!refusals.isEmpty()) {
      throw refusals.get(0);
    }
  }

  /** Returns the updater as it is at a step. */
  Dl4jOptimizer optimizer(int iteration, int epoch) {
    if (updater == null) {
      throw new IllegalStateException("an updater is asked for where there is none");
    }
    double rate = updater.hasLearningRate() ? updater.getLearningRate(iteration, epoch) : 1;
    return new Dl4jOptimizer(updater, rate);
  }
}
