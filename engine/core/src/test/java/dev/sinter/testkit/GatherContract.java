package dev.sinter.testkit;

import static dev.sinter.testkit.ProgramFixture.temporary;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.data.Tensor;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Gather: types, scale, labels, orders, first rows and chunks. */
interface GatherContract extends ContractTheme {
  /** A dataset of N samples with the settings of its gather. */
  record Plan(long seed, Tensor x, Tensor y, float scale, float offset, int batch, int replicas) {}

  private static Plan plan(
      long seed, String type, int[] shape, int labels, float scale, int batch, int replicas) {
    Samples samples = new Samples(seed);
    int size = Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    Tensor x =
        type.equals("uint8")
            ? Tensor.ofBytes(samples.bytes(size), shape)
            : Tensor.of(samples.floats(size), shape);
    int rows = shape[0];
    Tensor y =
        switch (labels) {
          case 0 -> null;
          case 1 -> Tensor.of(Samples.flatten(samples.indices(1, rows, 10)), rows);
          default -> Tensor.of(samples.floats(rows * labels), rows, labels);
        };
    return new Plan(seed, x, y, scale, scale == 1 ? 0 : -0.3f, batch, replicas);
  }

  @ParameterizedTest(name = "{0} [{1}, {2}], {3} label columns, scale {4}, batch {5} x {6}")
  @CsvSource({
    "uint8, 40, 784, 1, 1, 32, 1",
    "uint8, 40, 784, 1, 0.003921569, 33, 3",
    "uint8, 1, 1, 0, 0.003921569, 1, 1",
    "uint8, 131, 31, 10, 2.5, 3, 3",
    "float32, 40, 33, 1, 1, 127, 3",
    "float32, 200, 129, 10, 1, 128, 1",
    "float32, 3, 1000, 0, 0.5, 31, 3",
    "float32, 1000, 3, 3, -1.7, 129, 1"
  })
  default void gather_anyTypeScaleAndLabels_yieldsTheRowsOfTheOrder(
      String type, int rows, int features, int labels, float scale, int batch, int replicas) {
    checkGather(
        plan(17L * rows + batch, type, new int[] {rows, features}, labels, scale, batch, replicas),
        features);
  }

  @Test
  default void gather_imagesAndByteLabels_areFlattened() {
    Samples samples = new Samples(18);
    Tensor images = Tensor.ofBytes(samples.bytes(50 * 5 * 7), 50, 5, 7);
    Tensor labels = Tensor.ofBytes(samples.bytes(50), 50);
    checkGather(new Plan(18, images, labels, 1 / 255f, 0, 8, 1), 35);
  }

  /**
   * Runs steps 1 and 2, then 0, of a shuffled order with repetitions; each replica has its own
   * order.
   */
  private void checkGather(Plan plan, int features) {
    int labelColumns = plan.y == null ? 0 : plan.y.rowSize();
    Value x = temporary("x", plan.batch, features);
    Value y = plan.y == null ? null : temporary("y", plan.batch, labelColumns);
    State state =
        new State(plan.replicas, List.of(ProgramFixture.parameter("unused", 1, 1)), List.of());
    ProgramFixture fixture = new ProgramFixture(state, plan.batch).ops(new Op.Gather("g", x, y));
    fixture.results(x);
    if (y != null) {
      fixture.results(y);
    }
    Program program = fixture.build("gather[" + plan.batch + "]");
    int length = 3 * plan.batch + 2; // the last two rows are never reached
    int[] order = new Samples(plan.seed + 1).order(plan.replicas * length, plan.x.dimension(0));
    try (Session session = backend().open(state);
        Resident data = session.upload(plan.x, plan.y, plan.scale, plan.offset)) {
      Executable executable = session.prepare(List.of(program)).get(0);
      Feed feed = new Feed(data, order);
      double[] rates = new double[plan.replicas];
      float[] results = new float[2 * program.resultSize()];
      executable.run(feed, new Chunk(plan.batch + 1, 2, 0, rates), results);
      checkStep(plan, order, plan.batch + 1, results, 0);
      checkStep(plan, order, 2 * plan.batch + 1, results, program.resultSize());
      executable.run(feed, new Chunk(0, 1, 0, rates), results);
      checkStep(plan, order, 0, results, 0);
    }
  }

  private static void checkStep(Plan plan, int[] order, int firstRow, float[] results, int from) {
    int at = from;
    int length = order.length / plan.replicas;
    for (int replica = 0; replica < plan.replicas; replica++) {
      int first = replica * length + firstRow;
      int[] rows = Arrays.copyOfRange(order, first, first + plan.batch);
      float[] actual = Arrays.copyOfRange(results, at, at + plan.batch * plan.x.rowSize());
      OpRun.check(
          "x, replica " + replica + ", first row " + firstRow,
          plan.seed,
          actual,
          scaledRows(plan, rows));
      at += actual.length;
    }
    for (int replica = 0; replica < plan.replicas && plan.y != null; replica++) {
      int columns = plan.y.rowSize();
      for (int i = 0; i < plan.batch; i++) {
        int row = order[replica * length + firstRow + i];
        for (int column = 0; column < columns; column++) {
          assertThat(results[at++])
              .as("y, replica %d, row %d, column %d, seed %d", replica, i, column, plan.seed)
              .isEqualTo(plan.y.get(row * columns + column));
        }
      }
    }
  }

  private static Approximate[][] scaledRows(Plan plan, int[] rows) {
    int features = plan.x.rowSize();
    Approximate[][] expected = new Approximate[rows.length][features];
    for (int i = 0; i < rows.length; i++) {
      for (int column = 0; column < features; column++) {
        Approximate value = Approximate.exact(plan.x.get(rows[i] * features + column));
        expected[i][column] =
            plan.scale == 1 && plan.offset == 0
                ? value
                : value.times(Approximate.exact(plan.scale)).plus(Approximate.exact(plan.offset));
      }
    }
    return expected;
  }
}
