package dev.sinter.losses;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.errors.InputException;
import dev.sinter.errors.KnownNames;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import dev.sinter.program.Expression.UnaryFunction;
import dev.sinter.program.Op.CrossEntropyKind;
import java.util.List;
import java.util.Locale;

/**
 * What training makes small. The loss of a batch is the mean over its samples (Keras's
 * sum_over_batch_size).
 *
 * <p>A cross-entropy behind its own activation (softmax, sigmoid) is computed from the logits,
 * exactly and without clipping; behind anything else from probabilities, clipped to [1e-7, 1 -
 * 1e-7]. Source: Keras, losses/losses.py and backend/tensorflow/nn.py.
 */
public enum Loss {
  /** -log p[y], labels are class indices [N] or [N, 1]. */
  SPARSE_CATEGORICAL_CROSSENTROPY,
  /** -sum_j y_j log p_j, labels are one-hot rows or probabilities [N, C]. */
  CATEGORICAL_CROSSENTROPY,
  /** mean_j of -(y_j log p_j + (1 - y_j) log(1 - p_j)), labels [N] or [N, D] from 0 to 1. */
  BINARY_CROSSENTROPY,
  /** mean_j of (p_j - y_j)^2, targets [N] or [N, D]. */
  MEAN_SQUARED_ERROR;

  private static final KnownNames<Loss> KNOWN =
      KnownNames.of("loss", List.of(values()), Loss::toString).with("mse", MEAN_SQUARED_ERROR);

  private static final double EPSILON = 1e-7;

  /** Returns the loss with Keras's name for it, its class's name or its alias, in any case. */
  public static Loss of(String name) {
    return KNOWN.get(name);
  }

  /**
   * Returns whether the outputs of a sample are the probabilities of classes, one of which is
   * right.
   */
  public boolean isCategorical() {
    return this == SPARSE_CATEGORICAL_CROSSENTROPY || this == CATEGORICAL_CROSSENTROPY;
  }

  /** Returns the number of label columns that a network with C outputs needs. */
  public int labelColumns(int outputs) {
    return this == SPARSE_CATEGORICAL_CROSSENTROPY ? 1 : outputs;
  }

  /**
   * Checks that labels are as wide as this loss needs.
   *
   * @param where the data and the layer, for the message
   * @throws InputException when they are not; it says what to use instead
   */
  public void requireLabelColumns(String where, int outputs, int labelColumns) {
    int needed = labelColumns(outputs);
    if (labelColumns != needed) {
      String remedy =
          switch (this) {
            case SPARSE_CATEGORICAL_CROSSENTROPY ->
                "Use class indices, or categorical_crossentropy for one-hot rows";
            case CATEGORICAL_CROSSENTROPY ->
                "Use toCategorical(%s), or sparse_categorical_crossentropy for class indices"
                    .formatted(outputs);
            default -> "Give one label column an output";
          };
      throw InputException.of(
          where + ", " + this,
          "labels of %s for %s outputs"
              .formatted(needed == 1 ? "1 column" : needed + " columns", outputs),
          labelColumns,
          remedy);
    }
  }

  /** Returns the folded form of this loss behind an activation, or null where there is none. */
  public CrossEntropyKind foldedWith(ActivationFunction activation) {
    if (isCategorical() && activation == ActivationFunction.SOFTMAX) {
      return this == CATEGORICAL_CROSSENTROPY
          ? CrossEntropyKind.SOFTMAX
          : CrossEntropyKind.SOFTMAX_SPARSE;
    }
    return this == BINARY_CROSSENTROPY && activation == ActivationFunction.SIGMOID
        ? CrossEntropyKind.SIGMOID
        : null;
  }

  /**
   * Returns the contribution of one output element to the loss of its sample, before any mean over
   * the elements: Input 0 is the output p, Input 1 the label y. Categorical losses expect p divided
   * by the sum of its row, and y one-hot.
   */
  public Expression element() {
    Expression p = input(0).max(constant(EPSILON)).min(constant(1 - EPSILON));
    Expression y = input(1);
    return switch (this) {
      case SPARSE_CATEGORICAL_CROSSENTROPY, CATEGORICAL_CROSSENTROPY ->
          y.times(p.apply(UnaryFunction.LOG)).apply(UnaryFunction.NEGATE);
      case BINARY_CROSSENTROPY ->
          y.times(p.apply(UnaryFunction.LOG))
              .plus(constant(1).minus(y).times(constant(1).minus(p).apply(UnaryFunction.LOG)))
              .apply(UnaryFunction.NEGATE);
      case MEAN_SQUARED_ERROR -> input(0).minus(y).apply(UnaryFunction.SQUARE);
    };
  }

  /** Returns the derivative of {@link #element} by p: 0 where p is clipped. */
  public Expression elementDerivative() {
    Expression p = input(0);
    Expression y = input(1);
    return switch (this) {
      case SPARSE_CATEGORICAL_CROSSENTROPY, CATEGORICAL_CROSSENTROPY ->
          insideClip(y.over(p).apply(UnaryFunction.NEGATE));
      case BINARY_CROSSENTROPY -> insideClip(p.minus(y).over(p.times(constant(1).minus(p))));
      case MEAN_SQUARED_ERROR -> p.minus(y).times(2);
    };
  }

  private static Expression insideClip(Expression derivative) {
    Expression below = constant(EPSILON).greater(input(0));
    Expression above = input(0).greater(constant(1 - EPSILON));
    return new Expression.Select(below.plus(above), constant(0), derivative);
  }

  /** Returns Keras's name: snake case. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
