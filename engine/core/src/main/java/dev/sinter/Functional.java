package dev.sinter;

import dev.sinter.compile.Goal;
import dev.sinter.compile.Graph;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Input;
import dev.sinter.layers.Node;
import dev.sinter.losses.Loss;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network of layers between named inputs and outputs: several of each, branches that meet again,
 * and layers with several places. Used by one thread at a time, as {@link Model} says.
 *
 * <pre>{@code Node pixels = Input.of("pixels", 784);
 * Node pen = Input.of("pen", 3);
 * Node hidden = new Dense(64).relu().apply(pixels);
 * Node both = new Concatenate().apply(hidden, pen);
 * Node digit = new Dense(10).softmax().name("digit").apply(both);
 * Functional model = Functional.of(List.of(pixels, pen), List.of(digit));}</pre>
 *
 * <p>The weights belong to the model: two models made of the same nodes do not share them. The
 * samples of several inputs, like the labels and predictions of several outputs, stand side by side
 * in one row: {@link #dataset} puts them there by name. Source: Keras, models/functional.py.
 */
public final class Functional extends Model {
  private Functional(String name, Architecture architecture) {
    super(name, architecture);
  }

  /** Creates a model between an input and an output, called "functional". */
  public static Functional of(Node input, Node output) {
    return of(List.of(input), List.of(output));
  }

  /** Creates a model between inputs and outputs, called "functional". */
  public static Functional of(List<Node> inputs, List<Node> outputs) {
    return of("functional", inputs, outputs);
  }

  /**
   * Creates a model with a name.
   *
   * @throws dev.sinter.errors.InputException for an input that no output depends on or that is
   *     missing, and for names that occur twice
   */
  public static Functional of(String name, List<Node> inputs, List<Node> outputs) {
    return new Functional(name, Architecture.of(name, inputs, outputs));
  }

  /** Returns the inputs with their names and shapes, in the order of the columns of a sample. */
  public List<Input> inputs() {
    return compiled().architecture().connections().inputs();
  }

  /** Returns the names of the outputs, in the order of the columns of labels and predictions. */
  public List<String> outputs() {
    return compiled().architecture().outputs();
  }

  /**
   * Returns a dataset for this model: the samples of all inputs side by side, and the labels of all
   * outputs. Copies them, as float32 unless all are uint8.
   *
   * @param samples by the name of the input: [N, features...]
   * @param labels by the name of the output: [N] or [N, K]; none for predictions
   * @throws dev.sinter.errors.InputException for a name that is missing or unknown, other shapes or
   *     different numbers of rows
   */
  public Dataset dataset(Map<String, Tensor> samples, Map<String, Tensor> labels) {
    List<String> names = inputs().stream().map(Input::name).toList();
    Columns x = new Columns("input", names, samples);
    for (Input input : inputs()) {
      x.requireShape(input.name(), input.inputShape());
    }
    int[] shape = {x.rows(), compiled().graph("dataset").input().size()};
    if (inputs().size() == 1) { // images keep their shape
      shape = samples.get(names.get(0)).shape();
    }
    Tensor joined = x.joined().reshape(shape);
    if (labels.isEmpty()) {
      return Dataset.of(joined);
    }
    Columns y = new Columns("output", outputs(), labels);
    y.requireRows(x.rows());
    requireColumns(labels);
    return Dataset.of(joined, y.joined());
  }

  /** Refuses labels that are not as wide as the loss of their output needs, once compiled. */
  private void requireColumns(Map<String, Tensor> labels) {
    List<Goal> goals = compiled().goals();
    List<Graph.Node> ends = compiled().graph("dataset").endNodes();
    for (int i = 0; i < goals.size(); i++) {
      String output = outputs().get(i);
      Loss loss = goals.get(i).loss();
      int needed = loss.labelColumns(ends.get(i).outputs().size());
      int received = labels.get(output).rowSize();
      if (received != needed) {
        throw InputException.of(
            "dataset, output " + output,
            "labels of %s columns for %s".formatted(needed, loss.name()),
            received,
            "Give the labels that belong to this output");
      }
    }
  }

  /** Returns a dataset for predictions: {@link #dataset} without labels. */
  public Dataset dataset(Map<String, Tensor> samples) {
    return dataset(samples, Map.of());
  }

  /** Returns the outputs for a dataset by their names, each [N, C]. */
  public Map<String, Tensor> predictByName(Dataset data) {
    return byName(predict(data));
  }

  /** Takes predictions [N, C] apart: those of each output by its name. */
  public Map<String, Tensor> byName(Tensor predictions) {
    Map<String, Tensor> named = new LinkedHashMap<>();
    int column = 0;
    List<Graph.Node> ends = compiled().graph("byName").endNodes();
    for (int i = 0; i < ends.size(); i++) {
      int width = ends.get(i).outputs().size();
      named.put(outputs().get(i), Columns.part(predictions, column, width));
      column += width;
    }
    return named;
  }
}
