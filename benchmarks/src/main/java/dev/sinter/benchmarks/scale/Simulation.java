package dev.sinter.benchmarks.scale;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Steps of a training on a cluster, with stragglers; and the failures of a whole training. The same
 * seed gives the same numbers.
 *
 * @param compute a step's time on one worker
 * @param batch rows of a step, of all workers together
 * @param averageEvery H of local SGD; 0: gradients are summed in every step
 */
record Simulation(
    Compute compute,
    Cluster cluster,
    AllReduce algorithm,
    Stragglers stragglers,
    int batch,
    int averageEvery,
    long seed) {
  private static final int WORKER_STEPS = 1 << 13;
  private static final int LEAST_STEPS = 16;
  private static final int WARM_UP = 2;

  /**
   * A worker's step: the update of the step before, then the gradients, piece by piece.
   *
   * @param ready seconds from the last sum until each piece is there, by rows
   * @param floats of each piece
   * @param averaged floats that local SGD averages: weights, and the optimizer's state
   */
  record Compute(List<Curve> ready, long[] floats, long averaged) {
    /** Returns the seconds of a step without any wait. */
    double seconds(double rows) {
      return ready.get(ready.size() - 1).at(rows);
    }

    /** Returns this compute, so many times as fast. */
    Compute faster(double times) {
      return new Compute(
          ready.stream().map(each -> each.times(1 / times)).toList(), floats, averaged);
    }

    /** Returns the floats of all pieces. */
    long weights() {
      return Arrays.stream(floats).sum();
    }
  }

  /**
   * How steps differ. A worker's step takes its measured time, times one of {@code spread} drawn by
   * chance, times the slowness of its machine; and now and then a pause comes on top.
   *
   * @param spread measured step times, divided by their median
   * @param slowness machines are slower by 0 to this share, drawn once
   * @param pauseChance of a pause in a step
   * @param pauseSeconds the mean of a pause, distributed exponentially
   */
  record Stragglers(double[] spread, double slowness, double pauseChance, double pauseSeconds) {
    static final Stragglers NONE = new Stragglers(new double[] {1}, 0, 0, 0);

    private double slow(Random random) {
      return spread[random.nextInt(spread.length)];
    }

    private double pause(Random random) {
      return pauseChance > 0 && random.nextDouble() < pauseChance
          ? -pauseSeconds * Math.log(1 - random.nextDouble())
          : 0;
    }
  }

  /** Returns the mean seconds of a step, until the last worker has made it. */
  double stepSeconds() {
    int steps = Math.max(LEAST_STEPS, WORKER_STEPS / cluster.workers());
    int rounds = averageEvery == 0 ? steps : Math.max(LEAST_STEPS, steps / averageEvery);
    Random random = new Random(seed);
    double[] machine = new double[cluster.workers()];
    for (int rank = 0; rank < machine.length; rank++) {
      machine[rank] =
          rank % cluster.perMachine() > 0
              ? machine[rank - 1]
              : 1 + stragglers.slowness() * random.nextDouble();
    }
    double[] time = new double[cluster.workers()];
    double begun = 0;
    for (int round = -WARM_UP; round < rounds; round++) {
      if (round == 0) {
        begun = last(time);
      }
      time = averageEvery == 0 ? sum(time, machine, random) : average(time, machine, random);
    }
    return (last(time) - begun) / rounds / Math.max(1, averageEvery);
  }

  /** A step of every worker: the update before, gradients, their sum. */
  private double[] sum(double[] start, double[] machine, Random random) {
    double rows = (double) batch / cluster.workers();
    double[] seconds = compute.ready().stream().mapToDouble(each -> each.at(rows)).toArray();
    double[][] ready = new double[seconds.length][start.length];
    for (int rank = 0; rank < start.length; rank++) {
      double slow = machine[rank] * stragglers.slow(random);
      double begin = start[rank] + stragglers.pause(random);
      for (int piece = 0; piece < seconds.length; piece++) {
        ready[piece][rank] = begin + slow * seconds[piece];
      }
    }
    return algorithm.done(cluster, ready, compute.floats());
  }

  /** H steps of every worker on its own, and the average of weights and state. */
  private double[] average(double[] start, double[] machine, Random random) {
    double seconds = compute.seconds((double) batch / cluster.workers());
    double[][] ready = {start.clone()};
    for (int rank = 0; rank < start.length; rank++) {
      for (int step = 0; step < averageEvery; step++) {
        double slow = machine[rank] * stragglers.slow(random);
        ready[0][rank] += stragglers.pause(random) + slow * seconds;
      }
    }
    return algorithm.done(cluster, ready, new long[] {compute.averaged()});
  }

  static double last(double[] time) {
    return Arrays.stream(time).max().orElseThrow();
  }

  /**
   * How machines fail: each after a time distributed exponentially; then all go back to the last
   * checkpoint.
   *
   * @param meanSeconds between two failures of one machine
   * @param checkpointSeconds for which training waits while a checkpoint is written
   * @param restartSeconds from a failure until training goes on
   */
  record Failures(double meanSeconds, double checkpointSeconds, double restartSeconds) {
    private static final int RUNS = 40;

    /**
     * Returns the mean seconds that a training of so many seconds takes; infinite where it makes
     * next to no progress. Between checkpoints are sqrt(2 checkpointSeconds meanSeconds /
     * machines), which loses the least (Young, 1974).
     */
    double seconds(double work, int machines, long seed) {
      double interval = Math.sqrt(2 * checkpointSeconds * meanSeconds / machines);
      Random random = new Random(seed);
      double sum = 0;
      for (int run = 0; run < RUNS; run++) {
        double time = 0;
        double saved = 0; // work in the last checkpoint
        double failure = next(random, machines);
        while (saved < work) {
          double length = Math.min(interval, work - saved);
          double end = time + length + (saved + length < work ? checkpointSeconds : 0);
          if (end <= failure) {
            saved += length;
            time = end;
          } else {
            time = failure + restartSeconds;
            failure = time + next(random, machines);
          }
          if (time > 1000 * work) {
            return Double.POSITIVE_INFINITY;
          }
        }
        sum += time;
      }
      return sum / RUNS;
    }

    private double next(Random random, int machines) {
      return -meanSeconds / machines * Math.log(1 - random.nextDouble());
    }
  }
}
