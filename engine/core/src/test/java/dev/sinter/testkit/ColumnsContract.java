package dev.sinter.testkit;

import dev.sinter.program.Op;
import dev.sinter.program.Value;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Slice and concatenation: the columns of each row in another order, twice or left out. */
interface ColumnsContract extends ContractTheme {
  @ParameterizedTest(name = "[{0}, {1}] from {2}, [{0}, {3}], {4} replicas")
  @CsvSource({"1, 1, 0, 1, 1", "3, 7, 2, 5, 3", "33, 40, 37, 9, 2"})
  default void columns_keepTheirRows(int rows, int columns, int first, int others, int replicas) {
    long seed = 580L * rows + columns;
    OpRun run = opRun(replicas, seed);
    Samples samples = new Samples(seed);
    Value x = run.input("x", () -> samples.uniform(rows, columns, -2, 2));
    Value other = run.input("other", () -> samples.uniform(rows, others, -2, 2));
    Value part = run.output("part", rows, columns - first);
    Value joined = run.output("joined", rows, columns - first + others + columns);
    run.op(new Op.Slice("slice", x, first, part));
    run.op(new Op.Concatenate("concatenate", List.of(part, other, x), joined));
    run.run(rows);
    for (int replica = 0; replica < replicas; replica++) {
      double[][] sliced = new double[rows][columns - first];
      double[][] expected = new double[rows][joined.shape().columns()];
      for (int row = 0; row < rows; row++) {
        double[] given = run.in(x, replica)[row];
        System.arraycopy(given, first, sliced[row], 0, columns - first);
        System.arraycopy(given, first, expected[row], 0, columns - first);
        System.arraycopy(run.in(other, replica)[row], 0, expected[row], columns - first, others);
        System.arraycopy(given, 0, expected[row], columns - first + others, columns);
      }
      run.check(part, replica, Oracle.exact(sliced));
      run.check(joined, replica, Oracle.exact(expected));
    }
  }
}
