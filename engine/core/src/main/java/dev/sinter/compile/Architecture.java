package dev.sinter.compile;

import dev.sinter.errors.InputException;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.layers.ElementwiseLayer;
import dev.sinter.layers.Layer;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import dev.sinter.program.Shape;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Layers in order, with the shapes that follow from the number of input features.
 *
 * @param features I of the first layer
 * @param layers in order, at least one
 */
public record Architecture(int features, List<BuiltLayer> layers) {
  /**
   * A layer in its place.
   *
   * @param name unique in the model
   * @param inputs features that come in
   * @param outputs features that go out
   * @param parameters its weights, kernel [I, U] first, then bias [1, U]; may be empty
   */
  public record BuiltLayer(
      String name, Layer layer, int inputs, int outputs, List<Value> parameters) {}

  /**
   * Builds layers for a number of input features.
   *
   * @param names one a layer, unique
   */
  public static Architecture of(int features, List<String> names, List<Layer> layers) {
    List<BuiltLayer> built = new ArrayList<>();
    int inputs = features;
    for (int i = 0; i < layers.size(); i++) {
      BuiltLayer next = build(names.get(i), layers.get(i), inputs);
      built.add(next);
      inputs = next.outputs;
    }
    return new Architecture(features, List.copyOf(built));
  }

  private static BuiltLayer build(String name, Layer layer, int inputs) {
    if (layer instanceof Dense dense) {
      List<Value> parameters = new ArrayList<>();
      parameters.add(
          new Value(name + "/kernel", Value.Kind.PARAMETER, new Shape(inputs, dense.units())));
      if (dense.useBias()) {
        parameters.add(
            new Value(name + "/bias", Value.Kind.PARAMETER, new Shape(1, dense.units())));
      }
      return new BuiltLayer(name, layer, inputs, dense.units(), List.copyOf(parameters));
    } else if (layer instanceof Activation activation) {
      if (activation.function() == ActivationFunction.SOFTMAX && inputs == 1) {
        throw InputException.of(
            "layer " + name,
            "at least 2 features under softmax",
            1,
            "Softmax over one feature is always 1: use sigmoid");
      }
      return new BuiltLayer(name, layer, inputs, inputs, List.of());
    } else if (layer instanceof ElementwiseLayer own) {
      requireExpression(name + ", forward", own.forward(), 1, "x0, what comes in");
      requireExpression(
          name + ", derivative", own.derivative(), 2, "x0, what comes in, and x1, what goes out");
      return new BuiltLayer(name, layer, inputs, inputs, List.of());
    }
    throw InputException.of(
        "layer " + name,
        "a layer that computes something",
        layer.className(),
        "Input comes first, and once");
  }

  private static void requireExpression(
      String where, Expression expression, int operands, String expected) {
    if (expression == null
        || expression.largestInput() >= operands
        || expression.largestStepScalar() >= 0) {
      throw InputException.of(
          "layer " + where, "an expression of " + expected, expression, "Correct the layer");
    }
  }

  /** Returns the features of the last layer. */
  public int outputs() {
    return layers.get(layers.size() - 1).outputs;
  }

  /** Returns the largest number of features that comes in or goes out anywhere. */
  public int widest() {
    return Math.max(features, layers.stream().mapToInt(BuiltLayer::outputs).max().orElse(0));
  }

  /** Returns all weights in the order of the layers. */
  public List<Value> parameters() {
    return layers.stream().flatMap(layer -> layer.parameters.stream()).toList();
  }
}
