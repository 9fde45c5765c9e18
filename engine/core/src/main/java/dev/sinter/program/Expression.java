package dev.sinter.program;

import java.util.List;
import java.util.Locale;
import java.util.function.ToIntFunction;

/**
 * A scalar expression, evaluated for each element of a value.
 *
 * <p>Activations, their derivatives, losses and optimizer updates are expressions, written once:
 * the reference backend interprets them, other backends translate them. Arithmetic follows IEEE
 * 754; comparisons give 1 or 0.
 *
 * <p>Immutable: any number of threads may use it.
 */
public sealed interface Expression extends StepFunction {
  /** Calls the visitor method for this kind of expression and returns its result. */
  <R> R accept(Visitor<R> visitor);

  /** Returns the direct operands of this expression; none for a leaf. */
  default List<Expression> operands() {
    return List.of();
  }

  /**
   * Computes the value in double precision.
   *
   * @param inputs by index
   * @param column of the element
   * @param scalars by index
   */
  double evaluate(double[] inputs, int column, double[] scalars);

  @Override
  default double at(double learningRate, long step) {
    double[] rateAndStep = {learningRate, step};
    return evaluate(rateAndStep, 0, rateAndStep);
  }

  /** Returns this expression with each {@code Input(i)} replaced by {@code replacements[i]}. */
  default Expression substitute(Expression... replacements) {
    return this;
  }

  /** One method per kind of expression. */
  interface Visitor<R> {
    /** Visits a number. */
    R constant(Constant leaf);

    /** Visits the element of an operand. */
    R input(Input leaf);

    /** Visits a step scalar. */
    R stepScalar(StepScalar leaf);

    /** Visits the column. */
    R column(Column leaf);

    /** Visits a function of one expression. */
    R unary(Unary function);

    /** Visits a function of two expressions. */
    R binary(Binary function);

    /** Visits a choice. */
    R select(Select choice);
  }

  /** A number; backends round it to float32. */
  record Constant(double value) implements Expression {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.constant(this);
    }

    @Override
    public double evaluate(double[] inputs, int column, double[] scalars) {
      return value;
    }

    @Override
    public String toString() {
      return value == Math.rint(value) && Math.abs(value) < 1e9
          ? Long.toString((long) value)
          : Double.toString(value);
    }
  }

  /** The element of an operand; the operation that holds the expression defines the index. */
  record Input(int index) implements Expression {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.input(this);
    }

    @Override
    public double evaluate(double[] inputs, int column, double[] scalars) {
      return inputs[index];
    }

    @Override
    public Expression substitute(Expression... replacements) {
      return replacements[index];
    }

    @Override
    public String toString() {
      return "x" + index;
    }
  }

  /** One of the numbers that an {@link UpdateRule} computes once per step. */
  record StepScalar(int index) implements Expression {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.stepScalar(this);
    }

    @Override
    public double evaluate(double[] inputs, int column, double[] scalars) {
      return scalars[index];
    }

    @Override
    public String toString() {
      return "s" + index;
    }
  }

  /** The column of the element, from 0: turns a class index into a one-hot row. */
  record Column() implements Expression {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.column(this);
    }

    @Override
    public double evaluate(double[] inputs, int column, double[] scalars) {
      return column;
    }

    @Override
    public String toString() {
      return "column";
    }
  }

  /** A function of one expression. */
  record Unary(UnaryFunction function, Expression x) implements Expression {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.unary(this);
    }

    @Override
    public List<Expression> operands() {
      return List.of(x);
    }

    @Override
    public double evaluate(double[] inputs, int column, double[] scalars) {
      return function.apply(x.evaluate(inputs, column, scalars));
    }

    @Override
    public Expression substitute(Expression... replacements) {
      return new Unary(function, x.substitute(replacements));
    }

    @Override
    public String toString() {
      return function.name().toLowerCase(Locale.ROOT) + "(" + x + ")";
    }
  }

  /** A function of two expressions. */
  record Binary(BinaryFunction function, Expression x, Expression y) implements Expression {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.binary(this);
    }

    @Override
    public List<Expression> operands() {
      return List.of(x, y);
    }

    @Override
    public double evaluate(double[] inputs, int column, double[] scalars) {
      return function.apply(
          x.evaluate(inputs, column, scalars), y.evaluate(inputs, column, scalars));
    }

    @Override
    public Expression substitute(Expression... replacements) {
      return new Binary(function, x.substitute(replacements), y.substitute(replacements));
    }

    @Override
    public String toString() {
      return function.symbol().length() == 1
          ? "(" + x + " " + function.symbol() + " " + y + ")"
          : function.symbol() + "(" + x + ", " + y + ")";
    }
  }

  /**
   * {@code then} where the condition is not 0, else {@code otherwise}; the branch not taken has no
   * effect, even if it is NaN.
   */
  record Select(Expression condition, Expression then, Expression otherwise) implements Expression {
    @Override
    public <R> R accept(Visitor<R> visitor) {
      return visitor.select(this);
    }

    @Override
    public List<Expression> operands() {
      return List.of(condition, then, otherwise);
    }

    @Override
    public double evaluate(double[] inputs, int column, double[] scalars) {
      return (condition.evaluate(inputs, column, scalars) != 0 ? then : otherwise)
          .evaluate(inputs, column, scalars);
    }

    @Override
    public Expression substitute(Expression... replacements) {
      return new Select(
          condition.substitute(replacements),
          then.substitute(replacements),
          otherwise.substitute(replacements));
    }

    @Override
    public String toString() {
      return "select(" + condition + ", " + then + ", " + otherwise + ")";
    }
  }

  /** Functions of one number. */
  enum UnaryFunction {
    /** -x. */
    NEGATE,
    /** x * x. */
    SQUARE,
    /** Square root. */
    SQRT,
    /** e to the x. */
    EXP,
    /** Natural logarithm. */
    LOG,
    /** Hyperbolic tangent. */
    TANH,
    /** 1 / (1 + exp(-x)). */
    SIGMOID,
    /** The error function: 2 / sqrt(pi) times the integral of exp(-t^2) from 0 to x. */
    ERF;

    /** Applies the function in double precision. */
    public double apply(double x) {
      return switch (this) {
        case NEGATE -> -x;
        case SQUARE -> x * x;
        case SQRT -> Math.sqrt(x);
        case EXP -> Math.exp(x);
        case LOG -> Math.log(x);
        case TANH -> Math.tanh(x);
        case SIGMOID -> 1 / (1 + Math.exp(-x));
        case ERF -> ErrorFunction.erf(x);
      };
    }
  }

  /** Functions of two numbers. */
  enum BinaryFunction {
    /** x + y. */
    ADD("+"),
    /** x - y. */
    SUBTRACT("-"),
    /** x * y. */
    MULTIPLY("*"),
    /** x / y. */
    DIVIDE("/"),
    /** x to the power y. */
    POWER("pow"),
    /** The larger one; NaN if either is NaN. */
    MAXIMUM("max"),
    /** The smaller one; NaN if either is NaN. */
    MINIMUM("min"),
    /** 1 if x > y, else 0. */
    GREATER(">"),
    /** 1 if x equals y, else 0. */
    EQUAL("=");

    private final String symbol;

    BinaryFunction(String symbol) {
      this.symbol = symbol;
    }

    /** Returns the operator or function name that the printer uses. */
    public String symbol() {
      return symbol;
    }

    /** Applies the function in double precision. */
    public double apply(double x, double y) {
      return switch (this) {
        case ADD -> x + y;
        case SUBTRACT -> x - y;
        case MULTIPLY -> x * y;
        case DIVIDE -> x / y;
        case POWER -> Math.pow(x, y);
        case MAXIMUM -> Math.max(x, y);
        case MINIMUM -> Math.min(x, y);
        case GREATER -> x > y ? 1 : 0;
        case EQUAL -> x == y ? 1 : 0;
      };
    }
  }

  /** Returns the operand with the given index. */
  static Expression input(int index) {
    return new Input(index);
  }

  /** Returns a number. */
  static Expression constant(double value) {
    return new Constant(value);
  }

  /** Returns x + y. */
  default Expression plus(Expression y) {
    return new Binary(BinaryFunction.ADD, this, y);
  }

  /** Returns x - y. */
  default Expression minus(Expression y) {
    return new Binary(BinaryFunction.SUBTRACT, this, y);
  }

  /** Returns x * y. */
  default Expression times(Expression y) {
    return new Binary(BinaryFunction.MULTIPLY, this, y);
  }

  /** Returns x * a number. */
  default Expression times(double y) {
    return times(constant(y));
  }

  /** Returns x / y. */
  default Expression over(Expression y) {
    return new Binary(BinaryFunction.DIVIDE, this, y);
  }

  /** Returns max(x, y). */
  default Expression max(Expression y) {
    return new Binary(BinaryFunction.MAXIMUM, this, y);
  }

  /** Returns min(x, y). */
  default Expression min(Expression y) {
    return new Binary(BinaryFunction.MINIMUM, this, y);
  }

  /** Returns 1 if x > y, else 0. */
  default Expression greater(Expression y) {
    return new Binary(BinaryFunction.GREATER, this, y);
  }

  /** Returns 1 if x equals y, else 0. */
  default Expression equalTo(Expression y) {
    return new Binary(BinaryFunction.EQUAL, this, y);
  }

  /** Returns a function of x. */
  default Expression apply(UnaryFunction function) {
    return new Unary(function, this);
  }

  /** Returns the largest index of an {@link Input} in this expression, -1 if it has none. */
  default int largestInput() {
    return largest(leaf -> leaf instanceof Input input ? input.index : -1);
  }

  /** Returns the smallest index of an {@link Input} in this expression, or the largest int. */
  default int smallestInput() {
    int negated = largest(leaf -> leaf instanceof Input input ? -input.index : -Integer.MAX_VALUE);
    return -negated;
  }

  /** Returns the largest index of a {@link StepScalar} in this expression, -1 if it has none. */
  default int largestStepScalar() {
    return largest(leaf -> leaf instanceof StepScalar scalar ? scalar.index : -1);
  }

  /** Returns whether the value depends on the column of the element. */
  default boolean readsColumn() {
    return largest(leaf -> leaf instanceof Column ? 0 : -1) == 0;
  }

  private int largest(ToIntFunction<Expression> index) {
    int largest = index.applyAsInt(this);
    for (Expression operand : operands()) {
      largest = Math.max(largest, operand.largest(index));
    }
    return largest;
  }
}
