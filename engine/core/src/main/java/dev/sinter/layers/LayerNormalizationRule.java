package dev.sinter.layers;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.compile.Features;
import dev.sinter.compile.LayerRule;
import dev.sinter.compile.Network.LayerScope;
import dev.sinter.compile.Weight;
import dev.sinter.program.Expression;
import dev.sinter.program.Expression.UnaryFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Value;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * y = gamma n + beta, n = (x - mean) / sqrt(variance + epsilon) within each row of x [R, D].
 *
 * <p>With g = gamma d: dx = (g - the mean of g - n times the mean of g n) / sqrt(variance +
 * epsilon).
 */
record LayerNormalizationRule(double epsilon, Affine affine) implements LayerRule {
  private static final String MEAN = "mean";
  private static final String INVERSE = "inverse";

  @Override
  public Features outputs(String layer, List<Features> inputs) {
    return inputs.get(0);
  }

  @Override
  public List<Weight> weights(List<Features> inputs) {
    return affine.weights(inputs.get(0).last());
  }

  @Override
  public Value forward(LayerScope scope) {
    int length = scope.features().last();
    Value x = scope.reshaped("x", scope.input(), length);
    Expression average = input(0).over(constant(length));
    Value mean = ofRows(scope, MEAN, average, x);
    Value squares = scope.temporary("squares", x.shape().rows(), length);
    Expression square = input(0).minus(input(1)).apply(UnaryFunction.SQUARE);
    scope.elementwise("squares", square, squares, x, mean);
    Expression root = average.plus(constant(epsilon)).apply(UnaryFunction.SQRT);
    Value inverse = ofRows(scope, INVERSE, constant(1).over(root), squares);
    Value y = affine.forward(scope, x, mean, inverse);
    return scope.reshaped("output", y, scope.input().shape().columns());
  }

  /** Appends a formula of the sum of each row; returns its values [R, 1]. */
  private static Value ofRows(LayerScope scope, String name, Expression formula, Value x) {
    Value sum = scope.temporary(name + "-sum", x.shape().rows(), 1);
    scope.add(new Op.Reduce(scope.label(name + "-sum"), Op.Reduction.SUM, x, sum));
    return scope.elementwise(name, formula, scope.temporary(name, x.shape().rows(), 1), sum);
  }

  @Override
  public List<@Nullable Value> backward(LayerScope scope, Value gradient) {
    Value mean = scope.made(MEAN);
    Value inverse = scope.made(INVERSE);
    int length = scope.features().last();
    int rows = mean.shape().rows();
    Value x = scope.reshaped("x", scope.input(), length);
    Value d = scope.reshaped("d", gradient, length);
    if (affine.scale()) {
      affine.gammaGradient(scope, d, x, mean, inverse);
    }
    if (affine.center()) {
      affine.betaGradient(scope, d);
    }
    if (!scope.wantsGradient(0)) {
      return Collections.singletonList(null);
    }
    Value g = affine.timesGamma(scope, "g", input(0), scope.temporary("g", rows, length), d);
    Value product = scope.temporary("g*n", rows, length);
    scope.elementwise("g*n", input(0).times(Affine.normalized(1)), product, g, x, mean, inverse);
    Expression average = input(0).over(constant(length));
    Value meanG = ofRows(scope, "mean-g", average, g);
    Value meanProduct = ofRows(scope, "mean-g*n", average, product);
    Expression formula = // of g, x, mean, inverse, the mean of g, the mean of g n
        input(0).minus(input(4)).minus(Affine.normalized(1).times(input(5))).times(input(3));
    Value dx = scope.temporary("dx", rows, length);
    scope.elementwise("grad-input", formula, dx, g, x, mean, inverse, meanG, meanProduct);
    return List.of(scope.reshaped("d-input", dx, gradient.shape().columns()));
  }
}
