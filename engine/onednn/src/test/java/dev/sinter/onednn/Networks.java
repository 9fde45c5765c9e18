package dev.sinter.onednn;

import static dev.sinter.testkit.ProgramFixture.parameter;
import static dev.sinter.testkit.ProgramFixture.temporary;

import dev.sinter.data.Tensor;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import dev.sinter.testkit.ProgramFixture;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** Training steps of stacks of dense layers, as the compiler writes them. */
final class Networks {
  private Networks() {}

  /** Random bytes, labels and an order for a program. */
  record Samples(Tensor x, Tensor y, int[] order) {}

  static Program mnistDense(int batch, Optimizer optimizer) {
    return stack(
        batch,
        new int[] {784, 512, 10},
        ActivationFunction.RELU,
        Op.CrossEntropyKind.SOFTMAX_SPARSE,
        optimizer);
  }

  static Program mnistSigmoid(int batch, Optimizer optimizer) {
    return stack(
        batch,
        new int[] {784, 100, 10},
        ActivationFunction.SIGMOID,
        Op.CrossEntropyKind.SOFTMAX,
        optimizer);
  }

  static Program digits01(int batch, Optimizer optimizer) {
    return stack(
        batch,
        new int[] {400, 25, 15, 1},
        ActivationFunction.SIGMOID,
        Op.CrossEntropyKind.SIGMOID,
        optimizer);
  }

  private static Program stack(
      int batch,
      int[] units,
      ActivationFunction hidden,
      Op.CrossEntropyKind kind,
      Optimizer optimizer) {
    int layers = units.length - 1;
    List<Value> parameters = new ArrayList<>();
    for (int i = 0; i < layers; i++) {
      parameters.add(parameter("dense_" + i + "/kernel", units[i], units[i + 1]));
      parameters.add(parameter("dense_" + i + "/bias", 1, units[i + 1]));
    }
    State state = new State(1, parameters, optimizer.rule().slots());
    int classes = units[layers];
    boolean sparse = kind == Op.CrossEntropyKind.SOFTMAX_SPARSE;
    Value[] a = new Value[layers + 1];
    Value[] dz = new Value[layers + 1];
    a[0] = temporary("x", batch, units[0]);
    Value y = temporary("y", batch, sparse ? 1 : classes);
    List<Op> ops = new ArrayList<>(List.of(new Op.Gather("gather", a[0], y)));
    for (int i = 0; i < layers; i++) {
      a[i + 1] = temporary("a" + i, batch, units[i + 1]);
      dz[i + 1] = temporary("dz" + i, batch, units[i + 1]);
      ActivationFunction f = i == layers - 1 ? ActivationFunction.LINEAR : hidden;
      Value w = parameters.get(2 * i);
      ops.add(new Op.Dense("dense_" + i, a[i], w, parameters.get(2 * i + 1), f, a[i + 1]));
    }
    Value loss = temporary("loss", 1, 1);
    Value correct = temporary("correct", 1, 1);
    Op.Accuracy accuracy =
        switch (kind) {
          case SOFTMAX_SPARSE -> Op.Accuracy.SPARSE_CATEGORICAL;
          case SOFTMAX -> Op.Accuracy.CATEGORICAL;
          case SIGMOID -> Op.Accuracy.BINARY;
        };
    ops.add(
        new Op.CrossEntropy(
            "loss", kind, a[layers], y, null, null, dz[layers], loss, accuracy, correct));
    for (int i = layers - 1; i >= 0; i--) {
      Value w = parameters.get(2 * i);
      Value dw = state.gradientOf(w);
      Value db = state.gradientOf(parameters.get(2 * i + 1));
      ops.add(new Op.DenseGradWeights("gradient_" + i, a[i], dz[i + 1], dw, db));
      if (i > 0) {
        ops.add(new Op.DenseGradInput("input_" + i, dz[i + 1], w, hidden, a[i], dz[i]));
      }
    }
    ops.add(new Op.Update("update", optimizer.rule()));
    return new ProgramFixture(state, batch)
        .ops(ops.toArray(Op[]::new))
        .results(loss, correct)
        .build("train[" + batch + "]");
  }

  static float[] weights(Program program, Random random) {
    float[] weights = new float[program.state().size()];
    for (Value parameter : program.state().parameters()) {
      int from = program.state().offsetOf(parameter);
      for (int i = from; i < from + parameter.shape().size(); i++) {
        weights[i] = (float) (random.nextGaussian() * 0.05);
      }
    }
    return weights;
  }

  static Samples samples(Program program, int rows, long seed) {
    Random random = new Random(seed);
    Op.Gather gather = (Op.Gather) program.ops().get(0);
    int columns = gather.x().shape().columns();
    byte[] pixels = new byte[rows * columns];
    random.nextBytes(pixels);
    int labels = gather.y().shape().columns();
    float[] y = new float[rows * labels];
    int[] order = new int[rows];
    Op.CrossEntropy entropy =
        (Op.CrossEntropy)
            program.ops().stream().filter(Op.CrossEntropy.class::isInstance).findFirst().get();
    for (int i = 0; i < rows; i++) {
      order[i] = random.nextInt(rows);
      switch (entropy.kind()) {
        case SOFTMAX_SPARSE -> y[i] = random.nextInt(entropy.z().shape().columns());
        case SOFTMAX -> y[i * labels + random.nextInt(labels)] = 1;
        case SIGMOID -> y[i] = random.nextInt(2);
      }
    }
    return new Samples(Tensor.ofBytes(pixels, rows, columns), Tensor.of(y, rows, labels), order);
  }
}
