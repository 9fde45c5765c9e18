package dev.sinter.compile;

import static dev.sinter.program.Expression.input;

import dev.sinter.compile.Stage.DenseStage;
import dev.sinter.compile.Stage.ExpressionStage;
import dev.sinter.compile.Stage.SoftmaxStage;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.util.List;

/**
 * Emits the backward pass: the gradient of the mean loss by each parameter.
 *
 * <p>Walks the stages from last to first with d = the gradient by the stage's output. The product
 * that carries a gradient through a dense stage also takes it through the activation before, so d
 * arrives at that stage as dz, before its activation.
 */
final class Differentiation {
  private final ProgramBuilder program;
  private final State state;
  private final List<Stage> stages;
  private final List<Value> values; // values[i] is the input of stage i, values[i + 1] its output

  Differentiation(ProgramBuilder program, State state, List<Stage> stages, List<Value> values) {
    this.program = program;
    this.state = state;
    this.stages = stages;
    this.values = values;
  }

  /** Emits all gradients, given the gradient by the last stage's output. */
  void backward(Value gradient) {
    int first = 0; // the first stage with parameters: nothing before it needs a gradient
    while (first < stages.size() && !(stages.get(first) instanceof DenseStage)) {
      first++;
    }
    Value d = gradient;
    boolean beforeActivation = false;
    for (int i = stages.size() - 1; i >= first; i--) {
      Stage stage = stages.get(i);
      Value dz = beforeActivation ? d : throughActivation(stage, values.get(i + 1), d);
      beforeActivation = false;
      if (stage instanceof DenseStage dense) {
        gradWeights(dense, values.get(i), dz);
        if (i > first) {
          ActivationFunction before = stages.get(i - 1).activation();
          d = gradInput(dense, dz, before, values.get(i));
          beforeActivation = before != ActivationFunction.LINEAR;
        }
      } else if (stage instanceof ExpressionStage own) {
        d = throughExpression(own, values.get(i), values.get(i + 1), dz);
      } else {
        d = stage instanceof SoftmaxStage ? throughSoftmax(stage, values.get(i + 1), dz) : dz;
      }
    }
  }

  private Value throughActivation(Stage stage, Value output, Value d) {
    if (stage.activation() == ActivationFunction.LINEAR) {
      return d;
    }
    Value dz = like(stage.name() + "/dz", d);
    program.add(
        new Op.Elementwise(
            program.label(stage.name() + "/derivative"),
            stage.activation().derivative().times(input(1)),
            List.of(output, d),
            dz));
    return dz;
  }

  /** dz = f'(z) d. */
  private Value throughExpression(ExpressionStage stage, Value z, Value output, Value d) {
    Value dz = like(stage.name() + "/dz", d);
    program.add(
        new Op.Elementwise(
            program.label(stage.name() + "/derivative"),
            stage.derivative().times(input(2)),
            List.of(z, output, d),
            dz));
    return dz;
  }

  private void gradWeights(DenseStage dense, Value x, Value dz) {
    Value dBias = dense.bias() == null ? null : state.gradientOf(dense.bias());
    program.add(
        new Op.DenseGradWeights(
            program.label(dense.name() + "/grad-weights"),
            x,
            dz,
            state.gradientOf(dense.kernel()),
            dBias));
  }

  private Value gradInput(DenseStage dense, Value dz, ActivationFunction before, Value x) {
    Value dx = like(dense.name() + "/dx", x);
    Value a = before == ActivationFunction.LINEAR ? null : x;
    program.add(
        new Op.DenseGradInput(
            program.label(dense.name() + "/grad-input"), dz, dense.kernel(), before, a, dx));
    return dx;
  }

  /** dz_j = p_j (d_j - sum_k p_k d_k). */
  private Value throughSoftmax(Stage stage, Value p, Value d) {
    Value product = like(stage.name() + "/p*d", d);
    Value sum = program.temporary(stage.name() + "/sum", d.shape().rows(), 1);
    Value dz = like(stage.name() + "/dz", d);
    program.add(
        new Op.Elementwise(
            program.label(stage.name() + "/p*d"),
            input(0).times(input(1)),
            List.of(p, d),
            product));
    program.add(
        new Op.Reduce(program.label(stage.name() + "/sum"), Op.Reduction.SUM, product, sum));
    program.add(
        new Op.Elementwise(
            program.label(stage.name() + "/derivative"),
            input(0).times(input(1).minus(input(2))),
            List.of(p, d, sum),
            dz));
    return dz;
  }

  private Value like(String name, Value value) {
    return program.temporary(name, value.shape().rows(), value.shape().columns());
  }
}
