package dev.sinter.backend.host;

import dev.sinter.backend.host.ExpressionCode.Instruction;
import dev.sinter.backend.host.ExpressionCode.Leaf;
import dev.sinter.backend.host.ExpressionCode.LeafKind;
import dev.sinter.backend.host.ExpressionCode.Store;
import dev.sinter.program.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Runs expression code on the host, block by block.
 *
 * <p>A block of a few hundred elements of each operand is copied to heap arrays that stay in the
 * first-level cache. One vectorized loop per instruction processes them, and the results are copied
 * back. Operands are read once and written once, whatever the number of instructions. Java loops
 * over direct buffers are ten times slower, and each element-wise library operation reads and
 * writes main memory.
 */
public final class HostExpression implements ElementwiseKernel {
  private static final int BLOCK = 512;

  private final Shape shape;
  private final Leaf[] leaves;
  private final Instruction[] instructions;
  private final Store[] stores;
  private final @Nullable HostView[] operands; // leaf -> its input, or null
  private final HostView[] results; // store -> its output
  private final int block; // elements; whole rows if an operand is broadcast
  private final float[][] slots;
  private final float[] @Nullable [] perRow; // leaf -> floats of an operand [B, 1], or null

  /**
   * Prepares code.
   *
   * @param inputs by index; each has the shape or broadcasts to it
   * @param outputs by index, of that shape; an output may also be an input
   */
  public HostExpression(
      ExpressionCode code,
      List<? extends HostView> inputs,
      List<? extends HostView> outputs,
      Shape shape) {
    this.shape = shape;
    this.leaves = code.leaves().toArray(Leaf[]::new);
    this.instructions = code.instructions().toArray(Instruction[]::new);
    this.stores = code.stores().toArray(Store[]::new);
    this.operands = new HostView[leaves.length];
    for (int i = 0; i < leaves.length; i++) {
      operands[i] = leaves[i].kind() == LeafKind.INPUT ? inputs.get(leaves[i].index()) : null;
    }
    this.results = new HostView[stores.length];
    for (int i = 0; i < stores.length; i++) {
      results[i] = outputs.get(stores[i].output());
    }
    boolean flat = IntStream.range(0, leaves.length).allMatch(this::isFlat);
    int columns = shape.columns();
    this.block =
        Math.min(shape.size(), flat ? BLOCK : Math.max(columns, BLOCK / columns * columns));
    this.slots = new float[leaves.length + code.registers()][block];
    this.perRow = new float[leaves.length][];
    for (int i = 0; i < leaves.length; i++) {
      prepare(i);
    }
  }

  private boolean isFlat(int slot) {
    if (operands[slot] == null) {
      return leaves[slot].kind() != LeafKind.COLUMN;
    }
    Shape operand = operands[slot].shape();
    return operand.equals(shape) || operand.equals(Shape.SCALAR);
  }

  private void prepare(int slot) {
    Leaf leaf = leaves[slot];
    HostView input = operands[slot];
    if (leaf.kind() == LeafKind.CONSTANT) {
      Arrays.fill(slots[slot], (float) leaf.value());
    } else if (leaf.kind() == LeafKind.COLUMN) {
      for (int i = 0; i < block; i++) {
        slots[slot][i] = i % shape.columns();
      }
    } else if (input != null && isPerRow(input.shape())) {
      perRow[slot] = new float[shape.rows()];
    }
  }

  private boolean isPerRow(Shape operand) {
    return operand.columns() == 1 && operand.rows() > 1 && shape.columns() > 1;
  }

  @Override
  public void run(float[] scalars) {
    loadOnce(scalars);
    for (int from = 0; from < shape.size(); from += block) {
      int count = Math.min(block, shape.size() - from);
      load(from, count);
      for (Instruction instruction : instructions) {
        execute(instruction, count);
      }
      for (int i = 0; i < stores.length; i++) {
        results[i].host().put(from, slots[stores[i].slot()], 0, count);
      }
    }
  }

  /** Loads the leaves that are equal in all blocks, and the operands [B, 1]. */
  private void loadOnce(float[] scalars) {
    for (int slot = 0; slot < leaves.length; slot++) {
      HostView input = operands[slot];
      if (leaves[slot].kind() == LeafKind.SCALAR) {
        Arrays.fill(slots[slot], scalars[leaves[slot].index()]);
      } else if (input != null) {
        if (perRow[slot] != null) {
          input.read(perRow[slot]);
        } else if (input.shape().size() < shape.size()) {
          repeat(input, slots[slot]);
        }
      }
    }
  }

  /** Fills a block with an operand [1, D] or [1, 1]. */
  private void repeat(HostView input, float[] target) {
    int period = input.shape().size();
    input.host().get(0, target, 0, period);
    for (int i = period; i < block; i++) {
      target[i] = target[i - period];
    }
  }

  private void load(int from, int count) {
    for (int slot = 0; slot < leaves.length; slot++) {
      HostView input = operands[slot];
      if (input == null) {
        continue;
      }
      if (perRow[slot] != null) {
        int columns = shape.columns();
        for (int i = 0; i < count; i += columns) {
          Arrays.fill(slots[slot], i, i + columns, perRow[slot][(from + i) / columns]);
        }
      } else if (input.shape().size() == shape.size()) {
        input.host().get(from, slots[slot], 0, count);
      }
    }
  }

  private void execute(Instruction instruction, int count) {
    float[] target = slots[instruction.target()];
    float[] x = slots[instruction.x()];
    if (instruction.unary() != null) {
      VectorLoops.apply(instruction.unary(), target, x, count);
    } else if (instruction.binary() != null) {
      VectorLoops.apply(instruction.binary(), target, x, slots[instruction.y()], count);
    } else {
      VectorLoops.select(target, x, slots[instruction.y()], slots[instruction.z()], count);
    }
  }
}
