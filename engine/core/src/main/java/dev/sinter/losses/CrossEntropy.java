package dev.sinter.losses;

import java.util.Objects;

/**
 * The cross-entropies: constants of {@link Loss}. Immutable: any number of threads may use it.
 *
 * <p>Behind its own activation (softmax, or sigmoid for {@link Labels#SHARES}) a cross-entropy is
 * computed from the logits, exactly and without clipping; behind anything else from probabilities,
 * clipped to [1e-7, 1 - 1e-7]. Source: Keras, losses/losses.py and backend/tensorflow/nn.py.
 *
 * @param labels what the outputs are compared with
 */
public record CrossEntropy(Labels labels) implements Loss {
  /** How labels look. */
  public enum Labels {
    /** The index of the right class, one column. */
    CLASS_INDICES("sparse_categorical_crossentropy"),
    /** A column a class, each row adding up to 1. */
    DISTRIBUTIONS("categorical_crossentropy"),
    /** A column an output, each from 0 to 1 by itself. */
    SHARES("binary_crossentropy");

    private final String loss;

    Labels(String loss) {
      this.loss = loss;
    }
  }

  public CrossEntropy {
    Objects.requireNonNull(labels, "labels");
  }

  @Override
  public String name() {
    return labels.loss;
  }

  @Override
  public int labelColumns(int outputs) {
    return labels == Labels.CLASS_INDICES ? 1 : outputs;
  }

  @Override
  public String toString() {
    return name();
  }
}
