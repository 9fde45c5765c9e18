package dev.sinter.benchmarks;

import dev.sinter.benchmarks.BareSession.Run;
import dev.sinter.benchmarks.InterleavedTimer.Block;
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
 * The best possible speed of the steps of a backend next to the actual speed, measured in turns in
 * one process.
 *
 * <p>The primary score is the ceiling: samples per second of only the products of the step, with
 * the bias, activation and derivative of their operations. The same backend prepares them from the
 * same compiled program and repeats them on the values of a real step. For {@code bandwidth} and
 * {@code deviceMemory} the score is bytes per second, for {@code replay} graphs per second. The
 * secondary scores ({@code step}, {@code predict}, {@code update}) have the same unit; JMH calls
 * both ops/s. At the end, the medians of all blocks and the median ratio of neighbouring blocks are
 * printed.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 2, time = 2)
@Measurement(iterations = 5, time = 4)
@Fork(
    value = 1,
    jvmArgsAppend = {"-Xmx4g", "-Djava.awt.headless=true"})
public class CeilingBenchmark {
  /** Samples per invocation. */
  static final int SAMPLES = 1 << 12;

  /** Bytes read and written per invocation of bandwidth. */
  static final int BYTES = 1 << 28;

  /** Replays of a graph per invocation. */
  static final int REPLAYS = 64;

  /** Steps of the largest graph of the cuda backend. */
  private static final int GRAPH_STEPS = 64;

  private static final int UPDATES = 200;

  /** All products of the training step. */
  public static class Gemms extends CeilingState {
    @Override
    InterleavedTimer turns(SinterContender sinter) {
      return trainingTurns(this, sinter.session(), Run.GEMMS);
    }
  }

  /** The products with nearly all of the work of the step. */
  public static class LargeGemms extends CeilingState {
    @Override
    InterleavedTimer turns(SinterContender sinter) {
      return trainingTurns(this, sinter.session(), Run.LARGE_GEMMS);
    }
  }

  private static InterleavedTimer trainingTurns(CeilingState state, BareSession session, Run part) {
    return new InterleavedTimer(
        "samples/s",
        state.part(session, part),
        List.of(state.steps("step", SAMPLES, session::train)),
        () -> session.repeat(Run.FILL_TRAIN, 1));
  }

  /** The products of a forward pass, compared with bare passes and with Model.predict. */
  public static class ForwardGemms extends CeilingState {
    @Override
    InterleavedTimer turns(SinterContender sinter) {
      BareSession session = sinter.session();
      return new InterleavedTimer(
          "samples/s",
          part(session, Run.FORWARD_GEMMS),
          List.of(
              steps("step", SAMPLES, session::predict),
              new Block(
                  "predict",
                  () -> {
                    sinter.predict();
                    return Workload.TEST_SAMPLES;
                  })),
          () -> session.repeat(Run.FILL_PREDICT, 1));
    }
  }

  /**
   * A copy of as much memory as the optimizer processes, compared with the pass of the optimizer:
   * on the CPU by separate threads, on a GPU by the element-wise kernel of the backend.
   */
  public static class Bandwidth extends CeilingState {
    private MemoryCopy copy; // not used on a GPU
    private long owed; // bytes that the GPU still has to copy

    @Override
    InterleavedTimer turns(SinterContender sinter) {
      BareSession session = sinter.session();
      if (isGpu()) {
        return bandwidthTurns(this, session, deviceCopy(session, session.stateBytes()));
      }
      int count = threads > 0 ? threads : Runtime.getRuntime().availableProcessors();
      copy = new MemoryCopy(session.stateBytes(), count);
      String name = "copy of " + session.stateBytes() + " bytes";
      return bandwidthTurns(this, session, new Block(name, () -> copy.move(BYTES)));
    }

    /** Returns a block that copies the bytes of all invocations of a turn. */
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

    /** Stops the copying threads. */
    @TearDown(Level.Trial)
    public void closeCopy() {
      if (copy != null) {
        copy.close();
      }
    }
  }

  /**
   * A copy of more memory than the caches hold, on a GPU, compared with the pass of the optimizer.
   */
  public static class DeviceMemory extends Bandwidth {
    @Override
    InterleavedTimer turns(SinterContender sinter) {
      requireGpu("deviceMemory");
      BareSession session = sinter.session();
      return bandwidthTurns(this, session, deviceCopy(session, BYTES));
    }
  }

  private static InterleavedTimer bandwidthTurns(
      CeilingState state, BareSession session, Block copy) {
    double updateBytes = session.updateBytes();
    int updates = UPDATES * state.invocations();
    return new InterleavedTimer(
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
   * Replays of a graph of 64 steps without operations, on a GPU, compared with 64 training steps.
   * Only the launch of the graph and the node that advances the position remain.
   */
  public static class Replay extends CeilingState {
    @Override
    InterleavedTimer turns(SinterContender sinter) {
      requireGpu("replay");
      BareSession session = sinter.session();
      return new InterleavedTimer(
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

  /** Counts the bytes of the pass of the optimizer. */
  @State(Scope.Thread)
  @AuxCounters(AuxCounters.Type.OPERATIONS)
  public static class Update extends Compared {
    /** The least number of bytes that the update reads and writes. */
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
