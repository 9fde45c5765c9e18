package dev.sinter.benchmarks;

import dev.sinter.benchmarks.BareSession.Run;
import dev.sinter.benchmarks.InterleavedTimer.Block;
import dev.sinter.errors.InputException;
import java.util.List;
import java.util.function.IntConsumer;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.infra.IterationParams;
import org.openjdk.jmh.runner.IterationType;

/** A ceiling of a backend of Sinter, and the blocks compared with it in turns. */
@State(Scope.Benchmark)
public abstract class CeilingState extends TrainerState {
  /** Invocations per block on a GPU, because the host waits for it after each block. */
  private static final int GPU_INVOCATIONS = 16;

  private InterleavedTimer turns;
  private int invocations = 1; // per turn
  private int pending; // invocations waiting for their turn

  /** Creates the turns. */
  abstract InterleavedTimer turns(SinterContender sinter);

  @Override
  void open(Workload given) {
    super.open(given);
    if (!(contender() instanceof SinterContender sinter)) {
      contender().close();
      throw InputException.of(
          "trainer of CeilingBenchmark",
          "a backend of Sinter",
          trainer,
          "Leave peers to the other benchmarks: their products cannot be run alone");
    }
    try {
      prepare(sinter, isGpu() ? GPU_INVOCATIONS : 1);
    } catch (RuntimeException e) {
      sinter.close();
      throw e;
    }
  }

  /** Prepares turns with the given number of invocations. */
  final void prepare(SinterContender sinter, int perTurn) {
    invocations = perTurn;
    turns = turns(sinter);
  }

  /**
   * Returns the number of invocations per turn; each block of a turn does the work of all of them.
   */
  int invocations() {
    return invocations;
  }

  /** Refuses trainers on a CPU. */
  final void requireGpu(String ceiling) {
    if (!isGpu()) {
      throw InputException.of(
          "trainer of CeilingBenchmark." + ceiling,
          "one on a GPU, such as cuda",
          trainer,
          "Correct the parameter");
    }
  }

  /** Resets the sums, and drops the turns of the warm-up. */
  @Setup(Level.Iteration)
  public void reset(IterationParams iteration) {
    turns.reset(iteration.getType() == IterationType.WARMUP);
  }

  /** Runs the half of a turn that JMH does not time. */
  @Setup(Level.Invocation)
  public void compare() {
    if (++pending == invocations) {
      turns.runCompared();
    }
  }

  /** Runs the half of a turn that JMH times. */
  void run() {
    if (pending == invocations) {
      turns.runCeiling();
      pending = 0;
    }
  }

  /** Prints the medians. */
  @TearDown(Level.Trial)
  public void printSummary() {
    System.out.println();
    summary().forEach(line -> System.out.println("# " + line));
  }

  /** Returns the human-readable medians. */
  List<String> summary() {
    return turns.summary();
  }

  /**
   * Returns the amount of work to report to JMH for a compared block, see {@link
   * InterleavedTimer#scaled}.
   */
  double scaled(int index) {
    return turns.scaled(index);
  }

  /** Returns a block that repeats a part of a step for the samples of all invocations of a turn. */
  Block part(BareSession session, Run part) {
    return new Block(
        session.describe(part),
        () -> {
          int steps = steps(CeilingBenchmark.SAMPLES * invocations);
          session.repeat(part, steps);
          return (double) steps * work().batch();
        });
  }

  /** Returns a block of steps for the given number of samples per invocation. */
  Block steps(String name, int samples, IntConsumer body) {
    int steps = Math.max(1, samples * invocations / work().batch());
    return new Block(
        name,
        () -> {
          body.accept(steps);
          return (double) steps * work().batch();
        });
  }
}
