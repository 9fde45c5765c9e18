package dev.sinter.layers;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.compile.Features;
import dev.sinter.compile.LayerRule;
import dev.sinter.compile.Network.LayerScope;
import dev.sinter.errors.InputException;
import dev.sinter.program.Expression;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** One output of several inputs of its shape, element by element. */
enum MergeRule implements LayerRule {
  ADD,
  SUBTRACT,
  MULTIPLY,
  AVERAGE,
  MAXIMUM,
  MINIMUM;

  @Override
  public Features outputs(String layer, List<Features> inputs) {
    Features first = inputs.get(0);
    int count = inputs.size();
    if (count < 2 || this == SUBTRACT && count > 2) {
      throw InputException.of(
          "layer " + layer,
          this == SUBTRACT ? "2 inputs" : "at least 2 inputs",
          count,
          "Apply it to several nodes of a functional model");
    }
    if (inputs.stream().anyMatch(other -> !other.equals(first))) {
      throw InputException.of(
          "layer " + layer,
          "inputs of one shape",
          inputs,
          "Bring them to one shape with a layer in between, or concatenate them");
    }
    return first;
  }

  @Override
  public Value forward(LayerScope scope) {
    Value[] inputs = inputs(scope);
    Expression merged = merged(IntStream.range(0, inputs.length).boxed().toList());
    Expression result = this == AVERAGE ? merged.times(1.0 / inputs.length) : merged;
    return scope.elementwise("forward", result, scope.newOutput(), inputs);
  }

  private Expression merged(List<Integer> operands) {
    return operands.stream().map(Expression::input).reduce(this::merged).orElseThrow();
  }

  private Expression merged(Expression first, Expression next) {
    return switch (this) {
      case ADD, AVERAGE -> first.plus(next);
      case SUBTRACT -> first.minus(next);
      case MULTIPLY -> first.times(next);
      case MAXIMUM -> first.max(next);
      case MINIMUM -> first.min(next);
    };
  }

  @Override
  public List<@Nullable Value> backward(LayerScope scope, Value d) {
    List<@Nullable Value> gradients = new ArrayList<>();
    for (int i = 0; i < scope.inputs(); i++) {
      gradients.add(scope.wantsGradient(i) ? gradient(scope, d, i) : null);
    }
    return gradients;
  }

  /** Operands of the formulas are x0 and on, the inputs, then the output, then d. */
  private Value gradient(LayerScope scope, Value d, int i) {
    int count = scope.inputs();
    Expression derivative =
        switch (this) {
          case ADD -> constant(1);
          case SUBTRACT -> constant(i == 0 ? 1 : -1);
          case AVERAGE -> constant(1.0 / count);
          case MULTIPLY -> merged(IntStream.range(0, count).filter(k -> k != i).boxed().toList());
          case MAXIMUM, MINIMUM -> reaches(i, count).over(sum(count));
        };
    if (derivative.equals(constant(1))) {
      return d;
    }
    Value[] operands =
        Stream.concat(Stream.of(inputs(scope)), Stream.of(scope.output(), d)).toArray(Value[]::new);
    Value dx = scope.temporary("dx" + i, d.shape().columns());
    return scope.elementwise("grad-input-" + i, derivative.times(input(count + 1)), dx, operands);
  }

  /** Returns 1 where an input is the result. */
  private static Expression reaches(int i, int count) {
    return input(i).equalTo(input(count));
  }

  private static Expression sum(int count) {
    return IntStream.range(0, count)
        .mapToObj(i -> reaches(i, count))
        .reduce(Expression::plus)
        .orElseThrow();
  }

  private static Value[] inputs(LayerScope scope) {
    return IntStream.range(0, scope.inputs()).mapToObj(scope::input).toArray(Value[]::new);
  }
}
