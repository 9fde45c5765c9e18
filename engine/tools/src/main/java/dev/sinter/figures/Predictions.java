package dev.sinter.figures;

import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/**
 * What a model said about labelled samples: a probability for each class.
 *
 * <p>A network with a single output tells the probability of class 1 of two; above 0.5 it says 1.
 * Others say the class with the largest probability, the first one on a tie.
 */
public final class Predictions {
  private static final float ROUNDING = 1e-3f; // a softmax may end a little above 1

  private final Tensor outputs; // [N, C], or [N, 1] for two classes
  private final int[] labels; // [N]

  private Predictions(Tensor outputs, int[] labels) {
    this.outputs = outputs;
    this.labels = labels;
  }

  /**
   * Creates predictions.
   *
   * @param outputs probabilities [N, C], or [N, 1] for two classes, as predict returns them
   * @param labels [N], from 0 to C - 1
   * @throws InputException for outputs that are no probabilities, or labels that do not fit them
   */
  public static Predictions of(Tensor outputs, int[] labels) {
    if (outputs.rank() != 2 || outputs.dimension(1) < 1) {
      throw InputException.of(
          "predictions", "outputs [N, classes]", outputs, "Pass what predict returns");
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
    Predictions predictions = new Predictions(outputs, labels.clone());
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
   * @throws InputException for an index that is no whole number
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

  /** Returns the number of samples. */
  public int size() {
    return labels.length;
  }

  /** Returns the number of classes, at least 2. */
  public int classes() {
    return Math.max(2, outputs.dimension(1));
  }

  /** Returns what a sample is. */
  public int label(int sample) {
    return labels[sample];
  }

  /** Returns what the model says it is. */
  public int predicted(int sample) {
    return outputs.dimension(1) == 1
        ? (outputs.get(sample) > 0.5f ? 1 : 0)
        : outputs.argmax(sample);
  }

  /** Returns the probability, from 0 to 1, that the model gives to a class. */
  public double probability(int sample, int label) {
    int columns = outputs.dimension(1);
    double value = outputs.get(sample * columns + Math.min(label, columns - 1));
    double probability = columns == 1 && label == 0 ? 1 - value : value;
    return Math.min(1, Math.max(0, probability));
  }

  /** Returns the probability of what the model says. */
  public double confidence(int sample) {
    return probability(sample, predicted(sample));
  }

  /** Returns whether the model is right. */
  public boolean right(int sample) {
    return predicted(sample) == labels[sample];
  }

  /** Returns how many samples the model is right about. */
  public int rightCount() {
    return size() - mistakes().size();
  }

  /** Returns the samples that the model is wrong about, the most confident mistake first. */
  public List<Integer> mistakes() {
    return IntStream.range(0, size())
        .filter(sample -> !right(sample))
        .boxed()
        .sorted(Comparator.comparingDouble(sample -> -confidence(sample)))
        .toList();
  }

  /** Returns the predictions for chosen samples, in the order given. */
  public Predictions choose(int[] samples) {
    int[] chosen = IntStream.of(samples).map(sample -> labels[sample]).toArray();
    return new Predictions(outputs.rows(samples), chosen);
  }
}
