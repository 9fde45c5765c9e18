package dev.sinter.backend.host;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.data.Tensor;
import dev.sinter.program.Program;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * State and scratch in native memory on the host; samples stay in the caller's tensors.
 *
 * <p>{@link #close} gives the memory back; so does the garbage collector once session and
 * executables are forgotten. A closed session refuses to run: its memory is gone.
 */
public abstract class HostSession implements Session {
  private static final Cleaner CLEANER = Cleaner.create();

  private final String backend;
  private final Cleaner.Cleanable cleanable;
  private boolean closed;

  /**
   * Opens a session.
   *
   * @param memory gives the memory back; must not refer to the session
   */
  protected HostSession(String backend, Runnable memory) {
    this.backend = backend;
    this.cleanable = CLEANER.register(this, memory);
  }

  /** Returns the whole state, in which the host sees what was computed. */
  protected abstract FloatBuffer state();

  /** Called after the host wrote to the state. */
  protected void wroteState() {}

  /** Runs a chunk of the loops of a program, one a group of replicas. */
  protected void run(List<StepLoop> loops, Feed feed, Chunk chunk, float[] results) {
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
  public final Resident upload(Tensor x, Tensor y, Tensor weights, float scale, float offset) {
    requireOpen();
    return HostSamples.of(x, y, weights, scale, offset);
  }

  @Override
  public final void close() {
    closed = true;
    cleanable.clean();
  }

  /** Refuses to go on after {@link #close}. */
  protected final void requireOpen() {
    if (closed) {
      throw new IllegalStateException("backend " + backend + ": the session is closed");
    }
  }

  /** Returns the executable of a program that was translated to loops. */
  protected final Executable executable(Program program, List<StepLoop> loops) {
    return new HostExecutable(program, loops);
  }

  /** Holds on to its session, whose memory the steps point into. */
  private final class HostExecutable implements Executable {
    private final Program program;
    private final List<StepLoop> loops;

    HostExecutable(Program program, List<StepLoop> loops) {
      this.program = program;
      this.loops = loops;
    }

    @Override
    public Program program() {
      return program;
    }

    @Override
    public void run(Feed feed, Chunk chunk, float[] results) {
      requireOpen();
      try {
        HostSession.this.run(loops, feed, chunk, results);
      } finally {
        Reference.reachabilityFence(HostSession.this); // the cleaner must not free under a run
      }
    }
  }
}
