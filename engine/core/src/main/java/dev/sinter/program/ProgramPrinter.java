package dev.sinter.program;

import java.util.Locale;
import java.util.Map;

/** Prints a program and its memory plan for people. */
public final class ProgramPrinter {
  private ProgramPrinter() {}

  /**
   * Returns one line an operation, then the memory: offsets and sizes in bytes, and when each
   * temporary lives.
   */
  public static String print(Program program) {
    StringBuilder text = new StringBuilder();
    text.append("program ").append(program.name()).append(": batch ").append(program.batch());
    text.append(", replicas ")
        .append(program.replicas())
        .append(", results ")
        .append(program.results())
        .append('\n');
    int index = 0;
    for (Op op : program.ops()) {
      text.append(
          String.format(Locale.ROOT, "  %2d  %-34s %s\n", index++, op.label(), describe(op)));
    }
    State state = program.state();
    text.append("state: ").append(bytes(state.size())).append('\n');
    for (Map.Entry<Value, Integer> entry : state.offsets().entrySet()) {
      text.append(
          String.format(Locale.ROOT, "  %10d  %s\n", 4L * entry.getValue(), entry.getKey()));
    }
    text.append("scratch: ").append(bytes(program.scratch().size())).append('\n');
    Liveness liveness = Liveness.of(program.ops(), program.results());
    for (Map.Entry<Value, Integer> entry : program.scratch().offsets().entrySet()) {
      Value value = entry.getKey();
      text.append(
          String.format(
              Locale.ROOT,
              "  %10d  %-40s operations %d to %d\n",
              4L * entry.getValue(),
              value,
              liveness.first(value),
              liveness.last(value)));
    }
    return text.toString();
  }

  private static String bytes(long floats) {
    return String.format(Locale.ROOT, "%,d bytes", 4 * floats);
  }

  private static String describe(Op op) {
    if (op instanceof Op.Gather) {
      return "Gather -> " + op.outputs();
    } else if (op instanceof Op.Dense dense) {
      return "Dense(" + dense.activation() + ") " + arrow(op);
    } else if (op instanceof Op.DenseGradInput grad) {
      return "DenseGradInput(" + grad.activation() + ") " + arrow(op);
    } else if (op instanceof Op.CrossEntropy entropy) {
      return "CrossEntropy("
          + entropy.kind()
          + (entropy.accuracy() == null ? "" : ", " + entropy.accuracy())
          + ") "
          + arrow(op);
    } else if (op instanceof Op.CountCorrect count) {
      return "CountCorrect(" + count.accuracy() + ", " + count.threshold() + ") " + arrow(op);
    } else if (op instanceof Op.Elementwise elementwise) {
      return "Elementwise " + elementwise.expression() + " " + arrow(op);
    } else if (op instanceof Op.Reduce reduce) {
      return "Reduce(" + reduce.reduction() + ") " + arrow(op);
    } else if (op instanceof Op.Update update) {
      return "Update(" + update.rule().name() + ") " + assignments(update.rule());
    }
    return op.getClass().getSimpleName() + " " + arrow(op);
  }

  private static String arrow(Op op) {
    return op.inputs() + " -> " + op.outputs();
  }

  private static String assignments(UpdateRule rule) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rule.scalars().size(); i++) {
      text.append("s").append(i).append(" := ").append(rule.scalars().get(i)).append("; ");
    }
    for (UpdateRule.Assignment assignment : rule.assignments()) {
      text.append("x")
          .append(assignment.target())
          .append(" := ")
          .append(assignment.value())
          .append("; ");
    }
    return text.append("x0 is the parameter, x1 its gradient, x2... ")
        .append(rule.slots())
        .toString();
  }
}
