package dev.sinter.backend.host;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.data.Tensor;
import dev.sinter.program.Program;
import dev.sinter.program.Shape;
import dev.sinter.program.Value;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * State and scratch in native memory on the host; samples stay in the tensors of the caller.
 *
 * <p>{@link #close} frees the memory; so does the garbage collector once session and executables
 * are unreachable. A closed session refuses to run.
 */
public abstract class HostSession<A extends HostArena<?>> implements Session {
  private static final Cleaner CLEANER = Cleaner.create();

  private final String backend;
  private final Cleaner.Cleanable cleanable;
  private boolean closed;

  /**
   * Opens a session.
   *
   * @param memory frees the memory; must not refer to the session
   */
  protected HostSession(String backend, Runnable memory) {
    this.backend = backend;
    this.cleanable = CLEANER.register(this, memory);
  }

  /** Returns the whole state; the host sees the results of all finished steps in it. */
  protected abstract FloatBuffer state();

  /** Called after the host wrote to the state. */
  protected void wroteState() {}

  /** Returns memory for the temporaries of programs; only one program runs at a time. */
  protected abstract A scratch(List<Program> programs);

  /** Translates a program for replicas [from, to). */
  protected abstract List<Step> translate(Program program, A scratch, int from, int to);

  /**
   * Returns the number of replicas, out of the given number, that one loop runs; all by default.
   */
  protected int replicasOfALoop(int replicas) {
    return replicas;
  }

  /** Translates each operation once. */
  @Override
  public final List<Executable> prepare(List<Program> programs) {
    requireOpen();
    A scratch = scratch(programs);
    List<Executable> executables = new ArrayList<>();
    for (Program program : programs) {
      List<StepLoop> loops = new ArrayList<>();
      int count = replicasOfALoop(program.replicas());
      for (int i = 0; i < program.replicas(); i += count) {
        List<Step> steps = translate(program, scratch, i, i + count);
        loops.add(new StepLoop(program, steps, scratch, i, i + count));
      }
      executables.add(new HostExecutable(this, program, List.copyOf(loops)));
    }
    Reference.reachabilityFence(this);
    return List.copyOf(executables);
  }

  /** Runs a chunk in the loops of a program, one loop per group of replicas. */
  protected void run(List<StepLoop> loops, @Nullable Feed feed, Chunk chunk, float[] results) {
    loops.get(0).run(feed, chunk, results);
  }

  @Override
  public final void write(int offset, float[] values) {
    requireOpen();
    state().put(offset, values);
    wroteState();
    Reference.reachabilityFence(this);
  }

  @Override
  public final void read(int offset, float[] values) {
    requireOpen();
    state().get(offset, values);
    Reference.reachabilityFence(this);
  }

  @Override
  public final Resident upload(
      Tensor x, @Nullable Tensor y, @Nullable Tensor weights, float scale, float offset) {
    requireOpen();
    return HostSamples.of(x, y, weights, scale, offset, true);
  }

  @Override
  public final Resident borrow(
      Tensor x, @Nullable Tensor y, @Nullable Tensor weights, float scale, float offset) {
    requireOpen();
    return HostSamples.of(x, y, weights, scale, offset, false);
  }

  @Override
  public final void close() {
    closed = true;
    cleanable.clean();
  }

  /** Throws if the session is closed. */
  protected final void requireOpen() {
    if (closed) {
      throw new IllegalStateException("backend " + backend + ": the session is closed");
    }
  }

  /** Keeps a reference to its session, which owns the memory of the steps. */
  private record HostExecutable(HostSession<?> session, Program program, List<StepLoop> loops)
      implements Executable {
    @Override
    public void run(Feed feed, Chunk chunk, float[] results, Consumer<Value> isFinal) {
      Step.Position position = loops.get(0).position; // of one replica there is one loop
      position.telling(isFinal);
      try {
        run(feed, chunk, results);
      } finally {
        position.telling(null);
      }
    }

    @Override
    public void run(@Nullable Feed feed, Chunk chunk, float[] results) {
      session.requireOpen();
      try {
        session.run(loops, feed, chunk, results);
      } finally {
        Reference.reachabilityFence(session); // the cleaner must not free memory during a run
      }
    }
  }

  /**
   * The loop over the steps of a chunk, shared by the CPU backends: runs each step and copies the
   * results out.
   */
  protected static final class StepLoop {
    private final Program program;
    private final Step[] steps;
    private final HostView[] results; // in order, each with all its replicas
    private final int[] places; // result -> its offset within the results of a step
    private final int stepFloats;
    private final Step.Position position = new Step.Position();

    /** Creates the loop of replicas [from, to) of a program. */
    public StepLoop(Program program, List<Step> steps, HostArena<?> scratch, int from, int to) {
      this.program = program;
      this.steps = steps.toArray(Step[]::new);
      this.stepFloats = program.resultSize();
      this.results = new HostView[program.results().size() * (to - from)];
      this.places = new int[results.length];
      int count = 0;
      int start = 0;
      for (Value result : program.results()) {
        Shape shape = result.shape();
        for (int replica = from; replica < to; replica++) {
          results[count] = scratch.view(program.offsetOf(result, replica), shape);
          places[count++] = start + replica * shape.size();
        }
        start += program.replicas() * shape.size();
      }
    }

    /** Returns the program. */
    public Program program() {
      return program;
    }

    /**
     * Runs a chunk; results are packed as described in {@link dev.sinter.backend.Executable#run}.
     */
    public void run(@Nullable Feed feed, Chunk chunk, float[] target) {
      run(feed, chunk, 0, chunk.steps(), target);
    }

    /** Runs steps [from, to) of a chunk, with their results where those of a whole chunk are. */
    public void run(@Nullable Feed feed, Chunk chunk, int from, int to, float[] target) {
      position.begin(feed, chunk);
      try {
        for (int i = from; i < to; i++) {
          position.step = i;
          for (Step step : steps) {
            step.run(position);
          }
          for (int k = 0; k < results.length; k++) {
            int size = results[k].shape().size();
            results[k].host().get(0, target, i * stepFloats + places[k], size);
          }
        }
      } finally {
        position.end(); // samples may be large: do not keep them alive between runs
      }
    }
  }
}
