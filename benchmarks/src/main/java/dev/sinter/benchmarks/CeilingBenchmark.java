package dev.sinter.benchmarks;

import dev.sinter.benchmarks.Alternation.Block;
import dev.sinter.benchmarks.BareSession.Run;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.AuxCounters;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * What the steps of a backend could reach at best, beside what they do reach: in one process, in
 * turns, block by block.
 *
 * <p>The primary score is the ceiling's: samples a second of the step's own products, with the
 * bias, activation and derivative that belong to their operations, prepared by the same backend
 * from the same compiled program and repeated on the values of a real step; for {@code bandwidth}
 * and {@code deviceMemory} bytes a second, for {@code replay} graphs a second. The secondary scores
 * ({@code step}, {@code predict}, {@code update}) have the same unit; JMH calls both ops/s. At the
 * end the medians of all blocks are printed, with the median of the ratio of neighbouring blocks.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 4)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx4g", "-Djava.awt.headless=true"})
public class CeilingBenchmark {
  /** Samples an invocation. */
  static final int SAMPLES = 1 << 12;

  /** Bytes an invocation of bandwidth moves: those it reads and those it writes. */
  static final int BYTES = 1 << 28;

  /** Replays of a graph an invocation. */
  static final int REPLAYS = 64;

  /** Steps of the cuda backend's largest graph. */
  private static final int GRAPH_STEPS = 64;

  private static final int UPDATES = 200;

  /** All products of the training step. */
  public static class Gemms extends CeilingState {
    @Override
    Alternation turns(SinterContender sinter) {
      return trainingTurns(this, sinter.session(), Run.GEMMS);
    }
  }

  /** The products that make up nearly all of the step's work. */
  public static class LargeGemms extends CeilingState {
    @Override
    Alternation turns(SinterContender sinter) {
      return trainingTurns(this, sinter.session(), Run.LARGE_GEMMS);
    }
  }

  private static Alternation trainingTurns(CeilingState state, BareSession session, Run part) {
    return new Alternation(
        "samples/s",
        state.part(session, part),
        List.of(state.steps("step", SAMPLES, session::train)),
        () -> session.repeat(Run.FILL_TRAIN, 1));
  }

  /** The products of a forward pass, beside bare passes and beside Model.predict. */
  public static class ForwardGemms extends CeilingState {
    @Override
    Alternation turns(SinterContender sinter) {
      BareSession session = sinter.session();
      return new Alternation(
          "samples/s",
          part(session, Run.FORWARD_GEMMS),
          List.of(
              steps("step", SAMPLES, session::predict),
              new Block(
                  "predict",
                  () -> {
                    sinter.predict();
                    return Work.TEST_SAMPLES;
                  })),
          () -> session.repeat(Run.FILL_PREDICT, 1));
    }
  }

  /**
   * A copy of as much memory as the optimizer goes over, beside the optimizer's pass: on the CPU by
   * threads of its own, on a GPU by the backend's element-wise kernel.
   */
  public static class Bandwidth extends CeilingState {
    private MemoryCopy copy; // null on a GPU
    private long owed; // bytes that a GPU was promised and has not yet copied

    @Override
    Alternation turns(SinterContender sinter) {
      BareSession session = sinter.session();
      if (isGpu()) {
        return bandwidthTurns(this, session, deviceCopy(session, session.stateBytes()));
      }
      int count = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
      copy = new MemoryCopy(session.stateBytes(), count);
      String name = "copy of " + session.stateBytes() + " bytes";
      return bandwidthTurns(this, session, new Block(name, () -> copy.move(BYTES)));
    }

    /** Returns a block that copies as many bytes as the invocations of a turn promise. */
    final Block deviceCopy(BareSession session, long bytes) {
      session.prepareCopy(bytes);
      return new Block(
          "copy of " + session.copyBytes() + " bytes",
          () -> {
            owed += (long) invocations() * BYTES;
            int copies = (int) (owed / session.copyBytes());
            owed -= copies * session.copyBytes();
            session.repeat(Run.COPY, copies);
            return (double) copies * session.copyBytes();
          });
    }

    /** Ends the copying threads. */
    @TearDown(Level.Trial)
    public void closeCopy() {
      if (copy != null) {
        copy.close();
      }
    }
  }

  /** A copy of more memory than caches hold, on a GPU, beside the optimizer's pass. */
  public static class DeviceMemory extends Bandwidth {
    @Override
    Alternation turns(SinterContender sinter) {
      requireGpu("deviceMemory");
      BareSession session = sinter.session();
      return bandwidthTurns(this, session, deviceCopy(session, BYTES));
    }
  }

  private static Alternation bandwidthTurns(CeilingState state, BareSession session, Block copy) {
    double updateBytes = session.updateBytes();
    int updates = UPDATES * state.invocations();
    return new Alternation(
        "bytes/s",
        copy,
        List.of(
            new Block(
                "update",
                () -> {
                  session.repeat(Run.UPDATE, updates);
                  return updates * updateBytes;
                })),
        () -> {});
  }

  /**
   * Replays of a graph of 64 steps without operations, on a GPU, beside 64 training steps: what is
   * left of them are the launch of a graph and the node that moves its position on.
   */
  public static class Replay extends CeilingState {
    @Override
    Alternation turns(SinterContender sinter) {
      requireGpu("replay");
      BareSession session = sinter.session();
      return new Alternation(
          "graphs/s",
          new Block(
              "graph of 64 steps of nothing",
              () -> {
                int replays = REPLAYS * invocations();
                session.repeat(Run.NOTHING, GRAPH_STEPS * replays);
                return replays;
              }),
          List.of(
              new Block(
                  "step",
                  () -> {
                    int steps = steps(SAMPLES * invocations());
                    session.train(steps);
                    return (double) steps / GRAPH_STEPS;
                  })),
          () -> {});
    }
  }

  /** Counters of one compared block, for JMH. */
  @State(Scope.Thread)
  public abstract static class Compared {
    CeilingState state;

    double scaled(int index) {
      return state.scaled(index);
    }
  }

  /** Counts the whole training step. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Step extends Compared {
    /** Samples trained. */
    public double step() {
      return scaled(0);
    }
  }

  /** Counts bare forward passes and Model.predict. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Forward extends Compared {
    /** Samples of bare forward passes. */
    public double step() {
      return scaled(0);
    }

    /** Samples predicted through the model. */
    public double predict() {
      return scaled(1);
    }
  }

  /** Counts the bytes of the optimizer's pass. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Update extends Compared {
    /** Bytes that the update reads and writes at least. */
    public double update() {
      return scaled(0);
    }
  }

  /** All products of a training step. */
  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public void gemms(Gemms ceiling, Step step) {
    step.state = ceiling;
    ceiling.run();
  }

  /** The large products of a training step. */
  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public void largeGemms(LargeGemms ceiling, Step step) {
    step.state = ceiling;
    ceiling.run();
  }

  /** All products of a forward pass. */
  @Benchmark
  @OperationsPerInvocation(SAMPLES)
  public void forwardGemms(ForwardGemms ceiling, Forward forward) {
    forward.state = ceiling;
    ceiling.run();
  }

  /** A copy of memory, bytes read plus bytes written. */
  @Benchmark
  @OperationsPerInvocation(BYTES)
  public void bandwidth(Bandwidth ceiling, Update update) {
    update.state = ceiling;
    ceiling.run();
  }

  /** A copy of 256 MiB of device memory, bytes read plus bytes written. */
  @Benchmark
  @OperationsPerInvocation(BYTES)
  public void deviceMemory(DeviceMemory ceiling, Update update) {
    update.state = ceiling;
    ceiling.run();
  }

  /** Replays of a graph with nothing to do. */
  @Benchmark
  @OperationsPerInvocation(REPLAYS)
  public void replay(Replay ceiling, Step step) {
    step.state = ceiling;
    ceiling.run();
  }
}
