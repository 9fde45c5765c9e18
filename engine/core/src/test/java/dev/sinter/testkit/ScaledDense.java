package dev.sinter.testkit;

import static dev.sinter.program.Expression.input;

import dev.sinter.compile.Features;
import dev.sinter.compile.LayerRule;
import dev.sinter.compile.Network.LayerScope;
import dev.sinter.compile.Weight;
import dev.sinter.layers.Initializer;
import dev.sinter.layers.Layer;
import dev.sinter.program.Op;
import dev.sinter.program.Value;
import java.util.Collections;
import java.util.List;

/**
 * A user-defined layer: output = (input W) * s, with a kernel W [I, units] and scales s [units].
 */
public record ScaledDense(int units, String name) implements Layer, LayerRule {
  @Override
  public String className() {
    return "ScaledDense";
  }

  @Override
  public List<LayerRule> rules() {
    return List.of(this);
  }

  @Override
  public Features outputs(String layer, List<Features> inputs) {
    return Features.of(units);
  }

  @Override
  public List<Weight> weights(List<Features> inputs) {
    return List.of(
        Weight.trained("kernel", Initializer.GLOROT_UNIFORM, inputs.get(0).size(), units),
        Weight.trained("scale", Initializer.ONES, units));
  }

  @Override
  public Value forward(LayerScope scope) {
    Value z = scope.product("product", 0, -1, scope.temporary("product", units));
    Value output = scope.newOutput();
    return scope.elementwise("forward", input(0).times(input(1)), output, z, scope.weight(1));
  }

  /** ds = the column sums of d * z, dz = d * s. */
  @Override
  public List<Value> backward(LayerScope scope, Value d) {
    Value z = scope.made("product");
    Value share = scope.temporary("share", units);
    scope.elementwise("share", input(0).times(input(1)), share, d, z);
    scope.add(
        new Op.Reduce(scope.label("grad-scale"), Op.Reduction.SUM, share, scope.gradientOf(1)));
    Value dz = scope.temporary("dz", units);
    scope.elementwise("derivative", input(0).times(input(1)), dz, d, scope.weight(1));
    return Collections.singletonList(scope.productGradients(0, -1, dz));
  }
}
