package dev.sinter.benchmarks;

import dev.sinter.benchmarks.Alternation.Block;
import dev.sinter.benchmarks.BareSession.Run;
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

/** A ceiling of one of Sinter's backends, and what is compared with it in turns. */
@State(Scope.Benchmark)
public abstract class CeilingState extends TrainerState {
  /** Invocations that a GPU does at once: the host waits for it after each block. */
  private static final int GPU_INVOCATIONS = 16;

  private Alternation turns;
  private int invocations = 1; // a turn
  private int pending; // invocations whose turn has not come

  /** Returns the turns to take. */
  abstract Alternation turns(SinterContender sinter);

  @Override
  void open(Work given) {
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

  /** Prepares turns of so many invocations. */
  final void prepare(SinterContender sinter, int perTurn) {
    invocations = perTurn;
    turns = turns(sinter);
  }

  /** Returns how many times as long as an invocation's promise the blocks of a turn are. */
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

  /** Starts the sums anew; forgets what only warmed up. */
  @Setup(Level.Iteration)
  public void reset(IterationParams iteration) {
    turns.reset(iteration.getType() == IterationType.WARMUP);
  }

  /** The half of a turn that JMH does not time. */
  @Setup(Level.Invocation)
  public void compare() {
    if (++pending == invocations) {
      turns.runCompared();
    }
  }

  /** The half of a turn that JMH times. */
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

  /** Returns the medians, for people. */
  List<String> summary() {
    return turns.summary();
  }

  /** Returns what JMH is told of a compared block, see {@link Alternation#scaled}. */
  double scaled(int index) {
    return turns.scaled(index);
  }

  /** Returns a block that repeats a part of a step; JMH is promised its number of samples. */
  Block part(BareSession session, Run part) {
    return new Block(
        session.describe(part),
        () -> {
          int steps = steps(CeilingBenchmark.SAMPLES * invocations);
          session.repeat(part, steps);
          return (double) steps * work().batch();
        });
  }

  /** Returns a block of so many steps an invocation. */
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
