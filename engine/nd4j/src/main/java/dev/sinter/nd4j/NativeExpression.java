package dev.sinter.nd4j;

import dev.sinter.backend.host.ElementwiseKernel;
import dev.sinter.backend.host.ExpressionCode;
import dev.sinter.backend.host.ExpressionCode.Instruction;
import dev.sinter.backend.host.ExpressionCode.Leaf;
import dev.sinter.backend.host.ExpressionCode.LeafKind;
import dev.sinter.backend.host.ExpressionCode.Store;
import dev.sinter.backend.host.HostExpression;
import dev.sinter.program.Expression.BinaryFunction;
import dev.sinter.program.Expression.UnaryFunction;
import dev.sinter.program.Shape;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.impl.transforms.floating.Sqrt;
import org.nd4j.linalg.api.ops.impl.transforms.same.Negative;
import org.nd4j.linalg.api.ops.impl.transforms.same.Square;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Erf;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Exp;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Log;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Sigmoid;
import org.nd4j.linalg.api.ops.impl.transforms.strict.Tanh;

/**
 * Runs expression code as ND4J operations over INDArrays: one or two per instruction, with
 * temporaries from the scratch arena. Works with any natives of ND4J.
 */
final class NativeExpression implements ElementwiseKernel {
  private final Arena arena;
  private final Shape shape;
  private final INDArray[] slots;
  private final View[] registers; // each has memory for the whole shape; slots are views of it
  private final List<NativeCall> calls = new ArrayList<>();
  private final List<Leaf> scalarLeaves = new ArrayList<>();
  private final List<INDArray> scalarSlots = new ArrayList<>();
  private final INDArray[] spread = new INDArray[3]; // [B, D], created if needed
  private final INDArray flags; // [B, D] booleans, or null if there are no comparisons

  /** Prepares code; see {@link HostExpression} for the operands. */
  NativeExpression(
      ExpressionCode code, List<View> inputs, List<View> outputs, Shape shape, Arena arena) {
    this.arena = arena;
    this.shape = shape;
    int leaves = code.leaves().size();
    this.slots = new INDArray[leaves + code.registers()];
    this.registers = new View[code.registers()];
    for (int i = 0; i < registers.length; i++) {
      registers[i] = arena.take(shape);
    }
    this.flags = code.isBranching() ? arena.takeBools(shape) : null;
    for (int i = 0; i < leaves; i++) {
      slots[i] = leaf(code.leaves().get(i), inputs);
    }
    for (Instruction instruction : code.instructions()) {
      translate(instruction, leaves);
    }
    for (Store store : code.stores()) {
      INDArray output = outputs.get(store.output()).array();
      calls.add(NativeCall.custom("assign", output, output, slots[store.slot()]));
    }
  }

  /**
   * Returns the number of floats and the number of booleans that a translation takes from an arena.
   */
  static long[] demand(ExpressionCode code, Shape shape) {
    long floats = (long) code.registers() * shape.replicaStride();
    for (Leaf leaf : code.leaves()) {
      if (leaf.kind() == LeafKind.COLUMN) {
        floats += new Shape(1, shape.columns()).replicaStride();
      } else if (leaf.kind() != LeafKind.INPUT) {
        floats += Shape.ALIGNMENT_FLOATS;
      }
    }
    if (code.isBranching()) { // at most one scalar per instruction
      floats += 3L * shape.replicaStride();
      floats += (long) code.instructions().size() * Shape.ALIGNMENT_FLOATS;
    }
    return new long[] {floats, code.isBranching() ? shape.replicaStride() : 0};
  }

  private INDArray leaf(Leaf leaf, List<View> inputs) {
    switch (leaf.kind()) {
      case INPUT -> {
        return inputs.get(leaf.index()).array();
      }
      case COLUMN -> {
        View columns = arena.take(new Shape(1, shape.columns()));
        for (int i = 0; i < shape.columns(); i++) {
          columns.array().putScalar(0, i, i);
        }
        return columns.array();
      }
      default -> {
        INDArray number = number(leaf.value());
        if (leaf.kind() == LeafKind.SCALAR) {
          scalarLeaves.add(leaf);
          scalarSlots.add(number);
        }
        return number;
      }
    }
  }

  private void translate(Instruction instruction, int leaves) {
    INDArray x = slots[instruction.x()];
    Shape result = shapeOf(x);
    INDArray y = null;
    if (instruction.y() >= 0) {
      y = slots[instruction.y()];
      result = broadcast(result, shapeOf(y));
    }
    boolean select = instruction.unary() == null && instruction.binary() == null;
    if (select) {
      result = shape; // all three operands are broadcast to it
    }
    INDArray memory = registers[instruction.target() - leaves].array();
    INDArray target = cut(memory, result);
    slots[instruction.target()] = target;
    if (select) {
      select(target, x, y, slots[instruction.z()]);
    } else if (instruction.unary() != null) {
      calls.add(unary(instruction.unary(), x, target));
    } else {
      binary(instruction.binary(), target, x, y);
    }
  }

  private static NativeCall unary(UnaryFunction function, INDArray x, INDArray target) {
    return NativeCall.legacy(
        switch (function) {
          case NEGATE -> new Negative(x, target);
          case SQUARE -> new Square(x, target);
          case SQRT -> new Sqrt(x, target);
          case EXP -> new Exp(x, target);
          case LOG -> new Log(x, target);
          case TANH -> new Tanh(x, target);
          case SIGMOID -> new Sigmoid(x, target);
          case ERF -> new Erf(x, target);
        });
  }

  private void binary(BinaryFunction function, INDArray target, INDArray x, INDArray y) {
    switch (function) {
      case ADD -> calls.add(NativeCall.custom("add", target, x, y));
      case SUBTRACT -> calls.add(NativeCall.custom("subtract", target, x, y));
      case MULTIPLY -> calls.add(NativeCall.custom("multiply", target, x, y));
      case DIVIDE -> calls.add(NativeCall.custom("divide", target, x, y));
      case POWER -> calls.add(NativeCall.custom("Pow", target, x, y));
      case MAXIMUM -> extreme("maximum", target, x, y);
      case MINIMUM -> extreme("minimum", target, x, y);
      case GREATER -> compare("greater", target, x, y);
      case EQUAL -> compare("equals", target, x, y);
    }
  }

  /**
   * The maximum and minimum of ND4J lose the NaN of one operand; which one depends on broadcasting.
   * Operands of equal shape are therefore compared in both orders and the results averaged, which
   * is exact for two equal numbers and NaN for NaN.
   */
  private void extreme(String name, INDArray target, INDArray x, INDArray y) {
    INDArray other = cut(spreadMemory(0), shapeOf(target));
    INDArray left = spread(x, 1, shapeOf(target));
    INDArray right = spread(y, 2, shapeOf(target));
    INDArray half = number(0.5);
    calls.add(NativeCall.custom(name, target, left, right));
    calls.add(NativeCall.custom(name, other, right, left));
    calls.add(NativeCall.custom("multiply", target, target, half));
    calls.add(NativeCall.custom("multiply", other, other, half));
    calls.add(NativeCall.custom("add", target, target, other));
  }

  private void compare(String name, INDArray target, INDArray x, INDArray y) {
    INDArray flag = cut(flags, shapeOf(target));
    calls.add(NativeCall.custom(name, flag, x, y));
    calls.add(NativeCall.custom("assign", target, target, flag));
  }

  /** The select of ND4J does not broadcast, so operands of other shapes are expanded first. */
  private void select(INDArray target, INDArray x, INDArray y, INDArray z) {
    INDArray condition = spread(x, 0, shape);
    calls.add(NativeCall.custom("not_equals", flags, condition, number(0)));
    calls.add(NativeCall.custom("select", target, flags, spread(y, 1, shape), spread(z, 2, shape)));
  }

  private INDArray number(double value) {
    INDArray number = arena.take(Shape.SCALAR).array();
    number.putScalar(0, value);
    return number;
  }

  private INDArray spread(INDArray operand, int index, Shape wanted) {
    if (shapeOf(operand).equals(wanted)) {
      return operand;
    }
    INDArray memory = cut(spreadMemory(index), wanted);
    calls.add(NativeCall.custom("assign", memory, memory, operand));
    return memory;
  }

  private INDArray spreadMemory(int index) {
    if (spread[index] == null) {
      spread[index] = arena.take(shape).array();
    }
    return spread[index];
  }

  private static Shape shapeOf(INDArray array) {
    return new Shape((int) array.size(0), (int) array.size(1));
  }

  private static Shape broadcast(Shape x, Shape y) {
    return new Shape(Math.max(x.rows(), y.rows()), Math.max(x.columns(), y.columns()));
  }

  private static INDArray cut(INDArray memory, Shape shape) {
    return Arena.matrix(memory, 0, shape);
  }

  @Override
  public void run(float[] scalars) {
    for (int i = 0; i < scalarSlots.size(); i++) {
      scalarSlots.get(i).putScalar(0, scalars[scalarLeaves.get(i).index()]);
    }
    for (NativeCall call : calls) {
      call.execute();
    }
  }
}
