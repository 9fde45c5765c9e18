package dev.sinter.backend.host;

import dev.sinter.program.Expression;
import dev.sinter.program.Expression.BinaryFunction;
import dev.sinter.program.Expression.UnaryFunction;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.UpdateRule.Assignment;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * An expression, or the assignments of an update rule, as a short list of instructions over slots.
 *
 * <p>The first slots are leaves, the others registers. Equal subexpressions share one instruction,
 * and a register is reused after its last reader. The target of an instruction is never one of its
 * operands. Immutable once built.
 */
public final class ExpressionCode {
  /** The content of a leaf. */
  public enum LeafKind {
    /** Operand {@code index}. */
    INPUT,
    /** The number {@code value}. */
    CONSTANT,
    /** Step scalar {@code index}. */
    SCALAR,
    /** The column of the element. */
    COLUMN
  }

  /** A slot that holds its value before the first instruction. */
  public record Leaf(LeafKind kind, int index, double value) {}

  /**
   * target = function(x, y, z).
   *
   * @param unary the function of x, or null
   * @param binary the function of x and y, or null. If both are null, the result is z where x is 0,
   *     else y
   */
  public record Instruction(
      @Nullable UnaryFunction unary,
      @Nullable BinaryFunction binary,
      int target,
      int x,
      int y,
      int z) {}

  /** A slot written to output {@code output} after the last instruction. */
  public record Store(int output, int slot) {}

  private final List<Leaf> leaves = new ArrayList<>();
  private final List<Instruction> instructions = new ArrayList<>();
  private final List<Store> stores = new ArrayList<>();
  private final Map<Object, Integer> known = new HashMap<>(); // leaf or operation -> value
  private final Map<Integer, Integer> current = new HashMap<>(); // assigned input -> value
  private final Compiler compiler = new Compiler();
  private int registers;

  private ExpressionCode() {}

  /** Compiles output 0 = expression. */
  public static ExpressionCode of(Expression expression) {
    ExpressionCode code = new ExpressionCode();
    code.collectLeaves(expression);
    code.stores.add(new Store(0, expression.accept(code.compiler)));
    code.assignRegisters();
    return code;
  }

  /** Compiles an update; an output has the index of the input it overwrites. */
  public static ExpressionCode of(UpdateRule rule) {
    ExpressionCode code = new ExpressionCode();
    rule.assignments().forEach(assignment -> code.collectLeaves(assignment.value()));
    for (Assignment assignment : rule.assignments()) {
      code.current.put(assignment.target(), assignment.value().accept(code.compiler));
    }
    code.current.forEach((target, value) -> code.stores.add(new Store(target, value)));
    code.assignRegisters();
    return code;
  }

  /** Returns the leaves: slot i is leaf i. */
  public List<Leaf> leaves() {
    return leaves;
  }

  /** Returns the instructions in order. */
  public List<Instruction> instructions() {
    return instructions;
  }

  /** Returns the stores after the last instruction. */
  public List<Store> stores() {
    return stores;
  }

  /** Returns the number of registers: slots leaves().size() and up. */
  public int registers() {
    return registers;
  }

  /** Returns whether an instruction needs a function that only natives compute fast. */
  public boolean isTranscendental() {
    return instructions.stream()
        .anyMatch(i -> i.unary != null && i.unary.compareTo(UnaryFunction.EXP) >= 0);
  }

  /** Returns whether the code has a select, a power, a comparison, a maximum or a minimum. */
  public boolean isBranching() {
    return instructions.stream()
        .anyMatch(
            i ->
                i.unary == null
                    && (i.binary == null || i.binary.compareTo(BinaryFunction.POWER) >= 0));
  }

  private void collectLeaves(Expression expression) {
    if (expression.operands().isEmpty()) {
      expression.accept(compiler);
    }
    expression.operands().forEach(this::collectLeaves);
  }

  private int leaf(LeafKind kind, int index, double value) {
    Leaf leaf = new Leaf(kind, index, value);
    if (known.putIfAbsent(leaf, leaves.size()) == null) {
      leaves.add(leaf);
    }
    return known.get(leaf);
  }

  /** Numbers the values: leaves first, then one per instruction. */
  private final class Compiler implements Expression.Visitor<Integer> {
    @Override
    public Integer constant(Expression.Constant leaf) {
      return leaf(LeafKind.CONSTANT, 0, (float) leaf.value());
    }

    @Override
    public Integer input(Expression.Input leaf) {
      Integer assigned = current.get(leaf.index());
      return assigned != null ? assigned : leaf(LeafKind.INPUT, leaf.index(), 0);
    }

    @Override
    public Integer stepScalar(Expression.StepScalar leaf) {
      return leaf(LeafKind.SCALAR, leaf.index(), 0);
    }

    @Override
    public Integer column(Expression.Column leaf) {
      return leaf(LeafKind.COLUMN, 0, 0);
    }

    @Override
    public Integer unary(Expression.Unary unary) {
      return emit(unary.function(), null, unary.x().accept(this), -1, -1);
    }

    @Override
    public Integer binary(Expression.Binary binary) {
      return emit(null, binary.function(), binary.x().accept(this), binary.y().accept(this), -1);
    }

    @Override
    public Integer select(Expression.Select select) {
      int condition = select.condition().accept(this);
      return emit(
          null, null, condition, select.then().accept(this), select.otherwise().accept(this));
    }
  }

  private int emit(
      @Nullable UnaryFunction unary, @Nullable BinaryFunction binary, int x, int y, int z) {
    Instruction operation = new Instruction(unary, binary, -1, x, y, z);
    Integer value = known.get(operation);
    if (value == null) {
      value = leaves.size() + instructions.size();
      known.put(operation, value);
      instructions.add(new Instruction(unary, binary, value, x, y, z));
    }
    return value;
  }

  /** Replaces value numbers by slots; one slot can hold several values one after another. */
  private void assignRegisters() {
    int first = leaves.size();
    int[] last = new int[first + instructions.size()]; // value -> its last reader
    for (int i = 0; i < instructions.size(); i++) {
      Instruction instruction = instructions.get(i);
      for (int operand : new int[] {instruction.x, instruction.y, instruction.z}) {
        if (operand >= 0) {
          last[operand] = i;
        }
      }
    }
    stores.forEach(store -> last[store.slot] = instructions.size());
    int[] slots = new int[last.length];
    for (int i = 0; i < first; i++) {
      slots[i] = i;
    }
    Deque<Integer> free = new ArrayDeque<>();
    for (int i = 0; i < instructions.size(); i++) {
      Instruction old = instructions.get(i);
      int slot = free.isEmpty() ? first + registers++ : free.pop();
      slots[old.target] = slot;
      int y = old.y < 0 ? -1 : slots[old.y];
      int z = old.z < 0 ? -1 : slots[old.z];
      instructions.set(i, new Instruction(old.unary, old.binary, slot, slots[old.x], y, z));
      for (int value = first; value <= old.target; value++) {
        if (last[value] == i && value != old.target) {
          free.push(slots[value]);
        }
      }
    }
    stores.replaceAll(store -> new Store(store.output, slots[store.slot]));
  }
}
