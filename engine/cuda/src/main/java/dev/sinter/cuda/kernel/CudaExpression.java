package dev.sinter.cuda.kernel;

import dev.sinter.program.Expression;
import dev.sinter.program.UpdateRule;
import java.util.function.IntFunction;

/** Writes expressions as CUDA C++ over float variables. */
public final class CudaExpression implements Expression.Visitor<String> {
  private final IntFunction<String> inputs;

  /**
   * Creates a writer.
   *
   * @param inputs returns the variable name of an input
   */
  public CudaExpression(IntFunction<String> inputs) {
    this.inputs = inputs;
  }

  /** Writes an expression of one input. */
  public static String of(Expression expression, String input) {
    return new CudaExpression(index -> input).write(expression);
  }

  /**
   * Returns the C++ text; step scalars are scalars[0], scalars[1], ..., the column is called
   * column.
   */
  public String write(Expression expression) {
    return expression.accept(this);
  }

  @Override
  public String input(Expression.Input leaf) {
    return inputs.apply(leaf.index());
  }

  @Override
  public String constant(Expression.Constant leaf) {
    return literal((float) leaf.value());
  }

  @Override
  public String stepScalar(Expression.StepScalar leaf) {
    return "scalars[" + leaf.index() + "]";
  }

  @Override
  public String column(Expression.Column leaf) {
    return "(float)column";
  }

  @Override
  public String unary(Expression.Unary unary) {
    return unary(unary.function(), write(unary.x()));
  }

  @Override
  public String binary(Expression.Binary binary) {
    return binary(binary.function(), write(binary.x()), write(binary.y()));
  }

  @Override
  public String select(Expression.Select select) {
    String condition = write(select.condition()) + " != 0.0f";
    return "(%s ? %s : %s)".formatted(condition, write(select.then()), write(select.otherwise()));
  }

  /** Writes the assignments of a rule, one statement per assignment. */
  public String write(UpdateRule rule) {
    StringBuilder text = new StringBuilder();
    for (UpdateRule.Assignment assignment : rule.assignments()) {
      text.append("    ")
          .append(inputs.apply(assignment.target()))
          .append(" = ")
          .append(write(assignment.value()))
          .append(";\n");
    }
    return text.toString();
  }

  private static String unary(Expression.UnaryFunction function, String x) {
    return switch (function) {
      case NEGATE -> "(-" + x + ")";
      case SQUARE -> "square(" + x + ")";
      case SQRT -> "sqrtf(" + x + ")";
      case EXP -> "expf(" + x + ")";
      case LOG -> "logf(" + x + ")";
      case TANH -> "tanhf(" + x + ")";
      case SIGMOID -> "sigmoid(" + x + ")";
      case ERF -> "erff(" + x + ")";
    };
  }

  private static String binary(Expression.BinaryFunction function, String x, String y) {
    return switch (function) {
      case ADD, SUBTRACT, MULTIPLY, DIVIDE -> "(" + x + " " + function.symbol() + " " + y + ")";
      case POWER -> "powf(" + x + ", " + y + ")";
      case MAXIMUM -> "maximum(" + x + ", " + y + ")";
      case MINIMUM -> "minimum(" + x + ", " + y + ")";
      case GREATER -> "(" + x + " > " + y + " ? 1.0f : 0.0f)";
      case EQUAL -> "(" + x + " == " + y + " ? 1.0f : 0.0f)";
    };
  }

  /** Returns a float32 literal that is exact to the bit. */
  public static String literal(float value) {
    return Float.isFinite(value)
        ? "(" + value + "f)"
        : "__int_as_float(0x" + Integer.toHexString(Float.floatToRawIntBits(value)) + ")";
  }
}
