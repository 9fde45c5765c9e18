package dev.sinter.figures;

import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The predictions of a model for labelled samples: a probability for each class.
 *
 * <p>The output of a network with a single unit is the probability of class 1 of two; above 0.5 the
 * prediction is 1. Otherwise it is the class with the largest probability, the first one on a tie.
 */
public final class Predictions {
  private static final float ROUNDING = 1e-3f; // a softmax may slightly exceed 1

  private final Tensor outputs; // [N, C], or [N, 1] for two classes
  private final int[] labels; // [N]
  private final List<String> names; // of the classes; empty if they are called by their numbers

  private Predictions(Tensor outputs, int[] labels, List<String> names) {
    this.outputs = outputs;
    this.labels = labels;
    this.names = names;
  }

  /**
   * Creates predictions.
   *
   * @param outputs probabilities [N, C], or [N, 1] for two classes, as returned by predict
   * @param labels [N], from 0 to C - 1
   * @throws InputException if outputs are not probabilities, or labels do not fit
   */
  public static Predictions of(Tensor outputs, int[] labels) {
    if (outputs.rank() != 2 || outputs.dimension(1) < 1) {
      throw InputException.of(
          "predictions", "outputs [N, classes]", outputs, "Pass the result of predict");
    }
    if (labels.length != outputs.dimension(0)) {
      throw new InputException(
          "predictions: expected %s labels, one per sample, received %s. Use the labels of these samples."
              .formatted(outputs.dimension(0), labels.length));
    }
    for (int i = 0; i < outputs.size(); i++) {
      float output = outputs.get(i);
      if (!(output >= -ROUNDING && output <= 1 + ROUNDING)) {
        throw InputException.of(
            "predictions, sample " + i / outputs.rowSize(),
            "probabilities from 0 to 1",
            output,
            "End the network with softmax or sigmoid");
      }
    }
    Predictions predictions = new Predictions(outputs, labels.clone(), List.of());
    for (int i = 0; i < labels.length; i++) {
      if (labels[i] < 0 || labels[i] >= predictions.classes()) {
        throw new InputException(
            "predictions, label %s: expected 0 to %s, received %s. Use labels that belong to this network."
                .formatted(i, predictions.classes() - 1, labels[i]));
      }
    }
    return predictions;
  }

  /**
   * Returns class labels as integers.
   *
   * @param y indices [N] or [N, 1], or one-hot rows [N, C]
   * @throws InputException for an index that is not an integer
   */
  public static int[] labels(Tensor y) {
    int[] labels = new int[y.dimension(0)];
    for (int i = 0; i < labels.length; i++) {
      float label = y.rowSize() == 1 ? y.get(i) : y.argmax(i);
      if (label != (int) label) {
        throw InputException.of("label " + i, "a whole number", label, "Correct the labels");
      }
      labels[i] = (int) label;
    }
    return labels;
  }

  /** Returns whether outputs are probabilities, up to rounding. */
  static boolean areProbabilities(Tensor outputs) {
    for (int i = 0; i < outputs.size(); i++) {
      if (!(outputs.get(i) >= -ROUNDING && outputs.get(i) <= 1 + ROUNDING)) {
        return false;
      }
    }
    return true;
  }

  /** Returns these predictions with names of the classes; none to call them by their numbers. */
  public Predictions named(List<String> classes) {
    if (!classes.isEmpty() && classes.size() != classes()) {
      throw InputException.of(
          "predictions", classes() + " names of classes", classes.size(), "Name each class");
    }
    return new Predictions(outputs, labels, List.copyOf(classes));
  }

  /** Returns the name of a class. */
  public String name(int label) {
    return names.isEmpty() ? Integer.toString(label) : names.get(label);
  }

  /** Returns the number of samples. */
  public int size() {
    return labels.length;
  }

  /** Returns the number of classes, at least 2. */
  public int classes() {
    return Math.max(2, outputs.dimension(1));
  }

  /** Returns the label of a sample. */
  public int label(int sample) {
    return labels[sample];
  }

  /** Returns the predicted class of a sample. */
  public int predicted(int sample) {
    return outputs.dimension(1) == 1
        ? (outputs.get(sample) > 0.5f ? 1 : 0)
        : outputs.argmax(sample);
  }

  /** Returns the predicted probability of a class, from 0 to 1. */
  public double probability(int sample, int label) {
    int columns = outputs.dimension(1);
    double value = outputs.get(sample * columns + Math.min(label, columns - 1));
    double probability = columns == 1 && label == 0 ? 1 - value : value;
    return Math.min(1, Math.max(0, probability));
  }

  /** Returns the probability of the predicted class. */
  public double confidence(int sample) {
    return probability(sample, predicted(sample));
  }

  /** Returns whether the prediction is correct. */
  public boolean right(int sample) {
    return predicted(sample) == labels[sample];
  }

  /** Returns the number of correct predictions. */
  public int rightCount() {
    return size() - mistakes().size();
  }

  /** Returns the samples with wrong predictions, the most confident mistake first. */
  public List<Integer> mistakes() {
    return IntStream.range(0, size())
        .filter(sample -> !right(sample))
        .boxed()
        .sorted(Comparator.comparingDouble(sample -> -confidence(sample)))
        .toList();
  }

  /** Returns the predictions for the given samples, in the given order. */
  public Predictions choose(int[] samples) {
    int[] chosen = IntStream.of(samples).map(sample -> labels[sample]).toArray();
    return new Predictions(outputs.rows(samples), chosen, names);
  }
}
