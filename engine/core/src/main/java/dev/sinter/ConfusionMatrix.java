package dev.sinter;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.util.Arrays;
import java.util.Locale;

/**
 * How often samples of each class were taken for which class; made by {@link
 * Model#confusionMatrix}. Samples that have weights count as often as these say. Immutable: any
 * number of threads may use it.
 */
public final class ConfusionMatrix {
  private final double[][] counts; // [label, prediction]

  private ConfusionMatrix(double[][] counts) {
    this.counts = counts;
  }

  /**
   * Counts predictions.
   *
   * @param outputs [N, C], of which the largest is the predicted class; [N, 1] for two classes
   * @param threshold above which a single output means class 1
   */
  static ConfusionMatrix of(Dataset data, Tensor outputs, double threshold) {
    Tensor labels = data.sourceLabels();
    if (labels == null) {
      throw InputException.of(
          "confusionMatrix",
          "a dataset with labels",
          "samples alone",
          "Create it with Dataset.of(x, y)");
    }
    int columns = outputs.rowSize();
    if (labels.rowSize() != 1 && labels.rowSize() != columns) {
      throw InputException.of(
          "confusionMatrix",
          "class indices, or %s columns of labels for as many outputs".formatted(columns),
          labels.rowSize() + " columns",
          "Use labels that are classes");
    }
    int classes = Math.max(2, columns);
    Tensor weights = data.sourceWeights();
    double[][] counts = new double[classes][classes];
    for (int i = 0; i < data.size(); i++) {
      int row = data.firstRow() + i;
      int predicted = columns > 1 ? outputs.argmax(i) : outputs.get(i) > threshold ? 1 : 0;
      float label = labels.rowSize() > 1 ? labels.argmax(row) : labels.get(row);
      if (!(label >= 0 && label < classes) || label != (int) label) {
        throw InputException.of(
            "confusionMatrix, label " + row,
            "a class from 0 to " + (classes - 1),
            label,
            "Correct the labels");
      }
      counts[(int) label][predicted] += weights == null ? 1 : weights.get(row);
    }
    return new ConfusionMatrix(counts);
  }

  /** Returns the number of classes. */
  public int classes() {
    return counts.length;
  }

  /** Returns how many samples of one class were taken for another, or for the same. */
  public double count(int label, int prediction) {
    return counts[label][prediction];
  }

  /** Returns the share of a class's samples that were found; 0 if there are none. */
  public double recall(int label) {
    return share(label, Arrays.stream(counts[label]).sum());
  }

  /** Returns the share of right ones among what was taken for a class; 0 if there are none. */
  public double precision(int prediction) {
    return share(prediction, Arrays.stream(counts).mapToDouble(row -> row[prediction]).sum());
  }

  private double share(int right, double all) {
    return all == 0 ? 0 : counts[right][right] / all;
  }

  /** Returns a copy of the counts, a row for each label. */
  public double[][] counts() {
    return Arrays.stream(counts).map(double[]::clone).toArray(double[][]::new);
  }

  /** Returns a table: a row for each label, a column for each prediction. */
  @Override
  public String toString() {
    String[][] cells = new String[classes()][classes()];
    int width = Integer.toString(classes() - 1).length();
    for (int i = 0; i < classes(); i++) {
      for (int j = 0; j < classes(); j++) {
        double count = counts[i][j];
        cells[i][j] =
            count == Math.rint(count)
                ? Long.toString((long) count)
                : String.format(Locale.ROOT, "%.2f", count);
        width = Math.max(width, cells[i][j].length());
      }
    }
    String cell = "  %" + width + "s";
    StringBuilder table = new StringBuilder("label \\ predicted");
    for (int j = 0; j < classes(); j++) {
      table.append(cell.formatted(j));
    }
    for (int i = 0; i < classes(); i++) {
      table.append("\n%17s".formatted(i));
      for (String each : cells[i]) {
        table.append(cell.formatted(each));
      }
    }
    return table.toString();
  }
}
