package dev.sinter.testkit;

import static dev.sinter.testkit.ProgramFixture.temporary;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.data.Tensor;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole training steps: chunks, repetition, and how results are packed. */
interface ChunkContract extends ContractTheme {
  /** Results and final state of a run. */
  record Outcome(float[] results, float[] state) {}

  private Outcome train(SmallNetwork network, int batch, int... chunks) {
    int steps = Arrays.stream(chunks).sum();
    try (Session session = backend().open(network.state());
        Resident data = network.upload(session)) {
      session.write(0, network.initialState());
      Executable executable = session.prepare(List.of(network.train(batch))).get(0);
      Feed feed = new Feed(data, network.order(steps * batch + 5));
      float[] results = new float[steps * executable.program().resultSize()];
      int done = 0;
      for (int chunk : chunks) {
        float[] part = network.run(executable, feed, done, chunk);
        System.arraycopy(part, 0, results, done * executable.program().resultSize(), part.length);
        done += chunk;
      }
      return new Outcome(results, network.read(session));
    }
  }

  private static void checkSame(String what, Outcome actual, Outcome expected) {
    assertThat(actual.results()).as("results, %s", what).isEqualTo(expected.results());
    assertThat(actual.state()).as("state, %s", what).isEqualTo(expected.state());
  }

  @ParameterizedTest(name = "{0}, batch {1}, {2} replicas")
  @CsvSource({"sgd, 32, 1", "adam, 33, 3", "rmsprop, 3, 1", "nesterov, 128, 3", "adamw, 1, 1"})
  default void train_cutIntoChunks_givesTheSameBits(String optimizer, int batch, int replicas) {
    SmallNetwork network = new SmallNetwork(replicas, Optimizer.of(optimizer), 41);
    Outcome whole = train(network, batch, 6);
    checkSame("6 chunks of 1 step", train(network, batch, 1, 1, 1, 1, 1, 1), whole);
    checkSame("chunks of 2 and 4", train(network, batch, 2, 4), whole);
    checkSame("chunks of 5 and 1", train(network, batch, 5, 1), whole);
    assertThat(whole.results()).as("results, seed 41").doesNotContain(Float.NaN);
  }

  @ParameterizedTest(name = "batch {0}, {1} replicas")
  @CsvSource({"128, 1", "31, 3"})
  default void train_sameRunTwice_givesTheSameBits(int batch, int replicas) {
    SmallNetwork network = new SmallNetwork(replicas, Optimizer.of("rmsprop"), 42);
    checkSame("second run", train(network, batch, 10), train(network, batch, 10));
  }

  /** A backend that captures or unrolls steps must support any chunk length. */
  @Test
  default void train_longChunk_givesTheSameBitsAsParts() {
    SmallNetwork network = new SmallNetwork(1, Optimizer.of("adam"), 43);
    checkSame("chunks of 100, 37 and 64", train(network, 3, 100, 37, 64), train(network, 3, 201));
  }

  @Test
  default void train_manySteps_learns() {
    SmallNetwork network = new SmallNetwork(1, Optimizer.of("adam"), 44);
    float[] results = train(network, 100, 200).results();
    assertThat(results[2 * 199]).as("last loss, seed 44").isLessThan(0.5f * results[0]);
  }

  @Test
  default void results_severalValuesAndReplicas_arePackedByStepThenValueThenReplica() {
    int batch = 3;
    int replicas = 3;
    State state = new State(replicas, List.of(ProgramFixture.parameter("unused", 1, 1)), List.of());
    Value x = temporary("x", batch, 5);
    Value y = temporary("y", batch, 1);
    Value largest = temporary("largest", 1, 1);
    Program program =
        new ProgramFixture(state, batch)
            .ops(
                new Op.Gather("gather", x, y),
                new Op.Reduce("largest", Op.Reduction.MAXIMUM, y, largest))
            .results(largest, x, y)
            .build("packing");
    float[] rows = new float[20 * 5];
    float[] labels = new float[20];
    for (int i = 0; i < 20; i++) {
      labels[i] = i;
      Arrays.fill(rows, 5 * i, 5 * i + 5, 100 + i);
    }
    int[] order = new Samples(45).order(replicas * 2 * batch, 20);
    float[] results = new float[2 * program.resultSize() + 4];
    Arrays.fill(results, -1);
    try (Session session = backend().open(state);
        Resident data = session.upload(Tensor.of(rows, 20, 5), Tensor.of(labels, 20), 1, 0)) {
      Executable executable = session.prepare(List.of(program)).get(0);
      executable.run(new Feed(data, order), new Chunk(0, 2, 0, new double[replicas]), results);
    }
    assertThat(results).as("packed results, seed 45").isEqualTo(packed(order, results.length));
  }

  /** What {@link #results_severalValuesAndReplicas_arePackedByStepThenValueThenReplica} expects. */
  private static float[] packed(int[] order, int length) {
    float[] expected = new float[length];
    Arrays.fill(expected, -1); // the rest must stay unchanged
    int at = 0;
    for (int step = 0; step < 2; step++) {
      for (int replica = 0; replica < 3; replica++) {
        int from = 6 * replica + 3 * step;
        expected[at++] = Arrays.stream(order, from, from + 3).max().orElseThrow();
      }
      for (int repeat : new int[] {5, 1}) {
        for (int replica = 0; replica < 3; replica++) {
          for (int row = 0; row < 3; row++) {
            for (int column = 0; column < repeat; column++) {
              expected[at++] = order[6 * replica + 3 * step + row] + (repeat == 5 ? 100 : 0);
            }
          }
        }
      }
    }
    return expected;
  }

  @Test
  default void dense_outputThatFeedsTheNextOne_isReadInOrder() {
    OpRun run = opRun(3, 46);
    Samples samples = new Samples(46);
    Value x = run.input("x", () -> samples.normal(33, 31));
    Value w = run.input("w", () -> samples.normal(31, 31, 0.2));
    Value first = run.output("first", 33, 31);
    Value second = run.output("second", 33, 31);
    run.op(new Op.Dense("first layer", x, w, null, ActivationFunction.TANH, first));
    run.op(new Op.Dense("second layer", first, w, null, ActivationFunction.TANH, second));
    run.run(33);
    for (int replica = 0; replica < 3; replica++) {
      float[] flat = run.out(first, replica);
      double[][] hidden = new double[33][31];
      for (int i = 0; i < flat.length; i++) {
        hidden[i / 31][i % 31] = flat[i];
      }
      Approximate[][] expected =
          oracle().dense(hidden, run.in(w, replica), null, ActivationFunction.TANH);
      run.check(second, replica, expected);
    }
  }
}
