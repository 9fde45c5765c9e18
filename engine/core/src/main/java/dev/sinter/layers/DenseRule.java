package dev.sinter.layers;

import dev.sinter.compile.Features;
import dev.sinter.compile.LayerRule;
import dev.sinter.compile.Network.LayerScope;
import dev.sinter.compile.Weight;
import dev.sinter.errors.InputException;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** z = x W + b; dW = x' dz, db = the column sums of dz, dx = dz W'. */
record DenseRule(int units, WeightSettings kernel, @Nullable WeightSettings bias)
    implements LayerRule {
  private static final int KERNEL = 0;
  private static final int BIAS = 1;

  @Override
  public Features outputs(String layer, List<Features> inputs) {
    if (!inputs.get(0).isVector()) {
      throw InputException.of(
          "layer " + layer,
          "samples that are vectors",
          inputs.get(0),
          "Flatten the dataset, and state an Input of one length");
    }
    return Features.of(units);
  }

  @Override
  public List<Weight> weights(List<Features> inputs) {
    List<Weight> weights = new ArrayList<>();
    weights.add(kernel.weight("kernel", inputs.get(0).size(), units));
    if (bias != null) {
      weights.add(bias.weight("bias", units));
    }
    return weights;
  }

  @Override
  public Value forward(LayerScope scope) {
    return scope.product("forward", KERNEL, biasIndex(), scope.newOutput());
  }

  @Override
  public List<@Nullable Value> backward(LayerScope scope, Value dz) {
    return Collections.singletonList(scope.productGradients(KERNEL, biasIndex(), dz));
  }

  private int biasIndex() {
    return bias == null ? -1 : BIAS;
  }
}
