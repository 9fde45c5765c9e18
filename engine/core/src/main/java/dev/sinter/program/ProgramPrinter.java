package dev.sinter.program;

import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Prints a program and its memory plan in human-readable form. Any number of threads may call its
 * methods.
 */
public final class ProgramPrinter {
  private ProgramPrinter() {}

  /**
   * Returns one line per operation, then the memory: offsets and sizes in bytes, and the lifetime
   * of each temporary.
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

  /** Returns the kind of an operation, its inputs and its outputs. */
  private static String describe(Op op) {
    String kind = op.getClass().getSimpleName();
    if (op instanceof Op.Composite composite) {
      return composite.parts().stream()
          .map(part -> "\n" + " ".repeat(8) + describe(part))
          .collect(Collectors.joining("", kind + ", one operation:", ""));
    }
    if (op instanceof Op.Update update) {
      return "Update(" + update.rule().name() + ") " + assignments(update.rule());
    }
    String formula = op instanceof Op.Elementwise e ? " " + e.expression() : options(op);
    String inputs = op.inputs().isEmpty() ? "" : " " + op.inputs();
    return kind + formula + inputs + " -> " + op.outputs();
  }

  /** Returns the record components other than label and values, such as (relu). */
  private static String options(Op op) {
    List<String> options = new ArrayList<>();
    try {
      for (RecordComponent component : op.getClass().getRecordComponents()) {
        Object option = component.getAccessor().invoke(op);
        if (option != null && component.getType() != Value.class && option != op.label()) {
          options.add(option.toString());
        }
      }
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException(e); // the accessors are public
    }
    return options.isEmpty() ? "" : "(" + String.join(", ", options) + ")";
  }

  private static String assignments(UpdateRule rule) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < rule.scalars().size(); i++) {
      text.append("s%s := %s; ".formatted(i, rule.scalars().get(i)));
    }
    for (UpdateRule.Assignment assignment : rule.assignments()) {
      text.append("x%s := %s; ".formatted(assignment.target(), assignment.value()));
    }
    return text + "x0 is the parameter, x1 its gradient, x2... " + rule.slots();
  }
}
