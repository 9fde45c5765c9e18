package dev.sinter.layers;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.compile.Features;
import dev.sinter.compile.LayerRule;
import dev.sinter.compile.Network.LayerScope;
import dev.sinter.compile.Weight;
import dev.sinter.errors.InputException;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** y = h E, h the one-hot rows of the indices [B n, V]; dE = h' dy, no gradient of the indices. */
record EmbeddingRule(int categories, int length, Initializer initializer) implements LayerRule {
  private static final String ONE_HOT = "one-hot";

  @Override
  public Features outputs(String layer, List<Features> inputs) {
    long elements = (long) inputs.get(0).size() * Math.max(categories, length);
    if (elements > Integer.MAX_VALUE) {
      throw InputException.of(
          "layer " + layer,
          "at most " + Integer.MAX_VALUE + " elements of the vectors of a sample",
          "samples %s of %s categories and vectors of %s"
              .formatted(inputs.get(0), categories, length),
          "Use fewer categories or shorter vectors");
    }
    List<Integer> dimensions = new ArrayList<>(inputs.get(0).dimensions());
    dimensions.add(length);
    return new Features(dimensions);
  }

  @Override
  public List<Weight> weights(List<Features> inputs) {
    return List.of(Weight.trained("embeddings", initializer, categories, length));
  }

  @Override
  public Value forward(LayerScope scope) {
    Value indices = scope.reshaped("indices", scope.input(), 1);
    int rows = indices.shape().rows();
    Value oneHot = scope.temporary(ONE_HOT, rows, categories);
    scope.elementwise(ONE_HOT, new Expression.Column().equalTo(input(0)), oneHot, indices);
    Value y = scope.temporary("vectors", rows, length);
    scope.add(
        new Op.Dense(
            scope.label("forward"), oneHot, scope.weight(0), null, ActivationFunction.LINEAR, y));
    return scope.reshaped("output", y, scope.features().size() * length);
  }

  @Override
  public List<@Nullable Value> backward(LayerScope scope, Value gradient) {
    Value dy = scope.reshaped("dy", gradient, length);
    Value oneHot = scope.made(ONE_HOT);
    scope.add(
        new Op.DenseGradWeights(
            scope.label("grad-embeddings"), oneHot, dy, scope.gradientOf(0), null));
    if (!scope.wantsGradient(0)) {
      return Collections.singletonList(null);
    }
    Value dx = scope.temporary("dx", scope.features().size());
    return List.of(scope.elementwise("grad-input", constant(0), dx));
  }
}
