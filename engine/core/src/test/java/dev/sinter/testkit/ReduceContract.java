package dev.sinter.testkit;

import dev.sinter.program.Op;
import dev.sinter.program.Op.Reduction;
import dev.sinter.program.Value;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reduce: each row, each column, and everything. */
interface ReduceContract extends ContractTheme {
  @ParameterizedTest(name = "[{0}, {1}], {2} replicas")
  @CsvSource({"1, 3, 1", "3, 31, 3", "33, 2, 1", "32, 32, 3", "128, 127, 1", "1000, 3, 3"})
  default void reduce_overRows_matchesOracle(int rows, int columns, int replicas) {
    long seed = 550L * rows + columns;
    OpRun run = opRun(replicas, seed);
    Samples samples = new Samples(seed);
    Value x = run.input("x", () -> samples.uniform(rows, columns, -3, -0.5));
    Value sum = run.output("sum", 1, columns);
    Value maximum = run.output("maximum", 1, columns);
    run.op(new Op.Reduce("sums", Reduction.SUM, x, sum));
    run.op(new Op.Reduce("maxima", Reduction.MAXIMUM, x, maximum));
    run.run(rows);
    for (int replica = 0; replica < replicas; replica++) {
      double[][] columnsFirst = new double[columns][rows];
      double[][] maxima = new double[1][columns];
      for (int column = 0; column < columns; column++) {
        for (int row = 0; row < rows; row++) {
          columnsFirst[column][row] = run.in(x, replica)[row][column];
        }
        maxima[0][column] = Oracle.maximum(columnsFirst[column]);
      }
      Approximate[][] sums = Oracle.rowSums(columnsFirst);
      Approximate[][] expected = new Approximate[1][columns];
      for (int column = 0; column < columns; column++) {
        expected[0][column] = sums[column][0];
      }
      run.check(sum, replica, expected);
      run.check(maximum, replica, Oracle.exact(maxima));
    }
  }

  @ParameterizedTest(name = "[{0}, {1}], {2} replicas")
  @CsvSource({
    "1, 1, 1",
    "3, 31, 3",
    "33, 1, 1",
    "32, 32, 3",
    "128, 127, 1",
    "1, 1000, 3",
    "1000, 3, 1",
    "129, 129, 1"
  })
  default void reduce_rowsAndAll_matchesOracle(int rows, int columns, int replicas) {
    long seed = 500L * rows + columns;
    OpRun run = opRun(replicas, seed);
    Samples samples = new Samples(seed);
    // All negative, to detect a maximum that starts at 0 or includes padding.
    Value x = run.input("x", () -> samples.uniform(rows, columns, -3, -0.5));
    Value rowSum = run.output("row sum", rows, 1);
    Value rowMaximum = run.output("row maximum", rows, 1);
    run.op(new Op.Reduce("sums", Reduction.SUM, x, rowSum));
    run.op(new Op.Reduce("maxima", Reduction.MAXIMUM, x, rowMaximum));
    Value sum = run.output("sum", 1, 1);
    Value maximum = run.output("maximum", 1, 1);
    run.op(new Op.Reduce("sum of all", Reduction.SUM, x, sum));
    run.op(new Op.Reduce("maximum of all", Reduction.MAXIMUM, x, maximum));
    run.run(rows);
    for (int replica = 0; replica < replicas; replica++) {
      double[][] values = run.in(x, replica);
      double[][] maxima = new double[rows][1];
      double[][] largest = {{Double.NEGATIVE_INFINITY}};
      for (int row = 0; row < rows; row++) {
        maxima[row][0] = Oracle.maximum(values[row]);
        largest[0][0] = Math.max(largest[0][0], maxima[row][0]);
      }
      run.check(rowSum, replica, Oracle.rowSums(values));
      run.check(sum, replica, Oracle.total(values));
      run.check(rowMaximum, replica, Oracle.exact(maxima));
      run.check(maximum, replica, Oracle.exact(largest));
    }
  }
}
