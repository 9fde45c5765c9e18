package dev.sinter.compile;

import static dev.sinter.program.Expression.input;

import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Value;
import dev.sinter.program.Window;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Replaces convolutions, for backends that do not run them: the windows become rows ({@link
 * Op.Patches}), and the convolution a product of these rows and the weights. The backward pass
 * reads the rows that the forward pass made.
 */
final class Lower {
  private record Patch(Value x, Window window) {}

  private final ProgramBuilder program;
  private final List<Op> ops = new ArrayList<>();
  private final Map<Patch, Value> patches = new HashMap<>();
  private final Map<Value, Value> rows = new HashMap<>(); // [B, windows * F] -> [B * windows, F]

  private Lower(ProgramBuilder program) {
    this.program = program;
  }

  static List<Op> lower(List<Op> ops, ProgramBuilder program) {
    Lower lower = new Lower(program);
    for (Op op : ops) {
      if (op instanceof Op.Convolution convolution) {
        lower.convolution(convolution);
      } else if (op instanceof Op.ConvolutionGradWeights gradient) {
        lower.gradWeights(gradient);
      } else if (op instanceof Op.ConvolutionGradInput gradient) {
        lower.gradInput(gradient);
      } else {
        lower.ops.add(op);
      }
    }
    return lower.ops;
  }

  private void convolution(Op.Convolution op) {
    Value from = patches(op.label(), op.window(), op.x());
    int filters = op.weights().shape().columns();
    Value product = program.temporary(op.label() + "/rows", from.shape().rows(), filters);
    ops.add(new Op.Dense(op.label(), from, op.weights(), op.bias(), op.activation(), product));
    reshape(op.label(), product, op.output());
  }

  private void gradWeights(Op.ConvolutionGradWeights op) {
    Value from = patches(op.label(), op.window(), op.x());
    Value dz = rows(op.label(), op.window(), op.dz());
    ops.add(new Op.DenseGradWeights(op.label(), from, dz, op.dWeights(), op.dBias()));
  }

  private void gradInput(Op.ConvolutionGradInput op) {
    Window window = op.window();
    Value dz = rows(op.label(), window, op.dz());
    Value product =
        program.temporary(op.label() + "/patches", dz.shape().rows(), window.patchSize());
    ops.add(
        new Op.DenseGradInput(
            op.label(), dz, op.weights(), ActivationFunction.LINEAR, null, product));
    Value a = op.a();
    Value dx = a == null ? op.dx() : like(op.label() + "/sums", op.dx());
    ops.add(new Op.PatchesGrad(program.label(op.label() + "/sums"), window, product, dx));
    if (a != null) {
      ops.add(
          new Op.Elementwise(
              program.label(op.label() + "/derivative"),
              op.activation().derivative().times(input(1)),
              List.of(a, dx),
              op.dx()));
    }
  }

  private Value like(String name, Value value) {
    return program.temporary(name, value.shape().rows(), value.shape().columns());
  }

  private Value patches(String label, Window window, Value x) {
    return patches.computeIfAbsent(
        new Patch(x, window),
        key -> {
          int windows = x.shape().rows() * window.count();
          Value made = program.temporary(label + "/patches", windows, window.patchSize());
          ops.add(new Op.Patches(program.label(label + "/patches"), window, x, made));
          return made;
        });
  }

  private Value rows(String label, Window window, Value dz) {
    return rows.computeIfAbsent(
        dz,
        key -> {
          int count = dz.shape().rows() * window.count();
          Value made = program.temporary(label + "/rows", count, dz.shape().size() / count);
          reshape(label, dz, made);
          return made;
        });
  }

  private void reshape(String label, Value from, Value to) {
    ops.add(new Op.Reshape(program.label(label + "/reshape"), from, to));
  }
}
