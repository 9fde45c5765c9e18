package dev.sinter.benchmarks.scale;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.benchmarks.scale.Cluster.Link;
import dev.sinter.benchmarks.scale.Simulation.Compute;
import dev.sinter.benchmarks.scale.Simulation.Failures;
import dev.sinter.benchmarks.scale.Simulation.Stragglers;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The simulation against formulas, where there are some. */
class SimulationTest {
  private static final double LATENCY = 20e-6;
  private static final double MESSAGE = 5e-6;
  private static final double BANDWIDTH = 1e9;
  private static final double ADD = 0.5e-9;
  private static final long FLOATS = 1 << 18;
  private static final Link NETWORK = new Link("net", LATENCY, MESSAGE, BANDWIDTH);
  private static final Link INSIDE = new Link("inside", LATENCY / 4, MESSAGE, 4 * BANDWIDTH);

  private static Cluster cluster(int workers, int each) {
    return new Cluster(workers, each, NETWORK, INSIDE, ADD);
  }

  private static double seconds(AllReduce algorithm, int workers, int each) {
    double[][] ready = new double[1][workers];
    return Simulation.last(algorithm.done(cluster(workers, each), ready, new long[] {FLOATS}));
  }

  private static double busy(double floats) {
    return MESSAGE + floats * Float.BYTES / BANDWIDTH;
  }

  private static void equal(double received, double expected) {
    assertThat(received).isCloseTo(expected, within(1e-9 * expected));
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 7, 64})
  void ringTakesItsFormula(int n) {
    double part = (double) FLOATS / n;
    equal(
        seconds(AllReduce.RING, n, 1), 2 * (n - 1) * (LATENCY + busy(part)) + (n - 1) * part * ADD);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 7, 64})
  void directTakesItsFormula(int n) {
    double part = (double) FLOATS / n;
    equal(
        seconds(AllReduce.DIRECT, n, 1),
        2 * (LATENCY + (n - 1) * busy(part)) + (n - 1) * part * ADD);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 4, 7, 64})
  void chainIsFilledOnceAndThenAsFastAsItsSlowestStage(int n) {
    double chunk = AllReduce.CHUNK;
    double chunks = FLOATS / chunk;
    double stage = Math.max(busy(chunk), chunk * ADD);
    equal(
        seconds(AllReduce.CHAIN, n, 1),
        2 * (n - 1) * (LATENCY + busy(chunk)) + (n - 1) * chunk * ADD + (chunks - 1) * stage);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 4, 8, 64})
  void treeAndHalvingTakeTheirFormulas(int n) {
    int levels = Integer.numberOfTrailingZeros(n);
    equal(seconds(AllReduce.TREE, n, 1), levels * (2 * (LATENCY + busy(FLOATS)) + FLOATS * ADD));
    double others = FLOATS * (n - 1.0) / n;
    equal(
        seconds(AllReduce.HALVING, n, 1),
        2 * levels * (LATENCY + MESSAGE) + 2 * others * Float.BYTES / BANDWIDTH + others * ADD);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 16})
  void directIsTheSameEventByEventAndUnrolled(int n) {
    double[] ready = new Random(7).doubles(n, 0, 20 * LATENCY).toArray();
    Cluster together = new Cluster(n, n, INSIDE, NETWORK, ADD);
    double[] events = AllReduce.DIRECT.done(together, new double[][] {ready}, new long[] {3000});
    double[] unrolled =
        AllReduce.DIRECT.done(cluster(n, 1), new double[][] {ready}, new long[] {3000});
    assertThat(unrolled).containsExactly(events, within(1e-12));
  }

  @Test
  void workersOfOneMachineShareWhatLeavesIt() {
    double near = MESSAGE + FLOATS / 2.0 * Float.BYTES / (4 * BANDWIDTH) + LATENCY / 4;
    double far = MESSAGE + FLOATS / 4.0 * Float.BYTES / (BANDWIDTH / 2) + LATENCY;
    equal(seconds(AllReduce.HALVING, 4, 2), 2 * (near + far) + FLOATS * 0.75 * ADD);
  }

  @Test
  void hierarchyIsHalvingBetweenMachinesAndOneAfterAnotherWithin() {
    double inside = MESSAGE + FLOATS * Float.BYTES / (4 * BANDWIDTH);
    double collect = 3 * FLOATS * ADD + LATENCY / 4 + inside;
    double handOut = LATENCY / 4 + 3 * inside;
    equal(
        seconds(AllReduce.HIERARCHICAL, 16, 4),
        collect + seconds(AllReduce.HALVING, 4, 1) + handOut);
  }

  @ParameterizedTest
  @EnumSource(AllReduce.class)
  void nobodyIsDoneBeforeTheLastOneIsReady(AllReduce algorithm) {
    for (int late = 0; late < 8; late++) {
      double[][] ready = new double[2][8];
      ready[0][late] = 1;
      ready[1][late] = 1;
      double[] done = algorithm.done(cluster(8, 2), ready, new long[] {100, 3});
      assertThat(Arrays.stream(done).min().orElseThrow()).isGreaterThan(1);
      assertThat(Simulation.last(done)).isLessThan(1.01);
    }
  }

  @ParameterizedTest
  @EnumSource(AllReduce.class)
  void earlyPiecesTravelDuringTheComputation(AllReduce algorithm) {
    double[][] ready = new double[2][8];
    Arrays.fill(ready[1], 1);
    double both = Simulation.last(algorithm.done(cluster(8, 1), ready, new long[] {FLOATS, 1}));
    double[][] alone = {ready[1]};
    equal(both, Simulation.last(algorithm.done(cluster(8, 1), alone, new long[] {1})));
  }

  private static Compute compute(double seconds) {
    Curve curve = Curve.linear(Map.of(1.0, seconds, 1024.0, seconds));
    return new Compute(List.of(curve), new long[] {FLOATS}, 2 * FLOATS);
  }

  private static double step(Cluster cluster, Stragglers stragglers, int averageEvery, long seed) {
    return new Simulation(
            compute(1e-3), cluster, AllReduce.RING, stragglers, 1024, averageEvery, seed)
        .stepSeconds();
  }

  @Test
  void oneWorkerTakesTheMeasuredTime() {
    equal(step(cluster(1, 1), Stragglers.NONE, 0, 1), 1e-3);
    equal(step(cluster(1, 1), Stragglers.NONE, 8, 1), 1e-3);
  }

  @Test
  void stepIsComputationAndWhatIsSent() {
    equal(step(cluster(8, 1), Stragglers.NONE, 0, 1), 1e-3 + seconds(AllReduce.RING, 8, 1));
    double average =
        Simulation.last(
            AllReduce.RING.done(cluster(8, 1), new double[1][8], new long[] {2 * FLOATS}));
    equal(step(cluster(8, 1), Stragglers.NONE, 10, 1), 1e-3 + average / 10);
  }

  @Test
  void stepWaitsForTheSlowest() {
    Link none = new Link("none", 0, 0, Double.POSITIVE_INFINITY);
    Cluster free = new Cluster(3, 1, none, none, 0);
    Stragglers coin = new Stragglers(new double[] {1, 2}, 0, 0, 0);
    assertThat(step(free, coin, 0, 1)).isCloseTo(1.875e-3, within(2e-5));
    assertThat(step(free, coin, 0, 1)).isEqualTo(step(free, coin, 0, 1));
    assertThat(step(free, coin, 0, 1)).isNotEqualTo(step(free, coin, 0, 2));
    Stragglers pauses = new Stragglers(new double[] {1}, 0, 0.25, 2e-3);
    assertThat(step(cluster(1, 1), pauses, 0, 1)).isCloseTo(1.5e-3, within(5e-5));
    Stragglers slow = new Stragglers(new double[] {1}, 0.5, 0, 0);
    assertThat(step(free, slow, 0, 1)).isBetween(1e-3, 1.5e-3);
  }

  @Test
  void failuresCostTheirRestartsAndWhatIsLost() {
    double day = 86_400;
    Failures never = new Failures(1e15, 10, 60);
    equal(never.seconds(100, 1, 1), 100);
    // A stretch of t at a rate r, restarts in R, takes (e^(r t) - 1) (1 / r + R).
    Failures often = new Failures(10 * day, 10, 60);
    double rate = 100 / (10 * day);
    double stretch = Math.sqrt(2 * 10 / rate);
    double each = Math.expm1(rate * (stretch + 10)) * (1 / rate + 60);
    assertThat(often.seconds(200 * stretch, 100, 1))
        .isCloseTo(200 * each, within(0.01 * 200 * each));
    assertThat(new Failures(1, 10, 60).seconds(1e4, 100, 1)).isInfinite();
  }

  @Test
  void curvesSayNothingBeyondTheirPoints() {
    Curve curve = Curve.logarithmic(Map.of(1.0, 1.0, 100.0, 10_000.0));
    equal(curve.at(10), 100);
    assertThat(curve.at(101)).isNaN();
    assertThat(curve.at(0.5)).isNaN();
  }
}
