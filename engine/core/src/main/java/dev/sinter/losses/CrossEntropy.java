package dev.sinter.losses;

import dev.sinter.errors.InputException;
import java.util.Objects;

/**
 * The cross-entropies: constants of {@link Loss}, or {@link #sparseCategorical}, {@link
 * #categorical} and {@link #binary} with options. Immutable: any number of threads may use it.
 *
 * <p>Behind its own activation (softmax, or sigmoid for {@link Labels#SHARES}) a cross-entropy is
 * computed from the logits, exactly and without clipping. The same where the outputs are the logits
 * themselves, with {@link #fromLogits(boolean)}. Behind anything else it is computed from
 * probabilities, clipped to [1e-7, 1 - 1e-7]. Source: Keras, losses/losses.py and
 * backend/tensorflow/nn.py.
 *
 * @param labels what the outputs are compared with
 * @param fromLogits whether the outputs are logits, so that the loss applies softmax or sigmoid
 *     itself; default false
 * @param labelSmoothing s, from 0 to 1, default 0: a label y counts as y (1 - s) + s / C with C
 *     classes, or as y (1 - s) + s / 2 for {@link Labels#SHARES}; not for class indices
 */
public record CrossEntropy(Labels labels, boolean fromLogits, double labelSmoothing)
    implements Loss {
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
    if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
      throw InputException.of(
          labels.loss + ", label smoothing", "a share from 0 to 1", labelSmoothing, "Correct it");
    }
    if (labels == Labels.CLASS_INDICES && labelSmoothing > 0) {
      throw InputException.of(
          labels.loss,
          "no label smoothing",
          labelSmoothing,
          "Use categorical_crossentropy, and one-hot labels by Dataset.toCategorical");
    }
  }

  /** Creates a cross-entropy of probabilities, without label smoothing. */
  public CrossEntropy(Labels labels) {
    this(labels, false, 0);
  }

  /** Returns the cross-entropy of class indices: {@link Loss#SPARSE_CATEGORICAL_CROSSENTROPY}. */
  public static CrossEntropy sparseCategorical() {
    return new CrossEntropy(Labels.CLASS_INDICES);
  }

  /** Returns the cross-entropy of one-hot rows: {@link Loss#CATEGORICAL_CROSSENTROPY}. */
  public static CrossEntropy categorical() {
    return new CrossEntropy(Labels.DISTRIBUTIONS);
  }

  /** Returns the cross-entropy of labels from 0 to 1: {@link Loss#BINARY_CROSSENTROPY}. */
  public static CrossEntropy binary() {
    return new CrossEntropy(Labels.SHARES);
  }

  /** Returns this loss for outputs that are logits, those of a linear layer, or probabilities. */
  public CrossEntropy fromLogits(boolean value) {
    return new CrossEntropy(labels, value, labelSmoothing);
  }

  /** Returns this loss with label smoothing. */
  public CrossEntropy labelSmoothing(double value) {
    return new CrossEntropy(labels, fromLogits, value);
  }

  @Override
  public String name() {
    return labels.loss;
  }

  @Override
  public int labelColumns(int outputs) {
    return labels == Labels.CLASS_INDICES ? 1 : outputs;
  }

  /** Returns the name, with the options that are not defaults. */
  @Override
  public String toString() {
    return name()
        + (fromLogits ? ", from logits" : "")
        + (labelSmoothing == 0 ? "" : ", label smoothing " + labelSmoothing);
  }
}
