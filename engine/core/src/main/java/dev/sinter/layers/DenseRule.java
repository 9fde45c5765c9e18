package dev.sinter.layers;

import dev.sinter.compile.Features;
import dev.sinter.compile.LayerRule;
import dev.sinter.compile.LayerScope;
import dev.sinter.compile.Weight;
import dev.sinter.errors.InputException;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** z = x W + b; dW = x' dz, db = the column sums of dz, dx = dz W'. */
record DenseRule(int units, Initializer kernelInitializer, Initializer biasInitializer)
    implements LayerRule {
  private static final int KERNEL = 0;
  private static final int BIAS = 1;

  @Override
  public Features outputs(String layer, List<Features> inputs) {
    if (!inputs.get(0).isVector()) {
      throw InputException.of(
          "layer " + layer, "samples that are vectors", inputs.get(0), "Flatten them first");
    }
    return Features.of(units);
  }

  @Override
  public List<Weight> weights(List<Features> inputs) {
    List<Weight> weights = new ArrayList<>();
    weights.add(Weight.trained("kernel", kernelInitializer, inputs.get(0).size(), units));
    if (biasInitializer != null) { // no bias without
      weights.add(Weight.trained("bias", biasInitializer, units));
    }
    return weights;
  }

  @Override
  public Value forward(LayerScope scope) {
    Value z = scope.newOutput();
    Value bias = biasInitializer == null ? null : scope.weight(BIAS);
    scope.add(
        new Op.Dense(
            scope.label("forward"),
            scope.input(),
            scope.weight(KERNEL),
            bias,
            ActivationFunction.LINEAR,
            z));
    return z;
  }

  @Override
  public List<Value> backward(LayerScope scope, Value dz) {
    scope.add(
        new Op.DenseGradWeights(
            scope.label("grad-weights"),
            scope.input(),
            dz,
            scope.gradientOf(KERNEL),
            biasInitializer == null ? null : scope.gradientOf(BIAS)));
    if (!scope.wantsGradient(0)) {
      return Collections.singletonList(null);
    }
    Value dx = scope.temporary("dx", scope.input().shape().columns());
    scope.add(
        new Op.DenseGradInput(
            scope.label("grad-input"),
            dz,
            scope.weight(KERNEL),
            ActivationFunction.LINEAR,
            null,
            dx));
    return List.of(dx);
  }
}
