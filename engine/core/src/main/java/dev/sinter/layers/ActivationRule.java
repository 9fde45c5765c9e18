package dev.sinter.layers;

import static dev.sinter.program.Expression.input;

import dev.sinter.compile.Features;
import dev.sinter.compile.LayerRule;
import dev.sinter.compile.Network.LayerScope;
import dev.sinter.errors.InputException;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** a = f(z), dz = f'(a, z) d; for softmax p, dz_j = p_j (d_j - sum_k p_k d_k). */
record ActivationRule(ActivationFunction activation) implements LayerRule {
  @Override
  public Features outputs(String layer, List<Features> inputs) {
    if (activation == ActivationFunction.SOFTMAX && !inputs.get(0).isVector()) {
      throw InputException.of(
          "layer " + layer,
          "samples that are vectors under softmax",
          inputs.get(0),
          "Put a Flatten before it");
    }
    if (activation == ActivationFunction.SOFTMAX && inputs.get(0).size() == 1) {
      throw InputException.of(
          "layer " + layer,
          "at least 2 features under softmax",
          1,
          "Softmax over one feature is always 1: use sigmoid");
    }
    return inputs.get(0);
  }

  @Override
  public Value forward(LayerScope scope) {
    Value a = scope.newOutput();
    if (activation == ActivationFunction.SOFTMAX) {
      scope.add(new Op.Softmax(scope.label("forward"), scope.input(), a));
      return a;
    }
    return scope.elementwise("forward", activation.forward(), a, scope.input());
  }

  @Override
  public List<@Nullable Value> backward(LayerScope scope, Value d) {
    Value a = scope.output();
    int columns = a.shape().columns();
    if (activation != ActivationFunction.SOFTMAX) {
      Value dz = scope.temporary("dz", columns);
      Expression derivative = activation.derivative();
      return List.of(
          derivative.largestInput() < 1
              ? scope.elementwise("derivative", derivative.times(input(1)), dz, a, d)
              : scope.elementwise(
                  "derivative", derivative.times(input(2)), dz, a, scope.input(), d));
    }
    Value product = scope.temporary("p*d", columns);
    scope.elementwise("p*d", input(0).times(input(1)), product, a, d);
    Value sum = scope.temporary("sum", 1);
    scope.add(new Op.Reduce(scope.label("sum"), Op.Reduction.SUM, product, sum));
    Value dz = scope.temporary("dz", columns);
    return List.of(
        scope.elementwise("derivative", input(0).times(input(1).minus(input(2))), dz, a, d, sum));
  }
}
