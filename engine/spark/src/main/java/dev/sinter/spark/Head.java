package dev.sinter.spark;

import dev.sinter.Model;
import dev.sinter.losses.CrossEntropy;
import dev.sinter.saving.Compilation;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What a classifier makes of a network's outputs. Raw predictions are logarithms of probabilities,
 * as far as outputs are no logits: softmax turns both into probabilities.
 *
 * @param outputs of the network; 1 for the probability of class 1
 * @param logits whether outputs are logits for a softmax
 * @param binaryLogits whether outputs are logits for a sigmoid each
 */
record Head(int outputs, boolean logits, boolean binaryLogits) implements Serializable {
  static Head of(int outputs, @Nullable Compilation compilation) {
    boolean raw =
        compilation != null
            && compilation.goals().size() == 1
            && compilation.loss() instanceof CrossEntropy loss
            && loss.fromLogits();
    boolean binary =
        raw && ((CrossEntropy) compilation.loss()).labels() == CrossEntropy.Labels.SHARES;
    return new Head(outputs, raw && !binary, binary);
  }

  /** Returns the number of outputs for a row of so many features. */
  static int outputs(Model model, int features) {
    try (var predictor = model.predictor()) {
      return predictor.predict(new float[features]).length;
    }
  }

  static int classes(int outputs) {
    return Math.max(2, outputs);
  }

  /** Returns the raw predictions [classes] of one row, whose outputs begin somewhere. */
  double[] raw(float[] all, int from) {
    double[] raw = new double[classes(outputs)];
    if (outputs == 1) {
      double p = share(all[from]);
      raw[0] = log(1 - p);
      raw[1] = log(p);
    } else {
      for (int i = 0; i < outputs; i++) {
        raw[i] = logits ? all[from + i] : log(share(all[from + i]));
      }
    }
    return raw;
  }

  private double share(double output) {
    return binaryLogits ? 1 / (1 + Math.exp(-output)) : output;
  }

  /** Returns a finite logarithm. */
  private static double log(double probability) {
    return Math.log(Math.max(probability, Float.MIN_VALUE));
  }

  /** Turns raw predictions into probabilities: softmax, in place. */
  static void probabilities(double[] raw) {
    double largest = Double.NEGATIVE_INFINITY;
    for (double each : raw) {
      largest = Math.max(largest, each);
    }
    double sum = 0;
    for (int i = 0; i < raw.length; i++) {
      raw[i] = Math.exp(raw[i] - largest);
      sum += raw[i];
    }
    for (int i = 0; i < raw.length; i++) {
      raw[i] /= sum;
    }
  }

  /** Returns the class: of the largest probability, or of the largest one over its threshold. */
  static int predicted(double[] probabilities, double @Nullable [] thresholds) {
    int best = 0;
    double most = Double.NEGATIVE_INFINITY;
    for (int i = 0; i < probabilities.length; i++) {
      double value = probabilities[i];
      if (thresholds != null) {
        value = thresholds[i] == 0 ? Double.POSITIVE_INFINITY : value / thresholds[i];
      }
      if (value > most) {
        most = value;
        best = i;
      }
    }
    return best;
  }
}
