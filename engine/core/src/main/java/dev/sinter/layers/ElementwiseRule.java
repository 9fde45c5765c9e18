package dev.sinter.layers;

import static dev.sinter.program.Expression.input;

import dev.sinter.compile.Features;
import dev.sinter.compile.LayerRule;
import dev.sinter.compile.Network.LayerScope;
import dev.sinter.errors.InputException;
import dev.sinter.program.Expression;
import dev.sinter.program.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** a = f(z), dz = f'(z, a) d. */
record ElementwiseRule(ElementwiseLayer own) implements LayerRule {
  @Override
  public Features outputs(String layer, List<Features> inputs) {
    require(layer + ", forward", own.forward(), 1, "x0, what comes in");
    require(
        layer + ", derivative", own.derivative(), 2, "x0, what comes in, and x1, what goes out");
    return inputs.get(0);
  }

  private static void require(String where, Expression formula, int operands, String expected) {
    if (formula == null || formula.largestInput() >= operands || formula.largestStepScalar() >= 0) {
      throw InputException.of(
          "layer " + where, "an expression of " + expected, formula, "Correct the layer");
    }
  }

  @Override
  public Value forward(LayerScope scope) {
    return scope.elementwise("forward", own.forward(), scope.newOutput(), scope.input());
  }

  @Override
  public List<@Nullable Value> backward(LayerScope scope, Value d) {
    Value dz = scope.temporary("dz", d.shape().columns());
    Expression product = own.derivative().times(input(2));
    return List.of(scope.elementwise("derivative", product, dz, scope.input(), scope.output(), d));
  }
}
