package dev.sinter.compile;

import dev.sinter.compile.Stage.DenseStage;
import dev.sinter.compile.Stage.ExpressionStage;
import dev.sinter.compile.Stage.PointwiseStage;
import dev.sinter.compile.Stage.SoftmaxStage;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.layers.ElementwiseLayer;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;

/**
 * Turns layers into stages, and stages into the operations of a forward pass. One rule a layer
 * stands here.
 */
final class Lowering {
  private Lowering() {}

  /** Lowers layers to stages; an activation behind a linear dense stage is folded into it. */
  static List<Stage> stages(Architecture architecture) {
    List<Stage> stages = new ArrayList<>();
    for (Architecture.BuiltLayer built : architecture.layers()) {
      if (built.layer() instanceof Dense dense) {
        Value bias = dense.useBias() ? built.parameters().get(1) : null;
        stages.add(
            new DenseStage(
                built.name(), built.parameters().get(0), bias, ActivationFunction.LINEAR));
        activate(stages, built.name(), dense.activation());
      } else if (built.layer() instanceof Activation activation) {
        activate(stages, built.name(), activation.function());
      } else if (built.layer() instanceof ElementwiseLayer own) {
        stages.add(new ExpressionStage(built.name(), own.forward(), own.derivative()));
      }
    }
    return stages;
  }

  private static void activate(List<Stage> stages, String name, ActivationFunction function) {
    Stage last = stages.isEmpty() ? null : stages.get(stages.size() - 1);
    if (function == ActivationFunction.SOFTMAX) {
      stages.add(new SoftmaxStage(name));
    } else if (function == ActivationFunction.LINEAR) {
      return;
    } else if (last instanceof DenseStage dense
        && dense.activation() == ActivationFunction.LINEAR) {
      stages.set(
          stages.size() - 1, new DenseStage(dense.name(), dense.kernel(), dense.bias(), function));
    } else {
      stages.add(new PointwiseStage(name, function));
    }
  }

  /** Emits the forward pass; returns the input of the first stage, then the output of each. */
  static List<Value> forward(ProgramBuilder program, List<Stage> stages, Value x) {
    List<Value> values = new ArrayList<>(List.of(x));
    Value input = x;
    for (Stage stage : stages) {
      int columns =
          stage instanceof DenseStage dense
              ? dense.kernel().shape().columns()
              : input.shape().columns();
      Value output = program.temporary(stage.name() + "/output", x.shape().rows(), columns);
      String label = program.label(stage.name() + "/forward");
      if (stage instanceof DenseStage dense) {
        program.add(
            new Op.Dense(label, input, dense.kernel(), dense.bias(), dense.activation(), output));
      } else if (stage instanceof PointwiseStage pointwise) {
        program.add(
            new Op.Elementwise(label, pointwise.activation().forward(), List.of(input), output));
      } else if (stage instanceof ExpressionStage own) {
        program.add(new Op.Elementwise(label, own.forward(), List.of(input), output));
      } else {
        program.add(new Op.Softmax(label, input, output));
      }
      values.add(output);
      input = output;
    }
    return values;
  }
}
