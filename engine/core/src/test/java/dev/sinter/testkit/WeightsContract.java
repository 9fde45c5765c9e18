package dev.sinter.testkit;

import static dev.sinter.testkit.ProgramFixture.temporary;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.data.Tensor;
import dev.sinter.program.Op;
import dev.sinter.program.Op.Accuracy;
import dev.sinter.program.Op.CrossEntropyKind;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Sample weights, and batches with fewer than B samples: Gather, CrossEntropy, CountCorrect. */
interface WeightsContract extends ContractTheme {
  /** Every third entry of the order has no sample. */
  @ParameterizedTest(name = "{0} [{1}], weights {2}, batch {3} x {4}, {5} values")
  @CsvSource({
    "uint8, 784, true, 33, 1, 4",
    "uint8, 31, false, 3, 3, 4",
    "float32, 33, true, 32, 3, 4",
    "float32, 1, false, 128, 1, 4",
    "uint8, 12, true, 1, 1, 4",
    "float32, 5, true, 1, 3, 4",
    "uint8, 784, false, 32, 1, 2",
    "float32, 33, false, 5, 2, 2",
    "float32, 7, true, 9, 1, 1"
  })
  default void gather_weightsAndGaps_yieldsWeightsCountAndZeros(
      String type, int features, boolean weighted, int batch, int replicas, int gathered) {
    int rows = 50;
    long seed = 900L * batch + features;
    Samples samples = new Samples(seed);
    Tensor x =
        type.equals("uint8")
            ? Tensor.ofBytes(samples.bytes(rows * features), rows, features)
            : Tensor.of(samples.floats(rows * features), rows, features);
    Tensor y = Tensor.of(samples.floats(rows * 2), rows, 2);
    Tensor weights = weighted ? Tensor.of(samples.floats(rows), rows) : null;
    Value[] all = {
      temporary("x", batch, features),
      temporary("y", batch, 2),
      temporary("weight", batch, 1),
      temporary("count", 1, 1)
    };
    Value[] values = Arrays.copyOf(all, gathered);
    Value[] wanted = Arrays.copyOf(values, all.length); // null if not wanted
    State state = new State(replicas, List.of(ProgramFixture.parameter("p", 1, 1)), List.of());
    Program program =
        new ProgramFixture(state, batch)
            .ops(new Op.Gather("g", wanted[0], wanted[1], wanted[2], wanted[3]))
            .results(values)
            .build("gather");
    int[] order = samples.order(replicas * 2 * batch, rows);
    for (int i = 2; i < order.length; i += 3) {
      order[i] = -1;
    }
    float[] results = new float[2 * program.resultSize()];
    try (Session session = backend().open(state);
        Resident data = session.upload(x, y, weights, 0.5f, -0.25f)) {
      session
          .prepare(List.of(program))
          .get(0)
          .run(new Feed(data, order), new Chunk(0, 2, 0, new double[replicas]), results);
    }
    int at = 0;
    for (int step = 0; step < 2; step++) {
      for (Value value : values) {
        for (int replica = 0; replica < replicas; replica++) {
          int from = replica * 2 * batch + step * batch;
          for (int i = 0; i < value.shape().size(); i++) {
            int source = order[from + i / value.shape().columns()];
            int column = i % value.shape().columns();
            float expected =
                switch (value.name()) {
                  case "x" -> source < 0 ? 0 : x.get(source * features + column) * 0.5f - 0.25f;
                  case "y" -> source < 0 ? 0 : y.get(source * 2 + column);
                  case "weight" -> source < 0 ? 0 : weighted ? weights.get(source) : 1;
                  default -> count(order, from, batch);
                };
            assertThat(results[at++])
                .as("%s, step %d, replica %d, element %d", value, step, replica, i)
                .isEqualTo(expected);
          }
        }
      }
    }
  }

  private static float count(int[] order, int from, int batch) {
    int count = 0;
    for (int i = from; i < from + batch; i++) {
      count += order[i] >= 0 ? 1 : 0;
    }
    return Math.max(1, count);
  }

  @ParameterizedTest(name = "{0} [{1}, {2}], {3} replicas")
  @CsvSource({
    "SOFTMAX_SPARSE, 33, 10, 3",
    "SOFTMAX_SPARSE, 129, 3, 1",
    "SOFTMAX, 31, 33, 1",
    "SOFTMAX, 1, 3, 3",
    "SIGMOID, 127, 1, 3",
    "SIGMOID, 32, 10, 1"
  })
  default void crossEntropy_weighted_matchesOracle(
      CrossEntropyKind kind, int batch, int columns, int replicas) {
    long seed = 950L * batch + columns;
    OpRun run = opRun(replicas, seed);
    Samples samples = new Samples(seed);
    Accuracy accuracy =
        switch (kind) {
          case SOFTMAX_SPARSE -> Accuracy.SPARSE_CATEGORICAL;
          case SOFTMAX -> Accuracy.CATEGORICAL;
          case SIGMOID -> Accuracy.BINARY;
        };
    Value z = run.input("z", () -> samples.normal(batch, columns, 3));
    Value y =
        run.input(
            "y",
            () ->
                switch (kind) {
                  case SOFTMAX_SPARSE -> samples.indices(batch, 1, columns);
                  case SOFTMAX -> samples.oneHot(batch, columns);
                  case SIGMOID -> samples.indices(batch, columns, 2);
                });
    Value weight = run.input("weight", () -> weights(samples, batch));
    Value count = run.input("count", () -> new double[][] {{batch - batch / 3}});
    Value dz = run.output("dz", batch, columns);
    Value loss = run.output("loss", 1, 1);
    Value correct = run.output("correct", 1, 1);
    Value counted = run.output("counted", 1, 1);
    Value alone = run.output("alone", 1, 1);
    run.op(new Op.CrossEntropy("loss", kind, z, y, weight, count, dz, loss, accuracy, correct));
    run.op(new Op.CountCorrect("count", accuracy, z, y, weight, 0, counted));
    run.op(new Op.CrossEntropy("alone", kind, z, y, weight, count, null, alone, null, null));
    run.run(batch);
    for (int replica = 0; replica < replicas; replica++) {
      Approximate[][] expected = new Approximate[batch][columns];
      Approximate[] right = new Approximate[batch];
      Approximate[] losses = new Approximate[batch];
      Approximate samplesInBatch = Approximate.exact(run.in(count, replica)[0][0]);
      for (int row = 0; row < batch; row++) {
        double[][] zRow = {run.in(z, replica)[row]};
        double[][] yRow = {run.in(y, replica)[row]};
        Approximate share = Approximate.exact(run.in(weight, replica)[row][0]);
        Oracle.CrossEntropyResult one = Oracle.crossEntropy(kind, zRow, yRow);
        losses[row] = one.loss().times(share);
        right[row] = Oracle.countCorrect(accuracy, zRow, yRow, 0).times(share);
        for (int column = 0; column < columns; column++) {
          expected[row][column] = one.dz()[0][column].times(share).over(samplesInBatch);
        }
      }
      run.check(dz, replica, expected);
      Approximate[][] total = {{Oracle.sum(losses)}};
      run.check(loss, replica, total);
      run.check(alone, replica, total);
      run.check(correct, replica, new Approximate[][] {{Oracle.sum(right)}});
      run.check(counted, replica, new Approximate[][] {{Oracle.sum(right)}});
    }
  }

  /** Returns positive weights and some zeros. */
  private static double[][] weights(Samples samples, int batch) {
    double[][] weights = samples.uniform(batch, 1, 0.25, 3);
    for (int row = 0; row < batch; row += 4) {
      weights[row][0] = row == 0 ? 1 : 0;
    }
    return weights;
  }
}
