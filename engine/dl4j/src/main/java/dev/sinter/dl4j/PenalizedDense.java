package dev.sinter.dl4j;

import dev.sinter.compile.Features;
import dev.sinter.compile.LayerRule;
import dev.sinter.compile.Network.LayerScope;
import dev.sinter.compile.Weight;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Layer;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A dense layer whose weights are kept small: DL4J's l1 and l2. Immutable: any number of threads
 * may use it.
 *
 * @param dense what it computes
 * @param kernel added to the gradient of W
 * @param bias added to the gradient of b
 */
record PenalizedDense(Dense dense, Penalty kernel, Penalty bias) implements Layer {
  @Override
  public @Nullable String name() {
    return dense.name();
  }

  @Override
  public String className() {
    return "PenalizedDense";
  }

  @Override
  public List<LayerRule> rules() {
    List<LayerRule> rules = new ArrayList<>(dense.rules());
    rules.set(0, new Rule(rules.get(0), dense.useBias(), kernel, bias));
    return rules;
  }

  /** The product of {@link Dense}, and its gradients with the penalties. */
  private record Rule(LayerRule product, boolean hasBias, Penalty kernel, Penalty bias)
      implements LayerRule {
    @Override
    public Features outputs(String layer, List<Features> inputs) {
      return product.outputs(layer, inputs);
    }

    @Override
    public List<Weight> weights(List<Features> inputs) {
      return product.weights(inputs);
    }

    @Override
    public Value forward(LayerScope scope) {
      return product.forward(scope);
    }

    @Override
    public List<@Nullable Value> backward(LayerScope scope, Value dz) {
      Value dKernel = gradient(scope, 0, kernel); // [I, U]
      Value dBias = hasBias ? gradient(scope, 1, bias) : null; // [1, U]
      scope.add(
          new Op.DenseGradWeights(scope.label("grad-weights"), scope.input(), dz, dKernel, dBias));
      penalize(scope, 0, kernel, dKernel);
      if (dBias != null) {
        penalize(scope, 1, bias, dBias);
      }
      if (!scope.wantsGradient(0)) {
        return Collections.singletonList(null);
      }
      Value dx = scope.temporary("dx", scope.input().shape().columns()); // [B, I]
      scope.add(
          new Op.DenseGradInput(
              scope.label("grad-input"), dz, scope.weight(0), ActivationFunction.LINEAR, null, dx));
      return Collections.singletonList(dx);
    }

    /** Returns where the gradient of the loss goes: the weight's own place if nothing is added. */
    private static Value gradient(LayerScope scope, int weight, Penalty penalty) {
      Value whole = scope.gradientOf(weight);
      return penalty.isNone()
          ? whole
          : scope.temporary("d" + weight + "-loss", whole.shape().rows(), whole.shape().columns());
    }

    private static void penalize(LayerScope scope, int weight, Penalty penalty, Value ofLoss) {
      if (!penalty.isNone()) {
        scope.elementwise(
            "penalty-" + weight,
            penalty.gradient(),
            scope.gradientOf(weight),
            ofLoss,
            scope.weight(weight));
      }
    }
  }
}
