package dev.sinter;

import dev.sinter.compile.Goal;
import dev.sinter.compile.Graph;
import dev.sinter.compile.Objective;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.losses.CrossEntropy;
import dev.sinter.losses.Loss;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Checks samples and labels before they reach a backend.
 *
 * @param where the call, for messages: fit, evaluate, predict
 */
record DataCheck(String where, Graph graph) {
  /** Checks the inputs of a dataset: vectors as wide as the first layer expects, all finite. */
  void inputs(Dataset data) {
    boolean vectors = graph.input().isVector();
    List<Integer> shape = Arrays.stream(data.featureShape()).boxed().toList();
    Object features = vectors ? features(where, data) : shape;
    boolean gray = // pixels without an axis of channels: the same memory as with one channel
        graph.input().dimensions().size() == 3
            && graph.input().last() == 1
            && graph.input().dimensions().subList(0, 2).equals(shape);
    if (!gray && !graph.input().dimensions().equals(shape)) {
      String first = graph.nodes().get(0).layer();
      throw InputException.of(
          where + ", layer " + first,
          vectors
              ? "samples of " + graph.input().size() + " features"
              : "samples of shape " + graph.input(),
          features,
          "Use data as wide as the model's input, or build the model for this data");
    }
    finite("x", data.source(), data.firstRow(), data.size());
  }

  /** Checks the inputs of a dataset to predict for. */
  void predictable(Dataset data) {
    inputs(data);
    if ((long) data.size() * graph.outputs() > Integer.MAX_VALUE) {
      throw InputException.of(
          where,
          "at most " + Integer.MAX_VALUE + " predictions",
          data.size() + " samples of " + graph.outputs() + " outputs",
          "Predict a part at a time, with take and skip");
    }
  }

  /** Checks that there are samples. */
  static void samples(String where, Dataset data) {
    if (data.size() == 0) {
      throw InputException.of(
          where, "at least one sample", 0, "Use a larger dataset, or another split");
    }
  }

  /** Returns the number of features of a dataset of vectors. */
  static int features(String where, Dataset data) {
    int[] shape = data.featureShape();
    if (shape.length != 1) {
      throw InputException.of(
          where,
          "samples that are vectors",
          "samples of shape " + Arrays.toString(shape),
          shape.length == 2
              ? "Call flatten() on the dataset, or, for images, put Input(%s, %s, 1) first"
                  .formatted(shape[0], shape[1])
              : "Call flatten() on the dataset, or put an Input of this shape first");
    }
    return shape[0];
  }

  /** Checks the labels of a dataset against the losses: their width, and each one's value. */
  void labels(Dataset data, List<Goal> goals) {
    Tensor y = data.sourceLabels();
    if (y == null) {
      throw InputException.of(
          where, "a dataset with labels", "samples alone", "Create it with Dataset.of(x, y)");
    }
    List<Graph.Node> ends = graph.endNodes();
    List<Integer> widths = new ArrayList<>();
    for (int i = 0; i < goals.size(); i++) {
      widths.add(goals.get(i).loss().labelColumns(ends.get(i).outputs().size()));
    }
    requireWidth(y, goals, widths);
    finite("y", y, data.firstRow(), data.size());
    int column = 0;
    for (int i = 0; i < goals.size(); i++) {
      values(data, goals.get(i).loss(), new Labels(ends.get(i), y, column, widths.get(i)));
      column += widths.get(i);
    }
  }

  private void requireWidth(Tensor y, List<Goal> goals, List<Integer> widths) {
    int all = widths.stream().mapToInt(Integer::intValue).sum();
    if (goals.size() == 1) {
      String end = where + ", layer " + graph.endNodes().get(0).layer();
      Objective.requireLabels(end, goals.get(0).loss(), graph.outputs(), y.rowSize());
    } else if (y.rowSize() != all) {
      throw InputException.of(
          where,
          "labels of %s columns, those of the outputs %s side by side, %s columns each"
              .formatted(all, goals.stream().map(Goal::output).toList(), widths),
          y.rowSize(),
          "Make the dataset with the model's dataset method");
    }
  }

  private void values(Dataset data, Loss loss, Labels labels) {
    if (!(loss instanceof CrossEntropy crossEntropy)) {
      return; // any finite number will do
    }
    for (int row = data.firstRow(); row < data.firstRow() + data.size(); row++) {
      switch (crossEntropy.labels()) {
        case CLASS_INDICES -> classIndex(labels, row);
        case DISTRIBUTIONS -> distribution(labels, row);
        case SHARES -> shares(labels, row);
      }
    }
  }

  /** The columns of the labels that belong to an output. */
  private record Labels(Graph.Node end, Tensor y, int first, int columns) {
    float get(int row, int column) {
      return y.get(row * y.rowSize() + first + column);
    }
  }

  private void classIndex(Labels labels, int row) {
    int classes = labels.end.outputs().size();
    float label = labels.get(row, 0);
    if (!(label >= 0 && label < classes) || label != (int) label) {
      throw InputException.of(
          where + ", label " + row,
          "a class from 0 to %s, as layer %s has %s outputs"
              .formatted(classes - 1, labels.end.layer(), classes),
          plain(label),
          "Correct the labels or the number of units");
    }
  }

  private void distribution(Labels labels, int row) {
    double sum = 0;
    for (int column = 0; column < labels.columns; column++) {
      float value = labels.get(row, column);
      if (value < 0) {
        throw InputException.of(
            where + ", label row " + row,
            "probabilities of at least 0",
            value,
            "Correct the labels");
      }
      sum += value;
    }
    if (Math.abs(sum - 1) > 1e-3) {
      throw InputException.of(
          where + ", label row " + row,
          "a one-hot row, or probabilities that add up to 1",
          "a sum of " + sum,
          "Several labels a sample need binary_crossentropy and sigmoid");
    }
  }

  private void shares(Labels labels, int row) {
    for (int column = 0; column < labels.columns; column++) {
      float value = labels.get(row, column);
      if (!(value >= 0 && value <= 1)) {
        throw InputException.of(
            where + ", label row " + row, "values from 0 to 1", plain(value), "Correct the labels");
      }
    }
  }

  private void finite(String name, Tensor tensor, int firstRow, int rows) {
    if (tensor.type() == Tensor.Type.UINT8) {
      return;
    }
    float[] elements = tensor.floats();
    int width = tensor.rowSize();
    for (int i = firstRow * width; i < (firstRow + rows) * width; i++) {
      if (!Float.isFinite(elements[i])) {
        throw InputException.of(
            where + ", " + name + " row " + i / width + ", column " + i % width,
            "a finite number",
            elements[i],
            "Clean the data: NaN and infinity cannot be learned from");
      }
    }
  }

  private static String plain(float value) {
    return value == (int) value ? Integer.toString((int) value) : Float.toString(value);
  }
}
