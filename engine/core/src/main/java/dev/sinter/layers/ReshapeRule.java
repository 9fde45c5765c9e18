package dev.sinter.layers;

import dev.sinter.compile.Features;
import dev.sinter.compile.LayerRule;
import dev.sinter.compile.Network.LayerScope;
import dev.sinter.errors.InputException;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * The same elements under another shape. A sample is a row of a matrix anyway, so that nothing is
 * computed.
 *
 * @param target dimensions, one of them -1 for what is left
 */
record ReshapeRule(List<Integer> target) implements LayerRule {
  @Override
  public Features outputs(String layer, List<Features> inputs) {
    int size = inputs.get(0).size();
    double known =
        target.stream().filter(d -> d > 0).mapToDouble(d -> d).reduce(1, (a, b) -> a * b);
    List<Integer> dimensions = new ArrayList<>(target);
    int open = dimensions.indexOf(-1);
    if (open >= 0 && size % known == 0) {
      dimensions.set(open, (int) (size / known));
    } else if (open >= 0 || known != size) {
      throw InputException.of(
          "layer " + layer,
          "a shape of the %s elements of samples %s".formatted(size, inputs.get(0)),
          target,
          "Correct the shape; -1 stands for what is left");
    }
    return new Features(dimensions);
  }

  @Override
  public Value forward(LayerScope scope) {
    return scope.input();
  }

  @Override
  public List<Value> backward(LayerScope scope, Value d) {
    return List.of(d);
  }
}
