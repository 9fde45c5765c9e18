package dev.sinter;

import dev.sinter.compile.Goal;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.losses.CategoricalHinge;
import dev.sinter.losses.CrossEntropy;
import dev.sinter.losses.CrossEntropy.Labels;
import dev.sinter.losses.Loss;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;

/** Weights of classes as weights of the samples that are of these classes. */
final class ClassWeights {
  private static final String WHERE = "fit, class weights";

  private ClassWeights() {}

  /**
   * Returns a dataset whose labels were checked with the weight of each sample's class, 1 where
   * there is none.
   *
   * @param all the samples that a class may be among
   */
  static Dataset weigh(Dataset data, Dataset all, Map<Integer, Double> weights, List<Goal> goals) {
    requireUnweighted(data.sourceWeights() != null);
    requireClasses(goals, labels(data).rowSize());
    TreeSet<Integer> present = new TreeSet<>();
    for (int row = 0; row < all.size(); row++) {
      present.add(classOf(all, row));
    }
    for (int each : weights.keySet()) {
      if (!present.contains(each)) {
        throw InputException.of(
            WHERE,
            "classes that labels have: " + present,
            "class " + each,
            "Leave out the weight of this class, or correct the labels");
      }
    }
    float[] ofSamples = new float[data.size()];
    for (int row = 0; row < ofSamples.length; row++) {
      ofSamples[row] = weights.getOrDefault(classOf(data, row), 1.0).floatValue();
    }
    return data.weights(ofSamples);
  }

  /** Returns the samples of a stream with the weights of their classes, 1 where there is none. */
  static StreamSamples weigh(StreamSamples data, Map<Integer, Double> weights, List<Goal> goals) {
    requireUnweighted(data.isWeighted());
    requireClasses(goals, data.stream().source().labelColumns());
    return new StreamSamples(data.stream(), data.check(), data.labels(), weights);
  }

  /** Returns the weight of a row's class; the row is called by a number. */
  static float of(Tensor labels, int row, long number, Map<Integer, Double> weights) {
    return weights.getOrDefault(classOf(labels, row, number), 1.0).floatValue();
  }

  private static void requireUnweighted(boolean weighted) {
    if (weighted) {
      throw InputException.of(
          WHERE, "samples without weights of their own", "weighted samples", "Use one of the two");
    }
  }

  /** Refuses several outputs, and labels of several columns that are not one class a sample. */
  private static void requireClasses(List<Goal> goals, int columns) {
    if (goals.size() > 1) {
      throw InputException.of(
          WHERE,
          "a model of one output",
          goals.size() + " outputs",
          "Give the samples weights, with Dataset.weights");
    }
    Loss loss = goals.get(0).loss();
    boolean oneHot =
        loss instanceof CategoricalHinge
            || loss instanceof CrossEntropy own && own.labels() == Labels.DISTRIBUTIONS;
    if (columns > 1 && !oneHot) {
      throw InputException.of(
          WHERE,
          "labels that are classes",
          "%s columns for %s".formatted(columns, loss.name()),
          "Give the samples weights, with Dataset.weights");
    }
  }

  private static int classOf(Dataset data, int row) {
    int source = data.firstRow() + row;
    return classOf(labels(data), source, source);
  }

  private static int classOf(Tensor labels, int row, long number) {
    if (labels.rowSize() > 1) {
      return labels.argmax(row);
    }
    float label = labels.get(row);
    if (label != (int) label) {
      throw InputException.of(
          WHERE + ", label " + number,
          "a class, which is a whole number",
          label,
          "Give the samples weights, with Dataset.weights");
    }
    return (int) label;
  }

  private static Tensor labels(Dataset data) {
    return Objects.requireNonNull(data.sourceLabels(), "labels were checked");
  }
}
