package dev.sinter.layers;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.compile.Features;
import dev.sinter.compile.LayerRule;
import dev.sinter.compile.Network.LayerScope;
import dev.sinter.compile.Weight;
import dev.sinter.errors.InputException;
import dev.sinter.program.Expression;
import dev.sinter.program.Expression.UnaryFunction;
import dev.sinter.program.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** y = (x - mean) / s, dx = d / s, s = max(sqrt(variance), 1e-7). */
record NormalizationRule(@Nullable List<Float> mean, @Nullable List<Float> variance)
    implements LayerRule {
  private static final int MEAN = 0;
  private static final int VARIANCE = 1;

  private static Expression over(Expression x, Expression variance) {
    return x.over(variance.apply(UnaryFunction.SQRT).max(constant(1e-7)));
  }

  @Override
  public Features outputs(String layer, List<Features> inputs) {
    int length = inputs.get(0).last();
    if (mean == null) {
      throw InputException.of(
          "layer " + layer,
          "a mean and a variance",
          "none",
          "Call adapt with the training data, or state both");
    }
    if (mean.size() != 1 && mean.size() != length) {
      throw InputException.of(
          "layer " + layer,
          "samples " + inputs.get(0) + " whose last axis has a mean each",
          mean.size() + " means",
          "Adapt it to data of this shape");
    }
    return inputs.get(0);
  }

  @Override
  public List<Weight> weights(List<Features> inputs) {
    int length = inputs.get(0).last();
    return List.of(
        Weight.tracked("mean", start(mean), length),
        Weight.tracked("variance", start(variance), length));
  }

  private static Weight.Start start(@Nullable List<Float> values) {
    return (shape, random) -> {
      float[] weights = new float[shape[0]];
      for (int i = 0; i < weights.length; i++) {
        weights[i] = values.get(values.size() == 1 ? 0 : i);
      }
      return weights;
    };
  }

  @Override
  public Value forward(LayerScope scope) {
    int columns = scope.input().shape().columns();
    Value mean = scope.weight(MEAN);
    Value x = scope.reshaped("x", scope.input(), mean.shape().columns());
    Value y = scope.temporary("y", x.shape().rows(), x.shape().columns());
    Expression formula = over(input(0).minus(input(1)), input(2));
    scope.elementwise("forward", formula, y, x, mean, scope.weight(VARIANCE));
    return scope.reshaped("output", y, columns);
  }

  @Override
  public List<@Nullable Value> backward(LayerScope scope, Value d) {
    Value variance = scope.weight(VARIANCE);
    Value dy = scope.reshaped("dy", d, variance.shape().columns());
    Value dx = scope.temporary("dx", dy.shape().rows(), dy.shape().columns());
    scope.elementwise("grad-input", over(input(0), input(1)), dx, dy, variance);
    return List.of(scope.reshaped("d-input", dx, d.shape().columns()));
  }
}
