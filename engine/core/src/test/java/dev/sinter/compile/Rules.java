package dev.sinter.compile;

import static dev.sinter.program.Expression.input;

import dev.sinter.compile.Network.LayerScope;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.program.Op;
import dev.sinter.program.Value;
import java.util.List;

/** Rules for graphs that are not paths. */
final class Rules {
  private Rules() {}

  /** Returns z = x W + b. */
  static LayerRule dense(int units) {
    return new Dense(units).rules().get(0);
  }

  /** Returns a = f(z). */
  static LayerRule activation(String function) {
    return new Activation(function).rules().get(0);
  }

  /** Returns the operation with the given label. */
  static Op op(List<Op> ops, String label) {
    return ops.stream().filter(op -> op.label().equals(label)).findFirst().orElseThrow();
  }

  /** Returns the labels of the operations. */
  static List<String> labels(List<Op> ops) {
    return ops.stream().map(Op::label).toList();
  }

  /** output = input 0 + input 1. */
  record Sum() implements LayerRule {
    @Override
    public Features outputs(String layer, List<Features> inputs) {
      return inputs.get(0);
    }

    @Override
    public Value forward(LayerScope scope) {
      return scope.elementwise(
          "forward", input(0).plus(input(1)), scope.newOutput(), scope.input(0), scope.input(1));
    }

    @Override
    public List<Value> backward(LayerScope scope, Value gradient) {
      return List.of(gradient, gradient);
    }
  }
}
