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
      text.append(String.format(Locale.ROOT, "  %2d  %-34s ", index++, op.label()));
      op.accept(new Description(text));
      text.append('\n');
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

  /** Writes what an operation is, then what it reads and writes. */
  private record Description(StringBuilder text) implements Op.Visitor {
    @Override
    public void gather(Op.Gather op) {
      text.append("Gather -> ").append(op.outputs());
    }

    @Override
    public void dense(Op.Dense op) {
      write("Dense(" + op.activation() + ")", op);
    }

    @Override
    public void denseGradWeights(Op.DenseGradWeights op) {
      write("DenseGradWeights", op);
    }

    @Override
    public void denseGradInput(Op.DenseGradInput op) {
      write("DenseGradInput(" + op.activation() + ")", op);
    }

    @Override
    public void softmax(Op.Softmax op) {
      write("Softmax", op);
    }

    @Override
    public void crossEntropy(Op.CrossEntropy op) {
      String accuracy = op.accuracy() == null ? "" : ", " + op.accuracy();
      write("CrossEntropy(" + op.kind() + accuracy + ")", op);
    }

    @Override
    public void countCorrect(Op.CountCorrect op) {
      write("CountCorrect(" + op.accuracy() + ", " + op.threshold() + ")", op);
    }

    @Override
    public void elementwise(Op.Elementwise op) {
      write("Elementwise " + op.expression(), op);
    }

    @Override
    public void reduce(Op.Reduce op) {
      write("Reduce(" + op.reduction() + ")", op);
    }

    @Override
    public void update(Op.Update op) {
      text.append("Update(").append(op.rule().name()).append(") ").append(assignments(op.rule()));
    }

    @Override
    public void randomUniform(Op.RandomUniform op) {
      write("RandomUniform(" + op.stream() + ")", op);
    }

    @Override
    public void denseLoss(Op.DenseLoss op) {
      parts("DenseLoss", op);
    }

    @Override
    public void stepEnd(Op.StepEnd op) {
      parts("StepEnd", op);
    }

    private void parts(String what, Op.Composite op) {
      text.append(what).append(", one operation:");
      for (Op part : op.parts()) {
        text.append("\n").append(" ".repeat(8));
        part.accept(this);
      }
    }

    private void write(String what, Op op) {
      text.append(what).append(' ').append(op.inputs()).append(" -> ").append(op.outputs());
    }
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
