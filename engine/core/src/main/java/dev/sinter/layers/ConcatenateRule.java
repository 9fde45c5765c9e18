package dev.sinter.layers;

import dev.sinter.compile.Features;
import dev.sinter.compile.LayerRule;
import dev.sinter.compile.Network.LayerScope;
import dev.sinter.errors.InputException;
import dev.sinter.program.Op;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** Inputs side by side along the last axis; each gets its columns of the gradient back. */
record ConcatenateRule() implements LayerRule {
  @Override
  public Features outputs(String layer, List<Features> inputs) {
    List<Integer> first = leading(inputs.get(0));
    if (inputs.stream().anyMatch(other -> !leading(other).equals(first))) {
      throw InputException.of(
          "layer " + layer,
          "inputs that differ in their last dimension alone",
          inputs,
          "Bring them to one shape with a layer in between");
    }
    List<Integer> dimensions = new ArrayList<>(first);
    dimensions.add(inputs.stream().mapToInt(ConcatenateRule::last).sum());
    return new Features(dimensions);
  }

  private static List<Integer> leading(Features features) {
    return features.dimensions().subList(0, features.dimensions().size() - 1);
  }

  private static int last(Features features) {
    return features.dimensions().get(features.dimensions().size() - 1);
  }

  @Override
  public Value forward(LayerScope scope) {
    int stretches = stretches(scope);
    List<Value> inputs =
        IntStream.range(0, scope.inputs())
            .mapToObj(i -> reshaped(scope, "x" + i, scope.input(i), stretches))
            .toList();
    Value output = scope.newOutput();
    if (stretches == 1) {
      scope.add(new Op.Concatenate(scope.label("forward"), inputs, output));
      return output;
    }
    int columns = output.shape().columns() / stretches;
    Value joined = scope.temporary("joined", output.shape().rows() * stretches, columns);
    scope.add(new Op.Concatenate(scope.label("forward"), inputs, joined));
    scope.add(new Op.Reshape(scope.label("reshape"), joined, output));
    return output;
  }

  /** Returns how many stretches of the last axis a sample has: 1 for a vector. */
  private static int stretches(LayerScope scope) {
    return leading(scope.features(0)).stream().reduce(1, Math::multiplyExact);
  }

  private static Value reshaped(LayerScope scope, String name, Value value, int stretches) {
    if (stretches == 1) {
      return value;
    }
    int rows = value.shape().rows() * stretches;
    Value stretched = scope.temporary(name, rows, value.shape().columns() / stretches);
    scope.add(new Op.Reshape(scope.label("reshape"), value, stretched));
    return stretched;
  }

  @Override
  public List<@Nullable Value> backward(LayerScope scope, Value d) {
    int stretches = stretches(scope);
    Value stretched = reshaped(scope, "d", d, stretches);
    List<@Nullable Value> gradients = new ArrayList<>();
    int column = 0;
    for (int i = 0; i < scope.inputs(); i++) {
      int columns = last(scope.features(i));
      gradients.add(scope.wantsGradient(i) ? part(scope, stretched, i, column) : null);
      column += columns;
    }
    return gradients;
  }

  private static Value part(LayerScope scope, Value d, int i, int column) {
    Value dx = scope.temporary("dx" + i, d.shape().rows(), last(scope.features(i)));
    scope.add(new Op.Slice(scope.label("grad-input-" + i), d, column, dx));
    int stretches = stretches(scope);
    if (stretches == 1) {
      return dx;
    }
    Value whole = scope.temporary("dx" + i + "-whole", scope.features(i).size());
    scope.add(new Op.Reshape(scope.label("reshape"), dx, whole));
    return whole;
  }
}
