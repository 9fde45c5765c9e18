package dev.sinter.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.data.Tensor;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.Program;
import dev.sinter.program.Value;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sessions: state, programs on shared state, and closing. */
interface SessionContract extends ContractTheme {
  /** The network that these tests train. */
  private static SmallNetwork network(int replicas) {
    return new SmallNetwork(replicas, Optimizer.of("adam"), 51);
  }

  @Test
  default void backend_opened_saysWhatItIs() {
    assertThat(backend().name()).isNotBlank();
    assertThat(backend().device()).isNotBlank();
    assertThat(backend().threads()).isPositive();
    assertThat(backend().precision()).isNotNull();
  }

  @Test
  default void state_newSession_isAllZero() {
    SmallNetwork network = network(3);
    try (Session session = backend().open(network.state())) {
      assertThat(network.read(session)).containsOnly(0f);
    }
  }

  @Test
  default void state_writtenAndReadAtOffsets_keepsEveryBit() {
    SmallNetwork network = network(3);
    int size = network.state().size();
    float[] values = new Samples(52).floats(size);
    values[0] = Float.NaN;
    values[1] = -0f;
    values[2] = Float.MIN_VALUE;
    values[3] = Float.NEGATIVE_INFINITY;
    try (Session session = backend().open(network.state())) {
      session.write(0, values);
      float[] part = {1, 2, 3};
      session.write(5, part);
      session.write(size - 3, part);
      session.write(77, new float[0]);
      System.arraycopy(part, 0, values, 5, 3);
      System.arraycopy(part, 0, values, size - 3, 3);
      assertThat(network.read(session)).isEqualTo(values);
      float[] middle = new float[65];
      session.read(63, middle);
      assertThat(middle).isEqualTo(Arrays.copyOfRange(values, 63, 128));
      float[] last = new float[1];
      session.read(size - 1, last);
      assertThat(last).containsExactly(3);
      part[0] = 9; // a session must not keep the array of the caller
      assertThat(network.read(session)).isEqualTo(values);
    }
  }

  @Test
  default void evaluate_anyBatchSize_leavesTheStateAlone() {
    SmallNetwork network = network(3);
    try (Session session = backend().open(network.state());
        Resident data = network.upload(session)) {
      session.write(0, network.initialState());
      List<Executable> executables =
          session.prepare(List.of(network.evaluate(129), network.evaluate(1)));
      Feed feed = new Feed(data, network.order(300));
      executables.forEach(executable -> network.run(executable, feed, 0, 2));
      assertThat(network.read(session)).isEqualTo(network.initialState());
    }
  }

  @Test
  default void executable_asked_returnsItsProgramInOrder() {
    SmallNetwork network = network(1);
    List<Program> programs = List.of(network.train(32), network.train(17), network.evaluate(128));
    try (Session session = backend().open(network.state())) {
      assertThat(session.prepare(programs).stream().map(Executable::program).toList())
          .isEqualTo(programs);
    }
  }

  /** Trains 3 full batches and the partial one, as an epoch does, and returns the state. */
  private float[] epoch(SmallNetwork network, boolean prepareEachTime) {
    try (Session session = backend().open(network.state());
        Resident data = network.upload(session)) {
      session.write(0, network.initialState());
      Feed feed = new Feed(data, network.order(3 * 32 + 17));
      List<Program> programs = List.of(network.train(32), network.train(17), network.evaluate(129));
      List<Executable> executables = session.prepare(programs);
      for (int step = 0; step < 3; step++) {
        network.run(executables.get(0), feed, step, 1);
        if (prepareEachTime) {
          executables = session.prepare(programs);
          network.run(executables.get(2), new Feed(data, network.order(129)), 0, 1);
        }
      }
      float[] results = new float[executables.get(1).program().resultSize()];
      executables.get(1).run(feed, new Chunk(96, 1, 3, network.learningRates()), results);
      assertThat(results).as("results of the partial batch").doesNotContain(Float.NaN);
      return network.read(session);
    }
  }

  @Test
  default void prepare_manyTimesAndProgramsInBetween_changesNothing() {
    SmallNetwork network = network(3);
    assertThat(epoch(network, true)).as("state, seed 51").isEqualTo(epoch(network, false));
  }

  @Test
  default void partialBatch_sharedState_continuesWhereTheFullOnesStopped() {
    SmallNetwork network = network(1);
    float[] afterEpoch = epoch(network, false);
    // The same by hand: the state goes through the host into a new session.
    float[] between;
    try (Session session = backend().open(network.state());
        Resident data = network.upload(session)) {
      session.write(0, network.initialState());
      Feed feed = new Feed(data, network.order(3 * 32 + 17));
      network.run(session.prepare(List.of(network.train(32))).get(0), feed, 0, 3);
      between = network.read(session);
    }
    try (Session session = backend().open(network.state());
        Resident data = network.upload(session)) {
      session.write(0, between);
      Executable partial = session.prepare(List.of(network.train(17))).get(0);
      partial.run(
          new Feed(data, network.order(3 * 32 + 17)),
          new Chunk(96, 1, 3, network.learningRates()),
          new float[partial.program().resultSize()]);
      assertThat(network.read(session)).as("state, seed 51").isEqualTo(afterEpoch);
    }
  }

  @Test
  default void sessions_twoAtOnce_doNotInterfere() {
    SmallNetwork network = network(1);
    SmallNetwork other = new SmallNetwork(3, Optimizer.of("sgd"), 53);
    float[] alone = trainAlone(network);
    float[] otherAlone = trainAlone(other);
    try (Session session = backend().open(network.state());
        Session otherSession = backend().open(other.state());
        Resident data = network.upload(session);
        Resident otherData = other.upload(otherSession)) {
      session.write(0, network.initialState());
      otherSession.write(0, other.initialState());
      Executable executable = session.prepare(List.of(network.train(32))).get(0);
      Executable otherExecutable = otherSession.prepare(List.of(other.train(32))).get(0);
      for (int step = 0; step < 4; step++) {
        network.run(executable, new Feed(data, network.order(128)), step, 1);
        other.run(otherExecutable, new Feed(otherData, other.order(128)), step, 1);
      }
      assertThat(network.read(session)).as("state, seed 51").isEqualTo(alone);
      assertThat(other.read(otherSession)).as("state, seed 53").isEqualTo(otherAlone);
    }
  }

  private float[] trainAlone(SmallNetwork network) {
    try (Session session = backend().open(network.state());
        Resident data = network.upload(session)) {
      session.write(0, network.initialState());
      Executable executable = session.prepare(List.of(network.train(32))).get(0);
      network.run(executable, new Feed(data, network.order(128)), 0, 4);
      return network.read(session);
    }
  }

  /** Training data and test data are resident at the same time; either may be closed first. */
  @Test
  default void residents_two_areToldApartAndClosedInAnyOrder() {
    SmallNetwork network = network(1);
    SmallNetwork other = new SmallNetwork(1, Optimizer.of("adam"), 54);
    try (Session session = backend().open(network.state())) {
      session.write(0, network.initialState());
      Executable executable = session.prepare(List.of(network.evaluate(33))).get(0);
      int[] order = network.order(33);
      Resident first = network.upload(session);
      float[] expected = network.run(executable, new Feed(first, order), 0, 1);
      Resident second = other.upload(session);
      float[] different = network.run(executable, new Feed(second, order), 0, 1);
      assertThat(different).as("results on other samples").isNotEqualTo(expected);
      assertThat(network.run(executable, new Feed(first, order), 0, 1)).isEqualTo(expected);
      first.close();
      assertThat(network.run(executable, new Feed(second, order), 0, 1)).isEqualTo(different);
      second.close();
    }
  }

  /** A new order is read in each epoch, even if it is in the same array. */
  @Test
  default void feed_orderChangedBetweenRuns_isReadAnew() {
    SmallNetwork network = network(1);
    try (Session session = backend().open(network.state());
        Resident data = network.upload(session)) {
      session.write(0, network.initialState());
      Executable executable = session.prepare(List.of(network.evaluate(33))).get(0);
      int[] order = network.order(33);
      float[] before = network.run(executable, new Feed(data, order), 0, 1);
      int[] reversed = new int[33];
      Arrays.setAll(reversed, i -> (order[i] + 150) % SmallNetwork.ROWS);
      float[] changed = network.run(executable, new Feed(data, reversed), 0, 1);
      System.arraycopy(reversed, 0, order, 0, 33);
      float[] sameArray = network.run(executable, new Feed(data, order), 0, 1);
      assertThat(changed).as("results of other rows").isNotEqualTo(before);
      assertThat(sameArray).as("results of the same rows in the old array").isEqualTo(changed);
    }
  }

  /** Windows of 40 rows that take turns in the same tensors, as those of a stream do. */
  @Test
  default void borrow_windowsInTheSameTensors_trainAsAllRowsTogether() {
    SmallNetwork network = network(1);
    int window = 40;
    SmallNetwork.Data all = network.data();
    int inputs = all.x().rowSize();
    int[] inOrder = java.util.stream.IntStream.range(0, 3 * window).toArray();
    float[] expected;
    float[] results;
    try (Session session = backend().open(network.state());
        Resident data = network.upload(session)) {
      session.write(0, network.initialState());
      Executable executable = session.prepare(List.of(network.train(20))).get(0);
      results = network.run(executable, new Feed(data, inOrder), 0, 6);
      expected = network.read(session);
    }
    byte[] x = new byte[window * inputs];
    float[] y = new float[window];
    try (Session session = backend().open(network.state())) {
      session.write(0, network.initialState());
      Executable executable = session.prepare(List.of(network.train(20))).get(0);
      for (int first = 0; first < 3 * window; first += window) {
        System.arraycopy(all.x().bytes(), first * inputs, x, 0, x.length);
        System.arraycopy(all.y().floats(), first, y, 0, window);
        float[] part = new float[2 * executable.program().resultSize()];
        try (Resident data =
            network.borrow(session, Tensor.ofBytes(x, window, inputs), Tensor.of(y, window))) {
          Chunk chunk = new Chunk(0, 2, first / 20, network.learningRates());
          executable.run(new Feed(data, Arrays.copyOf(inOrder, window)), chunk, part);
        }
        int at = first / 20 * executable.program().resultSize();
        assertThat(part).isEqualTo(Arrays.copyOfRange(results, at, at + part.length));
      }
      assertThat(network.read(session)).isEqualTo(expected);
    }
  }

  @Test
  default void weights_writtenBetweenRuns_areUsedByTheNext() {
    SmallNetwork network = network(1);
    Value bias = network.state().parameters().get(3);
    try (Session session = backend().open(network.state());
        Resident data = network.upload(session)) {
      session.write(0, network.initialState());
      Executable executable = session.prepare(List.of(network.evaluate(33))).get(0);
      Feed feed = new Feed(data, network.order(33));
      float[] before = network.run(executable, feed, 0, 1);
      session.write(network.state().offsetOf(bias), new float[] {100});
      float[] after = network.run(executable, feed, 0, 1);
      assertThat(after[0]).as("loss when one class always wins").isGreaterThan(10 * before[0]);
    }
  }

  @Test
  default void close_withEverythingOpenOrAlreadyClosed_leavesTheBackendUsable() {
    SmallNetwork network = network(3);
    float[] expected = trainAlone(network);
    for (int i = 0; i < 5; i++) {
      Session session = backend().open(network.state());
      Resident data = network.upload(session);
      Executable executable = session.prepare(List.of(network.train(32))).get(0);
      network.run(executable, new Feed(data, network.order(128)), 0, 1);
      if (i % 2 == 0) {
        data.close();
      }
      session.close(); // also closes executables and resident data
    }
    assertThat(trainAlone(network)).as("state, seed 51").isEqualTo(expected);
  }
}
