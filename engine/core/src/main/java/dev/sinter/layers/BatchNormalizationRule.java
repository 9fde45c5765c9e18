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
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * y = gamma n + beta, n = (x - mean) / sqrt(variance + epsilon) over the R rows of x [R, D], which
 * are the samples, or the places of all images.
 *
 * <p>With g = gamma d: dx = (g - the mean of g - n times the mean of g n) / sqrt(variance +
 * epsilon).
 */
record BatchNormalizationRule(double momentum, double epsilon, Affine affine) implements LayerRule {
  private static final String MEAN = "mean";
  private static final String INVERSE = "inverse";

  @Override
  public Features outputs(String layer, List<Features> inputs) {
    return inputs.get(0);
  }

  @Override
  public List<Weight> weights(List<Features> inputs) {
    int length = inputs.get(0).last();
    List<Weight> weights = new ArrayList<>(affine.weights(length));
    weights.add(Weight.tracked("moving_mean", Initializer.ZEROS, length));
    weights.add(Weight.tracked("moving_variance", Initializer.ONES, length));
    return weights;
  }

  @Override
  public Value forward(LayerScope scope) {
    Value movingMean = scope.weight(affine.count());
    Value movingVariance = scope.weight(affine.count() + 1);
    int length = scope.features().last();
    Value x = scope.reshaped("x", scope.input(), length);
    Value mean = movingMean;
    Value variance = movingVariance;
    if (scope.phase() == LayerScope.Phase.TRAIN) {
      mean = mean(scope, MEAN, x, x.shape().rows());
      Value squares = scope.temporary("squares", x.shape().rows(), length);
      Expression square = input(0).minus(input(1)).apply(UnaryFunction.SQUARE);
      scope.elementwise("squares", square, squares, x, mean);
      variance = mean(scope, "variance", squares, x.shape().rows());
      move(scope, "next-mean", movingMean, mean);
      move(scope, "next-variance", movingVariance, variance);
    }
    Value inverse = scope.temporary(INVERSE, 1, length);
    Expression root = input(0).plus(constant(epsilon)).apply(UnaryFunction.SQRT);
    scope.elementwise(INVERSE, constant(1).over(root), inverse, variance);
    Value y = affine.forward(scope, x, mean, inverse);
    return scope.reshaped("output", y, scope.input().shape().columns());
  }

  /** Appends the mean over the rows; returns it [1, D]. */
  private static Value mean(LayerScope scope, String name, Value x, int rows) {
    Value sum = scope.temporary(name + "-sum", 1, x.shape().columns());
    scope.add(new Op.Reduce(scope.label(name + "-sum"), Op.Reduction.SUM, x, sum));
    Value mean = scope.temporary(name, 1, x.shape().columns());
    return scope.elementwise(name, input(0).over(constant(rows)), mean, sum);
  }

  /** Appends moving = momentum moving + (1 - momentum) batch; no operation works in place. */
  private void move(LayerScope scope, String name, Value moving, Value batch) {
    Value next = scope.temporary(name, 1, moving.shape().columns());
    Expression mix = input(0).times(momentum).plus(input(1).times(1 - momentum));
    scope.elementwise(name, mix, next, moving, batch);
    scope.elementwise("keep-" + name, input(0), moving, next);
  }

  @Override
  public List<@Nullable Value> backward(LayerScope scope, Value gradient) {
    Value mean = scope.made(MEAN);
    Value inverse = scope.made(INVERSE);
    int length = scope.features().last();
    Value x = scope.reshaped("x", scope.input(), length);
    Value d = scope.reshaped("d", gradient, length);
    Value dGamma = affine.gammaGradient(scope, d, x, mean, inverse);
    Value dBeta = affine.betaGradient(scope, d);
    if (!scope.wantsGradient(0)) {
      return Collections.singletonList(null);
    }
    int rows = x.shape().rows();
    Expression formula = // of d, x, mean, inverse, dGamma, dBeta
        input(0)
            .minus(input(5).plus(Affine.normalized(1).times(input(4))).over(constant(rows)))
            .times(input(3));
    Value dx = scope.temporary("dx", rows, length);
    affine.timesGamma(scope, "grad-input", formula, dx, d, x, mean, inverse, dGamma, dBeta);
    return List.of(scope.reshaped("d-input", dx, gradient.shape().columns()));
  }
}
