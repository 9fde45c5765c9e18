package dev.sinter;

import dev.sinter.compile.Graph;
import dev.sinter.compile.Objective;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.losses.CrossEntropy;
import dev.sinter.losses.Loss;
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
    if (!graph.input().dimensions().equals(shape)) {
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
          "Call flatten() on the dataset");
    }
    return shape[0];
  }

  /** Checks the labels of a dataset against a loss: their width, and each one's value. */
  void labels(Dataset data, Loss loss) {
    Tensor y = data.sourceLabels();
    if (y == null) {
      throw InputException.of(
          where, "a dataset with labels", "samples alone", "Create it with Dataset.of(x, y)");
    }
    int columns = y.rowSize();
    Objective.requireLabels(where + ", layer " + lastLayer(), loss, graph.outputs(), columns);
    finite("y", y, data.firstRow(), data.size());
    if (!(loss instanceof CrossEntropy crossEntropy)) {
      return; // any finite number will do
    }
    for (int row = data.firstRow(); row < data.firstRow() + data.size(); row++) {
      switch (crossEntropy.labels()) {
        case CLASS_INDICES -> classIndex(y.get(row), row);
        case DISTRIBUTIONS -> distribution(y, row, columns);
        case SHARES -> shares(y, row, columns);
      }
    }
  }

  private void classIndex(float label, int row) {
    int classes = graph.outputs();
    if (!(label >= 0 && label < classes) || label != (int) label) {
      throw InputException.of(
          where + ", label " + row,
          "a class from 0 to %s, as layer %s has %s outputs"
              .formatted(classes - 1, lastLayer(), classes),
          plain(label),
          "Correct the labels or the number of units");
    }
  }

  private void distribution(Tensor y, int row, int columns) {
    double sum = 0;
    for (int column = 0; column < columns; column++) {
      float value = y.get(row * columns + column);
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

  private void shares(Tensor y, int row, int columns) {
    for (int column = 0; column < columns; column++) {
      float value = y.get(row * columns + column);
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

  private String lastLayer() {
    return graph.last().layer();
  }

  private static String plain(float value) {
    return value == (int) value ? Integer.toString((int) value) : Float.toString(value);
  }
}
