package dev.sinter.testkit;

import static dev.sinter.program.Expression.input;
import static dev.sinter.testkit.ProgramFixture.temporary;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Precision;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.compile.Features;
import dev.sinter.compile.Graph;
import dev.sinter.compile.ModelCompiler;
import dev.sinter.compile.Objective;
import dev.sinter.compile.Programs;
import dev.sinter.data.Tensor;
import dev.sinter.layers.Dense;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.Fusion;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** State beyond parameters, programs that end before the update, composite operations. */
interface StateContract extends ContractTheme {
  /** running = 0.75 running + 0.25 the column means of x, step after step. */
  @Test
  default void tracked_runningMean_isKeptBetweenStepsAndChunks() {
    int batch = 8;
    int replicas = 3;
    Value running = new Value("running", Value.Kind.TRACKED, new dev.sinter.program.Shape(1, 5));
    Value parameter = ProgramFixture.parameter("p", 3, 7);
    State state =
        new State(replicas, List.of(parameter), List.of(running), new Adam().rule().slots());
    Value x = temporary("x", batch, 5);
    Value sum = temporary("sum", 1, 5);
    Value next = temporary("next", 1, 5);
    Program program =
        new ProgramFixture(state, batch)
            .ops(
                new Op.Gather("gather", x, null),
                new Op.Reduce("sum", Op.Reduction.SUM, x, sum),
                new Op.Elementwise(
                    "next",
                    input(0).times(0.75).plus(input(1).times(0.25 / batch)),
                    List.of(running, sum),
                    next),
                new Op.Elementwise("keep", input(0), List.of(next), running))
            .results(next)
            .build("tracked");
    Samples samples = new Samples(3);
    Tensor data = Tensor.of(samples.floats(60 * 5), 60, 5);
    int[] order = samples.order(replicas * 4 * batch, 60);
    float[] received = new float[state.size()];
    float[] results = new float[3 * program.resultSize()];
    try (Session session = backend().open(state);
        Resident resident = session.upload(data, null, 1, 0)) {
      Executable executable = session.prepare(List.of(program)).get(0);
      Feed feed = new Feed(resident, order);
      executable.run(feed, new Chunk(0, 1, 0, new double[replicas]), results);
      executable.run(feed, new Chunk(batch, 3, 1, new double[replicas]), results);
      session.read(0, received);
    }
    for (int replica = 0; replica < replicas; replica++) {
      for (int column = 0; column < 5; column++) {
        double expected = 0;
        for (int step = 0; step < 4; step++) {
          double mean = 0;
          for (int i = 0; i < batch; i++) {
            int row = order[replica * 4 * batch + step * batch + i];
            mean += data.get(row * 5 + column) / (double) batch;
          }
          expected = 0.75 * expected + 0.25 * mean;
        }
        float kept = received[OpRun.start(state, running, replica) + column];
        assertThat((double) kept).isCloseTo(expected, org.assertj.core.data.Offset.offset(1e-6));
        assertThat(results[2 * program.resultSize() + replica * 5 + column]).isEqualTo(kept);
      }
    }
    int regions = state.size() - replicas * running.shape().replicaStride();
    assertThat(Arrays.copyOf(received, regions)).as("the rest").containsOnly(0);
  }

  /** Returns whether a training program adds in the order of gradients and update by themselves. */
  default boolean addsInOneOrder() {
    return true;
  }

  /**
   * Gradients, then the update, give the same bits as one program, in state and results; or the
   * same up to rounding.
   */
  @ParameterizedTest(name = "{0}, batch {1}, {2} replicas, {3} units")
  @CsvSource({
    "adam, 20, 1, 10",
    "adam, 33, 3, 10",
    "rmsprop, 128, 1, 3",
    "momentum, 300, 1, 4",
    "sgd, 7, 1, 20",
    "clipped, 8, 1, 5"
  })
  default void gradientsThenApply_anyOptimizer_isTrainToTheBit(
      String optimizer, int batch, int replicas, int units) {
    boolean clips = optimizer.equals("clipped"); // sums of squares, fused with other operations
    Assumptions.assumeTrue(
        !clips || backend().precision() == Precision.FLOAT32,
        "narrower products make differences in the last digit larger");
    Optimizer used =
        clips ? new Adam().globalClipNorm(0.1).accumulationSteps(2) : Optimizer.of(optimizer);
    Graph graph =
        Graph.path(
            Features.of(33),
            List.of("dense", "dense_1"),
            List.of(new Dense(31).relu().rules(), new Dense(units).softmax().rules()));
    Objective objective =
        new Objective(used.rule(), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, List.of(Metric.ACCURACY));
    ModelCompiler compiler = new ModelCompiler(graph, objective, replicas, backend().fusion());
    SmallNetwork samples = new SmallNetwork(replicas, used, units);
    float[] initial = new Samples(4).floats(compiler.state().size());
    zeroAllButParameters(compiler.state(), initial);
    int steps = 3;
    int[] order = samples.order(steps * batch);
    float[] whole = new float[compiler.state().size()];
    float[] apart = whole.clone();
    Program train = compiler.train(batch, 1);
    float[] wholeResults = new float[steps * train.resultSize()];
    float[] apartResults = wholeResults.clone();
    double[] rates = samples.learningRates();
    try (Session session = backend().open(compiler.state());
        Resident data = labelled(session, units)) {
      session.write(0, initial);
      Executable executable = session.prepare(List.of(train)).get(0);
      executable.run(new Feed(data, order), new Chunk(0, steps, 0, rates), wholeResults);
      session.read(0, whole);
    }
    try (Session session = backend().open(compiler.state());
        Resident data = labelled(session, units)) {
      session.write(0, initial);
      List<Executable> both =
          session.prepare(List.of(compiler.gradients(batch, 1), compiler.apply()));
      float[] results = new float[train.resultSize()];
      for (int step = 0; step < steps; step++) {
        Feed feed = new Feed(data, order);
        Chunk chunk = new Chunk(step * batch, 1, step, rates);
        Map<Value, float[]> told = new LinkedHashMap<>();
        if (replicas == 1) {
          both.get(0)
              .run(
                  feed,
                  chunk,
                  results,
                  gradient -> told.put(gradient, read(session, compiler.state(), gradient)));
          assertThat(told.keySet())
              .containsExactlyElementsOf(both.get(0).program().finalGradients());
          told.forEach(
              (gradient, value) ->
                  assertThat(read(session, compiler.state(), gradient))
                      .as("final")
                      .isEqualTo(value));
        } else {
          both.get(0).run(feed, chunk, results);
        }
        System.arraycopy(results, 0, apartResults, step * results.length, results.length);
        both.get(1).run(null, new Chunk(0, 1, step, rates), new float[0]);
      }
      session.read(0, apart);
    }
    if (addsInOneOrder() && !clips) {
      assertThat(apartResults).isEqualTo(wholeResults);
      assertThat(apart).isEqualTo(whole).isNotEqualTo(initial);
      return;
    }
    Arrays.fill(whole, compiler.state().regionSize(), 2 * compiler.state().regionSize(), 0);
    Arrays.fill(apart, compiler.state().regionSize(), 2 * compiler.state().regionSize(), 0);
    assertThat(whole).isNotEqualTo(initial);
    assertThat(apartResults)
        .usingComparatorWithPrecision(1e-5f * maximum(wholeResults))
        .containsExactly(wholeResults);
    assertThat(apart).usingComparatorWithPrecision(1e-5f * maximum(whole)).containsExactly(whole);
  }

  private static float[] read(Session session, State layout, Value value) {
    float[] values = new float[value.shape().size()];
    session.read(layout.offsetOf(value), values);
    return values;
  }

  private static float maximum(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  private static Resident labelled(Session session, int classes) {
    Samples samples = new Samples(12);
    int rows = SmallNetwork.ROWS;
    return session.upload(
        Tensor.of(samples.floats(rows * 33), rows, 33),
        Tensor.of(Samples.flatten(samples.indices(1, rows, classes)), rows),
        1,
        0);
  }

  private static void zeroAllButParameters(State state, float[] values) {
    float[] all = values.clone();
    Arrays.fill(values, 0);
    for (Value value : state.parameters()) {
      for (int replica = 0; replica < state.replicas(); replica++) {
        int start = OpRun.start(state, value, replica);
        for (int i = start; i < start + value.shape().size(); i++) {
          values[i] = 0.2f * all[i];
        }
      }
    }
  }

  /** A backend without support for a composite runs its parts, with the same bits. */
  @ParameterizedTest
  @CsvSource({"1", "3"})
  default void composites_onBackendsWithoutThem_runTheirParts(int replicas) {
    SmallNetwork network = new SmallNetwork(replicas, new Adam(), 9);
    Program plain = network.train(20);
    Fusion everything = (candidate, state, resultSize) -> true;
    Program fused = Programs.fused(plain, everything);
    assertThat(fused.ops()).hasAtLeastOneElementOfType(Op.DenseLoss.class);
    assertThat(fused.ops()).hasAtLeastOneElementOfType(Op.StepEnd.class);
    Assumptions.assumeTrue(
        fused.ops().stream()
            .filter(Op.Composite.class::isInstance)
            .noneMatch(
                op ->
                    backend()
                        .fusion()
                        .accepts((Op.Composite) op, fused.state(), fused.resultSize())),
        "this backend runs them as one");
    assertThat(trained(network, fused)).isEqualTo(trained(network, plain));
  }

  private float[] trained(SmallNetwork network, Program program) {
    try (Session session = backend().open(network.state());
        Resident data = network.upload(session)) {
      session.write(0, network.initialState());
      Executable executable = session.prepare(List.of(program)).get(0);
      network.run(executable, new Feed(data, network.order(100)), 0, 5);
      return network.read(session);
    }
  }
}
