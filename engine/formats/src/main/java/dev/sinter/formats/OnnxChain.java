package dev.sinter.formats;

import dev.sinter.errors.InputException;
import dev.sinter.formats.OnnxGraph.Attribute;
import dev.sinter.formats.OnnxGraph.Input;
import dev.sinter.formats.OnnxGraph.Node;
import dev.sinter.formats.OnnxGraph.TensorData;
import dev.sinter.program.ActivationFunction;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Follows the nodes of a graph from its input to its output, each of which must take what the one
 * before gave. Used by one thread.
 */
final class OnnxChain {
  private static final int SOFTMAX_ON_LAST = 13; // the opset whose default axis is -1, before 1

  private static final int MAX_PARTS = 1000;

  /** A layer as far as it is known. */
  static final class Part {
    final String name;
    final String operator;
    final int features;
    final int units;
    final float @Nullable [] kernel; // [features, units], null for an activation
    float @Nullable [] bias; // [units]
    ActivationFunction activation = ActivationFunction.LINEAR;

    Part(String name, String operator, int features, int units, float @Nullable [] kernel) {
      this.name = name;
      this.operator = operator;
      this.features = features;
      this.units = units;
      this.kernel = kernel;
    }
  }

  private final String file;
  private final OnnxGraph graph;
  private final boolean own;
  private final Map<String, TensorData> constants;
  private final List<Part> parts = new ArrayList<>();
  private String current;
  private boolean isFlat;
  private long elements; // of all kernels
  private long constantBytes;
  private int features = -1; // of the input; -1 as long as it is not known
  private int width = -1; // of the current value

  OnnxChain(String file, OnnxGraph graph, Input input) {
    this.file = file;
    this.graph = graph;
    this.own = graph.producer().equals(OnnxFormat.PRODUCER);
    this.constants = new HashMap<>(graph.initializers());
    this.current = input.name();
    constants.values().forEach(tensor -> constantBytes += tensor.elements().remaining());
    List<Long> dimensions = input.dimensions();
    boolean isReal = input.type() == OnnxFields.FLOAT || input.type() == OnnxFields.DOUBLE;
    if (!isReal || (dimensions != null && dimensions.size() < 2)) {
      throw InputException.of(
          file + ", input " + Onnx.clipped(input.name()),
          "float or double [N, features]",
          "type " + input.type() + ", " + (dimensions == null ? "no shape" : dimensions),
          "Export the model for batches of vectors");
    }
    this.isFlat = dimensions == null || dimensions.size() == 2;
    if (dimensions != null) {
      long size = 1;
      for (long length : dimensions.subList(1, dimensions.size())) {
        size = length < 1 || size > Integer.MAX_VALUE ? -1 : size * Math.min(length, 1L << 31);
        if (size < 0) {
          break; // one of them is open
        }
      }
      if (size > Integer.MAX_VALUE) {
        throw InputException.of(file, "a sample of less than 2^31", dimensions, "Export it again");
      }
      features = (int) size;
      width = features;
    }
  }

  List<Part> parts() {
    return parts;
  }

  int features() {
    return features;
  }

  void add(Node node) {
    if (!Onnx.isStandard(node.domain())) {
      throw unknown(node);
    }
    if (node.outputs().size() != 1) {
      throw Onnx.refused(file, node, "one output", node.outputs().size());
    }
    String operator = node.operator();
    if (operator.equals("Constant")) {
      constant(node);
      return;
    }
    if (!isFlat && !Set.of("Flatten", "Identity").contains(operator)) {
      throw Onnx.refused(file, node, "samples that are vectors", "an input of more axes");
    }
    switch (operator) {
      case "Gemm" -> gemm(node);
      case "MatMul" -> matMul(node);
      case "Add" -> bias(node);
      case "Relu" -> activation(node, ActivationFunction.RELU);
      case "Sigmoid" -> activation(node, ActivationFunction.SIGMOID);
      case "Tanh" -> activation(node, ActivationFunction.TANH);
      case "Softmax" -> softmax(node);
      case "Flatten" -> flatten(node);
      case "Identity" -> identity(node);
      default -> throw unknown(node);
    }
    current = node.outputs().get(0);
    if (current.isEmpty() || constants.containsKey(current)) {
      throw Onnx.refused(file, node, "an output of its own", "\"" + Onnx.clipped(current) + "\"");
    }
  }

  void requireEnd() {
    if (!current.equals(graph.outputs().get(0)) || parts.isEmpty() || features < 1) {
      throw InputException.of(
          file,
          "a chain of layers from the input to the output " + Onnx.clipped(graph.outputs().get(0)),
          parts.isEmpty() ? "no layer" : "one that ends in " + Onnx.clipped(current),
          "Export a chain of dense layers and activations, which Sinter reads");
    }
  }

  private InputException unknown(Node node) {
    return Onnx.refused(
        file,
        node,
        "Gemm, MatMul, Add, Relu, Sigmoid, Tanh, Softmax, Flatten, Identity or Constant",
        Onnx.clipped(node.operator()));
  }

  private void constant(Node node) {
    Attribute value = node.attributes().get("value");
    TensorData tensor = value == null ? null : value.tensor();
    if (tensor == null || constants.put(node.outputs().get(0), tensor) != null) {
      throw Onnx.refused(file, node, "a tensor of its own as value", "none");
    }
    constantBytes += tensor.elements().remaining();
  }

  private void gemm(Node node) {
    requireOnly(node, Set.of("alpha", "beta", "transA", "transB"));
    requireInputs(node, 2, 3);
    requireCurrent(node, 0);
    if (integer(node, "transA", 0) != 0) {
      throw Onnx.refused(file, node, "transA 0", "1");
    }
    Part part = dense(node, integer(node, "transB", 0) != 0, real(node, "alpha"));
    if (node.inputs().size() == 3 && !node.inputs().get(2).isEmpty()) {
      part.bias = OnnxTensors.row(file, node, constant(node, 2), part.units, real(node, "beta"));
    }
  }

  private void matMul(Node node) {
    requireOnly(node, Set.of());
    requireInputs(node, 2, 2);
    requireCurrent(node, 0);
    dense(node, false, 1);
  }

  private Part dense(Node node, boolean transposed, float factor) {
    TensorData tensor = constant(node, 1);
    int[] shape = OnnxTensors.matrix(file, node, tensor);
    int rows = transposed ? shape[1] : shape[0];
    int columns = transposed ? shape[0] : shape[1];
    if (width >= 0 && rows != width) {
      throw Onnx.refused(file, node, "weights for " + width + " features", rows);
    }
    requireShared(node, (long) rows * columns);
    float[] kernel = OnnxTensors.values(file, node, tensor, factor);
    if (transposed) {
      kernel = OnnxTensors.transposed(kernel, shape[0], shape[1]);
    }
    if (features < 0) {
      features = rows; // the first layer states it
    }
    width = columns;
    String name = node.name().isEmpty() ? layerOf(node.inputs().get(1)) : node.name();
    Part part = new Part(name, node.operator(), rows, columns, kernel);
    addPart(node, part);
    return part;
  }

  /** A small file could name one matrix in every node, and take any amount of memory. */
  private void requireShared(Node node, long more) {
    elements += more;
    if (elements > constantBytes) { // four times as many as there are, for float
      throw Onnx.refused(file, node, "weights of its own", "weights that many nodes share");
    }
  }

  /** Returns the part of an initializer's name that names its layer, as in fc1.weight. */
  private static String layerOf(String initializer) {
    int end = Math.max(initializer.lastIndexOf('.'), initializer.lastIndexOf('/'));
    return end < 0 ? initializer : initializer.substring(0, end);
  }

  private void bias(Node node) {
    requireOnly(node, Set.of());
    requireInputs(node, 2, 2);
    int constant = node.inputs().get(0).equals(current) ? 1 : 0;
    requireCurrent(node, 1 - constant);
    Part last = parts.isEmpty() ? null : parts.get(parts.size() - 1);
    boolean open =
        last != null
            && last.kernel != null
            && last.bias == null
            && last.activation == ActivationFunction.LINEAR;
    if (!open || last == null) {
      throw Onnx.refused(file, node, "a bias right behind its MatMul", "another sum");
    }
    last.bias = OnnxTensors.row(file, node, constant(node, constant), last.units, 1);
  }

  private void softmax(Node node) {
    requireOnly(node, Set.of("axis"));
    long axis = integer(node, "axis", graph.opset() < SOFTMAX_ON_LAST ? 1 : -1);
    if (axis != 1 && axis != -1) {
      throw Onnx.refused(file, node, "axis 1, over the features", axis);
    }
    apply(node, ActivationFunction.SOFTMAX);
  }

  private void activation(Node node, ActivationFunction function) {
    requireOnly(node, Set.of());
    apply(node, function);
  }

  private void apply(Node node, ActivationFunction function) {
    requireInputs(node, 1, 1);
    requireCurrent(node, 0);
    Part last = parts.isEmpty() ? null : parts.get(parts.size() - 1);
    // Sinter names the activation of a dense layer after it; other tools have no such layer.
    boolean folds =
        last != null
            && last.kernel != null
            && last.activation == ActivationFunction.LINEAR
            && (!own || node.name().equals(last.name + "/" + function));
    if (folds && last != null) {
      last.activation = function;
      return;
    }
    Part part = new Part(node.name(), node.operator(), width, width, null);
    part.activation = function;
    addPart(node, part);
  }

  private void flatten(Node node) {
    requireOnly(node, Set.of("axis"));
    requireInputs(node, 1, 1);
    requireCurrent(node, 0);
    if (integer(node, "axis", 1) != 1) {
      throw Onnx.refused(file, node, "axis 1", integer(node, "axis", 1));
    }
    isFlat = true;
  }

  private void identity(Node node) {
    if (own) {
      activation(node, ActivationFunction.LINEAR);
      return;
    }
    requireInputs(node, 1, 1);
    requireCurrent(node, 0);
  }

  private void addPart(Node node, Part part) {
    parts.add(part);
    if (parts.size() > MAX_PARTS) {
      throw Onnx.refused(file, node, "at most " + MAX_PARTS + " layers", "more");
    }
  }

  private void requireInputs(Node node, int least, int most) {
    int count = node.inputs().size();
    if (count < least || count > most) {
      throw Onnx.refused(file, node, least + " to " + most + " inputs", count);
    }
  }

  private void requireCurrent(Node node, int index) {
    String input = node.inputs().get(index);
    if (!input.equals(current)) {
      throw Onnx.refused(
          file,
          node,
          "input " + index + " to be " + Onnx.clipped(current) + ", as in a chain",
          Onnx.clipped(input));
    }
  }

  private TensorData constant(Node node, int index) {
    String name = node.inputs().get(index);
    TensorData tensor = constants.get(name);
    if (tensor == null) {
      throw Onnx.refused(file, node, "an initializer as input " + index, Onnx.clipped(name));
    }
    return tensor;
  }

  private void requireOnly(Node node, Set<String> known) {
    for (String name : node.attributes().keySet()) {
      if (!known.contains(name)) {
        throw Onnx.refused(file, node, "no attribute " + Onnx.clipped(name), "one");
      }
    }
  }

  private static long integer(Node node, String name, long otherwise) {
    Attribute attribute = node.attributes().get(name);
    return attribute == null ? otherwise : attribute.integer();
  }

  private static float real(Node node, String name) {
    Attribute attribute = node.attributes().get(name);
    return attribute == null ? 1 : attribute.number();
  }
}
