package dev.sinter.testkit;

import static dev.sinter.program.Expression.input;

import dev.sinter.program.Op;
import dev.sinter.program.Value;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Reshape: rows of many columns as more rows of fewer columns, and back. */
interface ReshapeContract extends ContractTheme {
  @ParameterizedTest(name = "[{0}, {1} x {2}], {3} replicas")
  @CsvSource({"1, 1, 3, 1", "3, 4, 7, 3", "33, 5, 2, 1", "7, 49, 32, 2"})
  default void reshape_keepsElementsInOrder(int rows, int blocks, int columns, int replicas) {
    long seed = 570L * rows + columns;
    OpRun run = opRun(replicas, seed);
    Samples samples = new Samples(seed);
    Value x = run.input("x", () -> samples.uniform(rows, blocks * columns, -2, 2));
    Value scale = run.input("scale", () -> samples.uniform(1, columns, 0.5, 2));
    Value images = ProgramFixture.temporary("images", rows, blocks * columns);
    Value pixels = ProgramFixture.temporary("pixels", rows * blocks, columns);
    Value scaled = ProgramFixture.temporary("scaled", rows * blocks, columns);
    Value result = run.output("result", rows, blocks * columns);
    run.op(new Op.Elementwise("doubled", input(0).times(2), List.of(x), images));
    run.op(new Op.Reshape("to pixels", images, pixels));
    run.op(new Op.Elementwise("scale", input(0).times(input(1)), List.of(pixels, scale), scaled));
    run.op(new Op.Reshape("to images", scaled, result));
    run.run(rows);
    for (int replica = 0; replica < replicas; replica++) {
      double[][] expected = new double[rows][blocks * columns];
      for (int row = 0; row < rows; row++) {
        for (int i = 0; i < blocks * columns; i++) {
          double factor = run.in(scale, replica)[0][i % columns];
          expected[row][i] = (float) (2 * run.in(x, replica)[row][i] * factor);
        }
      }
      run.check(result, replica, Oracle.exact(expected));
    }
  }
}
