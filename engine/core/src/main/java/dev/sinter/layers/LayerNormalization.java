package dev.sinter.layers;

import dev.sinter.compile.LayerRule;
import dev.sinter.errors.InputException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Normalizes each sample over its last axis: gamma (x - mean) / sqrt(variance + epsilon) + beta;
 * output [B, ..., D] like the input. Training and prediction compute the same. Weights: gamma and
 * beta [D]. Immutable: any number of threads may use it. Ba et al., arXiv 1607.06450, 2016. Source:
 * Keras, layers/normalization/layer_normalization.py.
 *
 * @param epsilon above 0, 0.001 by default
 * @param center whether there is a beta, true by default
 * @param scale whether there is a gamma, true by default
 * @param name null by default: the model makes one
 */
public record LayerNormalization(
    double epsilon, boolean center, boolean scale, @Nullable String name) implements Layer {
  public LayerNormalization {
    if (!(epsilon > 0 && epsilon < Double.POSITIVE_INFINITY)) {
      throw InputException.of(
          "LayerNormalization", "an epsilon above 0", epsilon, "Correct the epsilon");
    }
  }

  /** Creates a layer with Keras's settings. */
  public LayerNormalization() {
    this(1e-3, true, true, null);
  }

  /** Returns this layer with another addend to the variance. */
  public LayerNormalization epsilon(double other) {
    return new LayerNormalization(other, center, scale, name);
  }

  /** Returns this layer with a beta or without. */
  public LayerNormalization center(boolean other) {
    return new LayerNormalization(epsilon, other, scale, name);
  }

  /** Returns this layer with a gamma or without. */
  public LayerNormalization scale(boolean other) {
    return new LayerNormalization(epsilon, center, other, name);
  }

  /** Returns this layer with a name. */
  public LayerNormalization name(String other) {
    return new LayerNormalization(epsilon, center, scale, other);
  }

  @Override
  public String className() {
    return "LayerNormalization";
  }

  @Override
  public List<LayerRule> rules() {
    return List.of(new LayerNormalizationRule(epsilon, new Affine(scale, center)));
  }
}
