package dev.sinter.testkit;

import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;

import dev.sinter.compile.LossPrograms;
import dev.sinter.losses.Loss;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import dev.sinter.program.Expression.BinaryFunction;
import dev.sinter.program.Expression.UnaryFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Shape;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Elementwise: every function, select, column, broadcasting, and the expressions in use. */
interface ElementwiseContract extends ContractTheme {
  /** The losses that have formulas of their own. */
  List<Loss> LOSSES =
      List.of(
          Loss.SPARSE_CATEGORICAL_CROSSENTROPY,
          Loss.CATEGORICAL_CROSSENTROPY,
          Loss.BINARY_CROSSENTROPY,
          Loss.MEAN_SQUARED_ERROR);

  /** What an expression must give for the elements of its operands in a column. */
  interface Formula {
    Approximate apply(Approximate[] x, int column);
  }

  /** An expression with its formula. */
  record Case(Expression expression, Formula formula) {}

  private static Approximate apply(UnaryFunction function, Approximate x) {
    return switch (function) {
      case NEGATE -> x.negate();
      case SQUARE -> x.square();
      case SQRT -> x.sqrt();
      case EXP -> x.exp();
      case LOG -> x.log();
      case TANH -> x.tanh();
      case SIGMOID -> x.sigmoid();
      case ERF -> x.erf();
    };
  }

  private static Approximate apply(BinaryFunction function, Approximate x, Approximate y) {
    return switch (function) {
      case ADD -> x.plus(y);
      case SUBTRACT -> x.minus(y);
      case MULTIPLY -> x.times(y);
      case DIVIDE -> x.over(y);
      case POWER -> x.pow(y);
      case MAXIMUM -> x.max(y);
      case MINIMUM -> x.min(y);
      case GREATER -> x.greater(y);
      case EQUAL -> Approximate.exact(x.value() == y.value() ? 1 : 0);
    };
  }

  /**
   * Returns one case per function: unary ones of x0, binary ones of x0 and x1, select and column.
   */
  private static Map<String, Case> functions() {
    Map<String, Case> cases = new LinkedHashMap<>();
    for (UnaryFunction f : UnaryFunction.values()) {
      cases.put(f.name(), new Case(input(0).apply(f), (x, column) -> apply(f, x[0])));
    }
    for (BinaryFunction f : BinaryFunction.values()) {
      if (f != BinaryFunction.POWER) {
        cases.put(
            f.name(),
            new Case(
                new Expression.Binary(f, input(0), input(1)), (x, column) -> apply(f, x[0], x[1])));
      }
    }
    cases.put(
        "SELECT",
        new Case(
            new Expression.Select(input(0).greater(input(1)), input(0), constant(-7)),
            (x, column) -> x[0].value() > x[1].value() ? x[0] : Approximate.exact(-7)));
    cases.put(
        "COLUMN", new Case(new Expression.Column(), (x, column) -> Approximate.exact(column)));
    cases.put("CONSTANT", new Case(constant(0.1), (x, column) -> Approximate.rounded(0.1)));
    return cases;
  }

  /**
   * Adds one operation per case and compares all results, with operands broadcast to the output.
   */
  private void check(OpRun run, Map<String, Case> cases, List<Value> operands, Shape shape) {
    Map<String, Value> outputs = new LinkedHashMap<>();
    cases.forEach(
        (name, each) -> {
          Value output = run.output(name + "/output", shape.rows(), shape.columns());
          outputs.put(name, output);
          run.op(new Op.Elementwise(name, each.expression(), operands, output));
        });
    run.run(shape.rows());
    for (int replica = 0; replica < run.replicas(); replica++) {
      for (Map.Entry<String, Case> each : cases.entrySet()) {
        Approximate[][] expected = new Approximate[shape.rows()][shape.columns()];
        for (int row = 0; row < shape.rows(); row++) {
          for (int column = 0; column < shape.columns(); column++) {
            Approximate[] x = new Approximate[operands.size()];
            for (int i = 0; i < x.length; i++) {
              x[i] = broadcast(run.in(operands.get(i), replica), row, column);
            }
            expected[row][column] = each.getValue().formula().apply(x, column);
          }
        }
        run.check(outputs.get(each.getKey()), replica, expected);
      }
    }
  }

  private static Approximate broadcast(double[][] values, int row, int column) {
    double[] line = values[values.length == 1 ? 0 : row];
    return Approximate.exact(line[line.length == 1 ? 0 : column]);
  }

  @ParameterizedTest(name = "[{0}, {1}], {2} replicas")
  @CsvSource({"1, 1, 1", "3, 31, 3", "33, 129, 1", "1, 1000, 3", "127, 32, 3", "1000, 3, 1"})
  default void elementwise_everyFunction_matchesOracle(int rows, int columns, int replicas) {
    long seed = 300L * rows + columns;
    OpRun run = opRun(replicas, seed);
    Samples samples = new Samples(seed);
    Value x = run.input("x", () -> samples.normal(rows, columns, 4));
    Value y = run.input("y", () -> samples.normal(rows, columns, 4));
    check(run, functions(), List.of(x, y), new Shape(rows, columns));
  }

  @ParameterizedTest(name = "[{0}, {1}] and [{2}, {3}], {4} replicas")
  @CsvSource({
    "33, 31, 33, 1, 3",
    "33, 31, 1, 31, 3",
    "33, 31, 1, 1, 3",
    "33, 1, 1, 31, 1",
    "1, 1, 33, 31, 1",
    "1, 1, 1, 1, 3"
  })
  default void elementwise_broadcastOperands_repeatAlongAxesOfLengthOne(
      int rows0, int columns0, int rows1, int columns1, int replicas) {
    OpRun run = opRun(replicas, 9);
    Samples samples = new Samples(9);
    Value x = run.input("x", () -> samples.normal(rows0, columns0));
    Value y = run.input("y", () -> samples.normal(rows1, columns1));
    check(run, functions(), List.of(x, y), new Shape(33, 31));
  }

  @Test
  default void elementwise_specialNumbers_followIeee754() {
    OpRun run = opRun(1, 10);
    double[] numbers = {
      0,
      -0.0,
      1,
      -1,
      100,
      -100,
      1e-30,
      1e30,
      Double.NaN,
      Double.POSITIVE_INFINITY,
      Double.NEGATIVE_INFINITY
    };
    double[][] column = new double[numbers.length][1];
    for (int i = 0; i < numbers.length; i++) {
      column[i][0] = numbers[i];
    }
    Value x = run.input("x", () -> column);
    Value y = run.input("y", () -> new double[][] {numbers});
    check(run, functions(), List.of(x, y), new Shape(numbers.length, numbers.length));
  }

  @Test
  default void elementwise_power_matchesOracle() {
    OpRun run = opRun(3, 11);
    Samples samples = new Samples(11);
    Value x = run.input("x", () -> samples.uniform(33, 31, 0.01, 3));
    Value y = run.input("y", () -> samples.normal(33, 31, 3));
    Case power =
        new Case(
            new Expression.Binary(BinaryFunction.POWER, input(0), input(1)),
            (z, column) -> z[0].pow(z[1]));
    check(run, Map.of("POWER", power), List.of(x, y), new Shape(33, 31));
  }

  @Test
  default void elementwise_selectWithNanInTheOtherBranch_doesNotLeak() {
    OpRun run = opRun(1, 12);
    Value x = run.input("x", () -> new double[][] {{-1, 0, 2, Double.NaN, -3}});
    Value choice = run.input("choice", () -> new double[][] {{0, 0, 5, 1, 0}});
    Expression log = input(0).apply(UnaryFunction.LOG);
    Expression quotient = constant(1).over(input(0));
    Map<String, Case> cases = new LinkedHashMap<>();
    cases.put(
        "then",
        new Case(
            new Expression.Select(input(1), log, constant(3)),
            (v, column) -> v[1].value() != 0 ? v[0].log() : Approximate.exact(3)));
    cases.put(
        "otherwise",
        new Case(
            new Expression.Select(input(0).greater(constant(0)), constant(3), quotient),
            (v, column) ->
                v[0].value() > 0 ? Approximate.exact(3) : Approximate.exact(1).over(v[0])));
    cases.put(
        "nested",
        new Case(
            new Expression.Select(
                input(1).equalTo(constant(0)),
                new Expression.Select(input(0).greater(constant(0)), log, constant(4)),
                constant(5)),
            (v, column) ->
                Approximate.exact(v[1].value() != 0 ? 5 : v[0].value() > 0 ? Double.NaN : 4)));
    check(run, cases, List.of(x, choice), new Shape(1, 5));
  }

  @Test
  default void elementwise_column_makesOneHotRows() {
    OpRun run = opRun(3, 13);
    Samples samples = new Samples(13);
    Value labels = run.input("labels", () -> samples.indices(33, 1, 10));
    Case oneHot =
        new Case(
            new Expression.Column().equalTo(input(0)),
            (x, column) -> Approximate.exact(x[0].value() == column ? 1 : 0));
    check(run, Map.of("one-hot", oneHot), List.of(labels), new Shape(33, 10));
  }

  @Test
  default void elementwise_manyOperandsAndRepeatedOnes_areToldApart() {
    OpRun run = opRun(3, 14);
    Samples samples = new Samples(14);
    List<Value> operands = new ArrayList<>();
    Expression sum = constant(0);
    for (int i = 0; i < 6; i++) {
      operands.add(run.input("operand" + i, () -> samples.normal(32, 33)));
      sum = sum.plus(input(i).times(i + 1.0));
    }
    operands.add(operands.get(0)); // the same value twice
    Case weighted =
        new Case(
            sum.minus(input(6)),
            (x, column) -> {
              Approximate result = Approximate.exact(0);
              for (int i = 0; i < 6; i++) {
                result = result.plus(x[i].times(Approximate.exact(i + 1)));
              }
              return result.minus(x[0]);
            });
    check(run, Map.of("weighted", weighted), operands, new Shape(32, 33));
  }

  @Test
  default void elementwise_activationsAndDerivatives_matchFormulas() {
    OpRun run = opRun(3, 15);
    Samples samples = new Samples(15);
    Value z = run.input("z", () -> samples.normal(31, 33, 3));
    Value a = run.input("a", () -> samples.uniform(31, 33, -1, 1));
    Map<String, Case> cases = new LinkedHashMap<>();
    for (ActivationFunction f : ActivationFunction.values()) {
      if (f.isElementwise()) {
        cases.put(f + "", new Case(f.forward(), (x, column) -> Oracle.activate(f, x[0])));
        Expression derivative = f.derivative().substitute(input(1), input(0));
        cases.put(f + "'", new Case(derivative, (x, column) -> Oracle.derivative(f, x[1], x[0])));
      }
    }
    check(run, cases, List.of(z, a), new Shape(31, 33));
  }

  @Test
  default void elementwise_lossesAndDerivatives_matchFormulas() {
    OpRun run = opRun(1, 16);
    Samples samples = new Samples(16);
    Value p =
        run.input(
            "p",
            () -> {
              double[][] values = samples.uniform(31, 33, 0.001, 0.999);
              values[3][0] = 0; // clipped
              values[4][0] = 1;
              return values;
            });
    Value y = run.input("y", () -> samples.indices(31, 33, 2));
    Map<String, Case> cases = new LinkedHashMap<>();
    for (Loss loss : LOSSES) {
      cases.put(
          loss.name(), new Case(LossPrograms.element(loss), (x, column) -> lossElement(loss, x)));
      cases.put(
          loss.name() + "'",
          new Case(LossPrograms.derivative(loss), (x, column) -> lossDerivative(loss, x)));
    }
    check(run, cases, List.of(p, y), new Shape(31, 33));
  }

  private static Approximate lossElement(Loss loss, Approximate[] x) {
    if (loss.equals(Loss.MEAN_SQUARED_ERROR)) {
      return x[0].minus(x[1]).square();
    }
    Approximate p = x[0].max(Approximate.rounded(1e-7)).min(Approximate.rounded(1 - 1e-7));
    Approximate one = Approximate.exact(1);
    return loss.equals(Loss.BINARY_CROSSENTROPY)
        ? x[1].times(p.log()).plus(one.minus(x[1]).times(one.minus(p).log())).negate()
        : x[1].times(p.log()).negate();
  }

  private static Approximate lossDerivative(Loss loss, Approximate[] x) {
    Approximate p = x[0];
    Approximate one = Approximate.exact(1);
    if (loss.equals(Loss.MEAN_SQUARED_ERROR)) {
      return p.minus(x[1]).times(Approximate.exact(2));
    }
    if (p.value() < 1e-7 || p.value() > 1 - 1e-7) {
      return Approximate.exact(0);
    }
    return loss.equals(Loss.BINARY_CROSSENTROPY)
        ? p.minus(x[1]).over(p.times(one.minus(p)))
        : x[1].over(p).negate();
  }
}
