package dev.sinter.layers;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.compile.Features;
import dev.sinter.compile.LayerRule;
import dev.sinter.compile.Network.LayerScope;
import dev.sinter.program.Expression;
import dev.sinter.program.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** y = x / (1 - rate) where a number in [0, 1) is at least the rate, else 0; dx likewise. */
record DropoutRule(double rate) implements LayerRule {
  private static final String NUMBERS = "numbers";

  /** Input 0 is x, or the gradient; input 1 is the number. */
  private Expression kept() {
    Expression dropped = constant(rate).greater(input(1));
    return new Expression.Select(dropped, constant(0), input(0).times(1 / (1 - rate)));
  }

  @Override
  public Features outputs(String layer, List<Features> inputs) {
    return inputs.get(0);
  }

  @Override
  public Value forward(LayerScope scope) {
    if (scope.phase() == LayerScope.Phase.INFER || rate == 0) {
      return scope.input();
    }
    Value numbers = scope.randomUniform(NUMBERS, scope.input().shape().columns());
    return scope.elementwise("forward", kept(), scope.newOutput(), scope.input(), numbers);
  }

  @Override
  public List<@Nullable Value> backward(LayerScope scope, Value d) {
    if (rate == 0) {
      return List.of(d);
    }
    Value dx = scope.temporary("dx", d.shape().columns());
    return List.of(scope.elementwise("grad-input", kept(), dx, d, scope.made(NUMBERS)));
  }
}
