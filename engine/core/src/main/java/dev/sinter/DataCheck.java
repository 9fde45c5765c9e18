package dev.sinter;

import dev.sinter.compile.Goal;
import dev.sinter.compile.Graph;
import dev.sinter.data.Dataset;
import dev.sinter.data.InputScale;
import dev.sinter.data.Sample;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Checks samples and labels before they reach a backend.
 *
 * @param where the call, for messages: fit, evaluate, predict
 * @param indices the inputs that a layer takes for indices of categories
 */
record DataCheck(String where, Graph graph, List<Graph.Indices> indices) {
  DataCheck(String where, Graph graph) {
    this(where, graph, graph.indices());
  }

  /** Checks the inputs of a dataset: as the first layer expects them, all finite. */
  void inputs(Dataset data) {
    shape(data.featureShape());
    finite("x", data.source(), data.firstRow(), data.size(), 0);
    for (Graph.Indices some : indices) {
      for (int row = data.firstRow(); row < data.firstRow() + data.size(); row++) {
        categories(some, data.source(), row, data.inputScale(), row);
      }
    }
  }

  /** Checks the categories of one row, scaled as the training data was. */
  void categories(float[] row) {
    for (int i = 0;
        i < indices.size();
        i++) { // without an iterator: a prediction allocates nothing
      Graph.Indices some = indices.get(i);
      for (int column = some.first(); column < some.first() + some.columns(); column++) {
        category(some, 0, column, row[column]);
      }
    }
  }

  /** Checks a row, called by a number, where a layer takes it for indices of categories. */
  private void categories(Graph.Indices some, Tensor x, int row, InputScale scale, long number) {
    for (int column = some.first(); column < some.first() + some.columns(); column++) {
      float value = x.get(row * x.rowSize() + column) * scale.factor() + scale.offset();
      category(some, number, column, value);
    }
  }

  private void category(Graph.Indices some, long row, int column, float value) {
    int count = some.categories();
    if (!(value >= 0 && value < count) || value != (int) value) {
      throw InputException.of(
          where + ", x row " + row + ", column " + column,
          "a category from 0 to %s, as layer %s has %s".formatted(count - 1, some.layer(), count),
          value,
          "Correct the data, or give the layer more categories");
    }
  }

  /**
   * Checks one sample of a stream whose shape and label columns were checked.
   *
   * @param number of the sample in the stream, from 0
   * @param scale of the inputs
   * @param labels for its label, or null not to look at it
   */
  void sample(Sample sample, long number, InputScale scale, @Nullable LabelCheck labels) {
    finite("x", sample.inputs(), 0, 1, number);
    for (Graph.Indices some : indices) {
      categories(some, sample.inputs(), 0, scale, number);
    }
    if (labels != null) {
      finite("y", sample.labels(), 0, 1, number);
      labels.row(sample.labels(), 0, number);
    }
  }

  /**
   * Checks the shape of a sample: as the first layer expects. Images may also come as vectors, or
   * without an axis of one channel: their memory is the same.
   */
  void shape(int[] featureShape) {
    boolean vectors = graph.input().isVector();
    List<Integer> shape = Arrays.stream(featureShape).boxed().toList();
    Object features = vectors ? features(where, featureShape) : shape;
    List<Graph.Node> inputs = graph.inputNodes();
    if (!inputs.isEmpty() && !graph.input().dimensions().equals(shape)) {
      throw InputException.of(
          where,
          "samples of %s features, those of the inputs %s side by side"
              .formatted(
                  graph.input().size(),
                  inputs.stream().map(node -> node.layer() + " " + node.outputs()).toList()),
          features,
          "Make the dataset with the model's dataset method");
    }
    boolean flat = !vectors && shape.equals(List.of(graph.input().size()));
    boolean gray =
        graph.input().dimensions().size() == 3
            && graph.input().last() == 1
            && graph.input().dimensions().subList(0, 2).equals(shape);
    if (!flat && !gray && !graph.input().dimensions().equals(shape)) {
      String first = graph.nodes().get(0).layer();
      throw InputException.of(
          where + ", layer " + first,
          vectors
              ? "samples of " + graph.input().size() + " features"
              : "samples of shape " + graph.input(),
          features,
          "Use data as wide as the model's input, or build the model for this data");
    }
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
  static void samples(String where, int count) {
    if (count == 0) {
      throw InputException.of(
          where, "at least one sample", 0, "Use a larger dataset, or another split");
    }
  }

  /** Returns the number of features of samples that are vectors. */
  static int features(String where, int[] shape) {
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
    LabelCheck check = new LabelCheck(where, graph, goals);
    check.requireColumns(y.rowSize());
    finite("y", y, data.firstRow(), data.size(), 0);
    for (int row = data.firstRow(); row < data.firstRow() + data.size(); row++) {
      check.row(y, row, row);
    }
  }

  /** Checks rows that are called by their index plus a number. */
  private void finite(String name, Tensor tensor, int firstRow, int rows, long number) {
    if (tensor.type() == Tensor.Type.UINT8) {
      return;
    }
    float[] elements = tensor.floats();
    int width = tensor.rowSize();
    for (int i = firstRow * width; i < (firstRow + rows) * width; i++) {
      if (!Float.isFinite(elements[i])) {
        throw InputException.of(
            where + ", " + name + " row " + (number + i / width) + ", column " + i % width,
            "a finite number",
            elements[i],
            "Clean the data: NaN and infinity cannot be learned from");
      }
    }
  }
}
