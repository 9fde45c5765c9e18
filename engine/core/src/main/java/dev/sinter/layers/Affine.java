package dev.sinter.layers;

import static dev.sinter.program.Expression.input;

import dev.sinter.compile.Network.LayerScope;
import dev.sinter.compile.Weight;
import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The trained part of a normalization: y = gamma n + beta, n = (x - mean) inverse, the first
 * weights of its rule.
 *
 * @param scale whether there is a gamma [D]
 * @param center whether there is a beta [D]
 */
record Affine(boolean scale, boolean center) {
  /** n of the operands x, mean and inverse, from input {@code first} on. */
  static Expression normalized(int first) {
    return input(first).minus(input(first + 1)).times(input(first + 2));
  }

  List<Weight> weights(int length) {
    List<Weight> weights = new ArrayList<>();
    if (scale) {
      weights.add(Weight.trained("gamma", Initializer.ONES, length));
    }
    if (center) {
      weights.add(Weight.trained("beta", Initializer.ZEROS, length));
    }
    return weights;
  }

  int count() {
    return (scale ? 1 : 0) + (center ? 1 : 0);
  }

  private int beta() {
    return scale ? 1 : 0;
  }

  /** Appends y from x [R, D], and mean and inverse that broadcast to it; returns y. */
  Value forward(LayerScope scope, Value x, Value mean, Value inverse) {
    Expression y = normalized(0);
    List<Value> operands = new ArrayList<>(List.of(x, mean, inverse));
    if (scale) {
      y = y.times(input(operands.size()));
      operands.add(scope.weight(0));
    }
    if (center) {
      y = y.plus(input(operands.size()));
      operands.add(scope.weight(beta()));
    }
    Value output = scope.temporary("y", x.shape().rows(), x.shape().columns());
    return scope.elementwise("forward", y, output, operands.toArray(Value[]::new));
  }

  /** Appends the sum over the rows of d n: the gradient of gamma; returns it [1, D]. */
  Value gammaGradient(LayerScope scope, Value... gradientXMeanInverse) {
    Value d = gradientXMeanInverse[0];
    Value product = scope.temporary("d*n", d.shape().rows(), d.shape().columns());
    scope.elementwise("d*n", input(0).times(normalized(1)), product, gradientXMeanInverse);
    Value sum = scale ? scope.gradientOf(0) : scope.temporary("sum-d*n", 1, d.shape().columns());
    scope.add(new Op.Reduce(scope.label("grad-gamma"), Op.Reduction.SUM, product, sum));
    return sum;
  }

  /** Appends the sum over the rows of d: the gradient of beta; returns it [1, D]. */
  Value betaGradient(LayerScope scope, Value d) {
    Value sum =
        center ? scope.gradientOf(beta()) : scope.temporary("sum-d", 1, d.shape().columns());
    scope.add(new Op.Reduce(scope.label("grad-beta"), Op.Reduction.SUM, d, sum));
    return sum;
  }

  /** Appends result = formula, times gamma as a further operand if there is one. */
  Value timesGamma(
      LayerScope scope, String label, Expression formula, Value result, Value... operands) {
    if (!scale) {
      return scope.elementwise(label, formula, result, operands);
    }
    Value[] more = Arrays.copyOf(operands, operands.length + 1);
    more[operands.length] = scope.weight(0);
    return scope.elementwise(label, formula.times(input(operands.length)), result, more);
  }
}
