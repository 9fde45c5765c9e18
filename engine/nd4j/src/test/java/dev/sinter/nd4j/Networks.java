package dev.sinter.nd4j;

import static dev.sinter.nd4j.Programs.parameter;
import static dev.sinter.nd4j.Programs.program;
import static dev.sinter.nd4j.Programs.temporary;

import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;

/** The training step of a network of two dense layers with a softmax, as the compiler writes it. */
final class Networks {
  private Networks() {}

  static Program twoLayers(
      int batch, int inputs, int hidden, int classes, int replicas, UpdateRule rule) {
    Value w1 = parameter("dense/kernel", inputs, hidden);
    Value b1 = parameter("dense/bias", 1, hidden);
    Value w2 = parameter("dense_1/kernel", hidden, classes);
    Value b2 = parameter("dense_1/bias", 1, classes);
    State state = new State(replicas, List.of(w1, b1, w2, b2), rule.slots());
    Value x = temporary("x", batch, inputs);
    Value y = temporary("y", batch, 1);
    Value a = temporary("a", batch, hidden);
    Value z = temporary("z", batch, classes);
    Value dz = temporary("dz", batch, classes);
    Value loss = temporary("loss", 1, 1);
    Value correct = temporary("correct", 1, 1);
    Value da = temporary("da", batch, hidden);
    ActivationFunction relu = ActivationFunction.RELU;
    List<Op> ops = new ArrayList<>();
    ops.add(new Op.Gather("gather", x, y));
    ops.add(new Op.Dense("dense", x, w1, b1, relu, a));
    ops.add(new Op.Dense("dense_1", a, w2, b2, ActivationFunction.LINEAR, z));
    ops.add(
        new Op.CrossEntropy(
            "loss",
            Op.CrossEntropyKind.SOFTMAX_SPARSE,
            z,
            y,
            null,
            null,
            dz,
            loss,
            Op.Accuracy.SPARSE_CATEGORICAL,
            correct));
    ops.add(
        new Op.DenseGradWeights(
            "dense_1/gradient", a, dz, state.gradientOf(w2), state.gradientOf(b2)));
    ops.add(new Op.DenseGradInput("dense_1/input", dz, w2, relu, a, da));
    ops.add(
        new Op.DenseGradWeights(
            "dense/gradient", x, da, state.gradientOf(w1), state.gradientOf(b1)));
    ops.add(new Op.Update("update", rule));
    return program(batch, state, ops, List.of(loss, correct));
  }
}
