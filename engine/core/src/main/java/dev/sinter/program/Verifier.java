package dev.sinter.program;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks that a program is legal: shapes fit, everything is written before it is read, no two
 * living temporaries share memory. The compiler runs it on each program; a failure is a defect of
 * the compiler and names the operation.
 */
public final class Verifier {
  private final Program program;
  private final Set<Value> written = new HashSet<>();
  private String where = "";

  private Verifier(Program program) {
    this.program = program;
  }

  /**
   * Returns the program when it is legal.
   *
   * @throws IllegalStateException naming the operation that is not
   */
  public static Program verify(Program program) {
    new Verifier(program).run();
    return program;
  }

  private void run() {
    Set<String> labels = new HashSet<>();
    Map<String, Value> names = new HashMap<>();
    for (Op op : program.ops()) {
      where = "program " + program.name() + ", operation " + op.label();
      check(labels.add(op.label()), "a label of its own", op.label() + " twice");
      for (Value input : op.inputs()) {
        known(input, names);
        boolean ready = written.contains(input) || input.kind() == Value.Kind.PARAMETER;
        check(ready, "inputs written before they are read", input + " unwritten");
      }
      for (Value output : op.outputs()) {
        known(output, names);
        check(!op.inputs().contains(output), "outputs apart from inputs", output + " as both");
        check(
            output.kind() != Value.Kind.PARAMETER,
            "parameters written by updates alone",
            output + " as an output");
        check(written.add(output), "each value written once", output + " twice");
      }
      shapes(op);
    }
    for (Value result : program.results()) {
      where = "program " + program.name() + ", result " + result.name();
      check(written.contains(result), "a written result", result + " unwritten");
      check(!result.kind().isState(), "a temporary", result);
    }
    memory();
  }

  private void known(Value value, Map<String, Value> names) {
    Value other = names.putIfAbsent(value.name(), value);
    check(other == null || other.equals(value), "one value a name", value + " and " + other);
    boolean placed =
        value.kind().isState()
            ? program.state().offsets().containsKey(value)
            : program.scratch().offsets().containsKey(value);
    check(placed, "a place in memory for " + value, "none");
  }

  private void shapes(Op op) {
    if (op instanceof Op.Gather gather) {
      shape(gather.x(), program.batch(), gather.x().shape().columns());
      if (gather.y() != null) {
        shape(gather.y(), program.batch(), gather.y().shape().columns());
      }
    } else if (op instanceof Op.Dense dense) {
      int units = dense.weights().shape().columns();
      shape(dense.weights(), dense.x().shape().columns(), units);
      bias(dense.bias(), units);
      shape(dense.output(), dense.x().shape().rows(), units);
      elementwise(dense.activation());
    } else if (op instanceof Op.DenseGradWeights grad) {
      int units = grad.dz().shape().columns();
      shape(grad.dz(), grad.x().shape().rows(), units);
      shape(grad.dWeights(), grad.x().shape().columns(), units);
      bias(grad.dBias(), units);
    } else if (op instanceof Op.DenseGradInput grad) {
      int inputs = grad.weights().shape().rows();
      shape(grad.weights(), inputs, grad.dz().shape().columns());
      shape(grad.dx(), grad.dz().shape().rows(), inputs);
      elementwise(grad.activation());
      boolean derived = grad.activation() != ActivationFunction.LINEAR;
      check(
          derived == (grad.a() != null),
          "the activation's output, exactly where it is not linear",
          grad.activation() + ", " + grad.a());
      if (derived) {
        same(grad.a(), grad.dx());
      }
    } else if (op instanceof Op.Softmax softmax) {
      same(softmax.p(), softmax.z());
    } else if (op instanceof Op.CrossEntropy entropy) {
      crossEntropy(entropy);
    } else if (op instanceof Op.CountCorrect count) {
      labels(count.accuracy(), count.scores(), count.y());
      shape(count.correct(), 1, 1);
    } else if (op instanceof Op.Elementwise elementwise) {
      List<Value> operands = elementwise.operands();
      check(
          elementwise.expression().largestInput() < operands.size(),
          "inputs below x" + operands.size(),
          elementwise.expression());
      check(
          elementwise.expression().largestStepScalar() < 0,
          "no step scalar outside an update",
          elementwise.expression());
      for (Value operand : operands) {
        check(
            operand.shape().broadcastsTo(elementwise.output().shape()),
            "operands that broadcast to " + elementwise.output(),
            operand);
      }
    } else if (op instanceof Op.Reduce reduce) {
      boolean all = reduce.output().shape().equals(Shape.SCALAR);
      shape(reduce.output(), all ? 1 : reduce.x().shape().rows(), 1);
    } else if (op instanceof Op.Update update) {
      int slots = program.state().slotCount();
      check(
          update.rule().slots().size() == slots,
          slots + " slots, as in the state",
          update.rule().slots());
      for (Value parameter : program.state().parameters()) {
        Value gradient = program.state().gradientOf(parameter);
        check(
            written.contains(gradient),
            "the gradient of every parameter written before an update",
            gradient + " unwritten");
      }
    }
  }

  private void crossEntropy(Op.CrossEntropy op) {
    int columns = op.kind() == Op.CrossEntropyKind.SOFTMAX_SPARSE ? 1 : op.z().shape().columns();
    shape(op.y(), op.z().shape().rows(), columns);
    if (op.dz() != null) {
      same(op.dz(), op.z());
    }
    shape(op.loss(), 1, 1);
    check(
        (op.accuracy() == null) == (op.correct() == null),
        "accuracy and count together",
        op.accuracy() + ", " + op.correct());
    if (op.correct() != null) {
      labels(op.accuracy(), op.z(), op.y());
      shape(op.correct(), 1, 1);
    }
  }

  private void labels(Op.Accuracy accuracy, Value scores, Value y) {
    int columns = accuracy == Op.Accuracy.SPARSE_CATEGORICAL ? 1 : scores.shape().columns();
    shape(y, scores.shape().rows(), columns);
  }

  private void bias(Value bias, int units) {
    if (bias != null) {
      shape(bias, 1, units);
    }
  }

  private void elementwise(ActivationFunction function) {
    check(function.isElementwise(), "an elementwise activation", function);
  }

  private void same(Value value, Value other) {
    shape(value, other.shape().rows(), other.shape().columns());
  }

  private void shape(Value value, int rows, int columns) {
    check(
        value.shape().equals(new Shape(rows, columns)),
        value.name() + " [" + rows + ", " + columns + "]",
        value);
  }

  /** Replays the program and checks that no living temporary is overwritten. */
  private void memory() {
    Liveness liveness = Liveness.of(program.ops(), program.results());
    List<Value> values = List.copyOf(program.scratch().offsets().keySet());
    for (Value value : values) {
      where = "program " + program.name() + ", memory of " + value;
      check(written.contains(value), "a temporary that an operation writes", "none that does");
    }
    for (Value value : values) {
      where = "program " + program.name() + ", memory of " + value;
      long end = end(value);
      check(
          start(value) >= 0 && end <= program.scratch().size(),
          "a place within " + program.scratch().size() + " floats",
          end);
      check(
          start(value) % Shape.ALIGNMENT_FLOATS == 0,
          "256-byte alignment",
          "offset " + start(value));
      for (Value other : values) {
        boolean overlap = start(value) < end(other) && start(other) < end;
        check(
            value == other || !overlap || !liveness.together(value, other),
            "memory of its own",
            "memory shared with " + other);
      }
    }
  }

  private long start(Value value) {
    return program.scratch().offsets().get(value);
  }

  private long end(Value value) {
    return start(value) + (long) program.replicas() * value.shape().replicaStride();
  }

  private void check(boolean legal, Object expected, Object received) {
    if (!legal) {
      throw new IllegalStateException(
          where
              + ": expected "
              + expected
              + ", received "
              + received
              + ". This is a defect of the compiler.");
    }
  }
}
