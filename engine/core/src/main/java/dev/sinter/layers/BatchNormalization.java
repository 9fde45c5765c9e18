package dev.sinter.layers;

import dev.sinter.compile.LayerRule;
import dev.sinter.errors.InputException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Normalizes each feature over the batch: gamma (x - mean) / sqrt(variance + epsilon) + beta;
 * output [B, ..., D] like the input. Features are the last axis: the units of a dense layer, the
 * channels of an image, whose mean is over all places too.
 *
 * <p>A training step takes mean and variance of its batch, and moves the running ones: moving =
 * momentum moving + (1 - momentum) batch. Evaluation and prediction take the running ones. Weights:
 * gamma and beta [D], trained; moving_mean and moving_variance [D], saved, not trained. Immutable:
 * any number of threads may use it. Ioffe and Szegedy, ICML 2015. Source: Keras,
 * layers/normalization/batch_normalization.py.
 *
 * <pre>{@code Sequential.of(
 *     new Dense(64).useBias(false), new BatchNormalization(), new ReLU(), new Dense(10).softmax())}
 * </pre>
 *
 * @param momentum from 0 to 1, 0.99 by default
 * @param epsilon above 0, 0.001 by default
 * @param center whether there is a beta, true by default
 * @param scale whether there is a gamma, true by default
 * @param name null by default: the model makes one
 */
public record BatchNormalization(
    double momentum, double epsilon, boolean center, boolean scale, @Nullable String name)
    implements Layer {
  public BatchNormalization {
    if (!(momentum >= 0 && momentum <= 1)) {
      throw InputException.of(
          "BatchNormalization", "a momentum from 0 to 1", momentum, "Correct the momentum");
    }
    if (!(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
      throw InputException.of(
          "BatchNormalization", "an epsilon above 0", epsilon, "Correct the epsilon");
    }
  }

  /** Creates a layer with Keras's settings. */
  public BatchNormalization() {
    this(0.99, 1e-3, true, true, null);
  }

  /** Returns this layer with another share of the old in the running mean and variance. */
  public BatchNormalization momentum(double other) {
    return new BatchNormalization(other, epsilon, center, scale, name);
  }

  /** Returns this layer with another addend to the variance. */
  public BatchNormalization epsilon(double other) {
    return new BatchNormalization(momentum, other, center, scale, name);
  }

  /** Returns this layer with a beta or without. */
  public BatchNormalization center(boolean other) {
    return new BatchNormalization(momentum, epsilon, other, scale, name);
  }

  /** Returns this layer with a gamma or without. */
  public BatchNormalization scale(boolean other) {
    return new BatchNormalization(momentum, epsilon, center, other, name);
  }

  /** Returns this layer with a name. */
  public BatchNormalization name(String other) {
    return new BatchNormalization(momentum, epsilon, center, scale, other);
  }

  @Override
  public String className() {
    return "BatchNormalization";
  }

  @Override
  public List<LayerRule> rules() {
    return List.of(new BatchNormalizationRule(momentum, epsilon, new Affine(scale, center)));
  }
}
