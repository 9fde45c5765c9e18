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
    if (data.sourceWeights() != null) {
      throw InputException.of(
          WHERE,
          "samples without weights of their own",
          "a dataset with weights",
          "Use one of the two");
    }
    if (goals.size() > 1) {
      throw InputException.of(
          WHERE,
          "a model of one output",
          goals.size() + " outputs",
          "Give the samples weights, with Dataset.weights");
    }
    requireClasses(goals.get(0).loss(), labels(data));
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

  /** Refuses labels of several columns that are not one class a sample. */
  private static void requireClasses(Loss loss, Tensor labels) {
    boolean oneHot =
        loss instanceof CategoricalHinge
            || loss instanceof CrossEntropy own && own.labels() == Labels.DISTRIBUTIONS;
    if (labels.rowSize() > 1 && !oneHot) {
      throw InputException.of(
          WHERE,
          "labels that are classes",
          "%s columns for %s".formatted(labels.rowSize(), loss.name()),
          "Give the samples weights, with Dataset.weights");
    }
  }

  private static int classOf(Dataset data, int row) {
    Tensor labels = labels(data);
    int source = data.firstRow() + row;
    if (labels.rowSize() > 1) {
      return labels.argmax(source);
    }
    float label = labels.get(source);
    if (label != (int) label) {
      throw InputException.of(
          WHERE + ", label " + source,
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
