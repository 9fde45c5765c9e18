package dev.sinter.layers;

import dev.sinter.compile.Features;
import dev.sinter.compile.LayerRule;
import dev.sinter.compile.Network.LayerScope;
import dev.sinter.compile.Weight;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Value;
import dev.sinter.program.Window;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** z = the sum over each window of pixel times weight, plus the bias of the filter. */
record ConvolutionRule(
    int filters,
    Windows windows,
    Initializer kernelInitializer,
    @Nullable Initializer biasInitializer)
    implements LayerRule {
  private static final int KERNEL = 0;
  private static final int BIAS = 1;

  @Override
  public Features outputs(String layer, List<Features> inputs) {
    Window window = windows.over(layer, inputs.get(0));
    return Features.of(window.outputHeight(), window.outputWidth(), filters);
  }

  @Override
  public List<Weight> weights(List<Features> inputs) {
    int channels = Windows.image("conv", inputs.get(0)).get(2);
    List<Integer> size = windows.size();
    List<Weight> weights = new ArrayList<>();
    weights.add(
        Weight.trained("kernel", kernelInitializer, size.get(0), size.get(1), channels, filters));
    if (biasInitializer != null) { // no bias without
      weights.add(Weight.trained("bias", biasInitializer, filters));
    }
    return weights;
  }

  @Override
  public Value forward(LayerScope scope) {
    Value z = scope.newOutput();
    scope.add(
        new Op.Convolution(
            scope.label("forward"),
            window(scope),
            scope.input(),
            scope.weight(KERNEL),
            biasInitializer == null ? null : scope.weight(BIAS),
            ActivationFunction.LINEAR,
            z));
    return z;
  }

  @Override
  public List<@Nullable Value> backward(LayerScope scope, Value dz) {
    scope.add(
        new Op.ConvolutionGradWeights(
            scope.label("grad-weights"),
            window(scope),
            scope.input(),
            dz,
            scope.gradientOf(KERNEL),
            biasInitializer == null ? null : scope.gradientOf(BIAS)));
    if (!scope.wantsGradient(0)) {
      return Collections.singletonList(null);
    }
    Value dx = scope.temporary("dx", scope.input().shape().columns());
    scope.add(
        new Op.ConvolutionGradInput(
            scope.label("grad-input"),
            window(scope),
            dz,
            scope.weight(KERNEL),
            ActivationFunction.LINEAR,
            null,
            dx));
    return List.of(dx);
  }

  private Window window(LayerScope scope) {
    return windows.over("conv", scope.features(0));
  }
}
