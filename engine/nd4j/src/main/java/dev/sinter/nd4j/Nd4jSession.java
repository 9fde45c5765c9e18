package dev.sinter.nd4j;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.backend.host.HostSamples;
import dev.sinter.backend.host.Step;
import dev.sinter.backend.host.StepLoop;
import dev.sinter.data.Tensor;
import dev.sinter.nd4j.Translator.Placement;
import dev.sinter.program.Program;
import dev.sinter.program.Shape;
import dev.sinter.program.State;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * State and scratch as flat INDArrays, each in an ND4J workspace of the session's own.
 *
 * <p>Nothing is allocated off the heap after {@link #prepare}, and ND4J's current workspace is left
 * alone. {@link #close} destroys the workspaces; so does the garbage collector once session and
 * executables are forgotten. A closed session refuses to run: its memory is gone.
 */
final class Nd4jSession implements Session {
  private static final Cleaner CLEANER = Cleaner.create();

  /** What the session owns; knows nothing of the session, so that the cleaner may hold it. */
  private static final class Memory implements Runnable {
    final List<Arena> arenas = new ArrayList<>();

    @Override
    public void run() {
      for (int i = arenas.size() - 1; i >= 0; i--) {
        arenas.get(i).free();
      }
    }
  }

  private final Memory memory = new Memory();
  private final Cleaner.Cleanable cleanable = CLEANER.register(this, memory);
  private final Threads threads;
  private final Placement placement;
  private final Arena state;
  private final FloatBuffer host; // the whole state
  private boolean closed;

  Nd4jSession(State layout, Threads threads, Placement placement) {
    this.threads = threads;
    this.placement = placement;
    this.state = new Arena("state", layout.size(), 0);
    memory.arenas.add(state);
    this.host = state.view(0, new Shape(1, Math.max(1, layout.size()))).host();
  }

  @Override
  public void write(int offset, float[] values) {
    requireOpen();
    state.toHost(); // around these values others may be newer on a device
    host.put(offset, values);
    state.wroteOnHost();
    Reference.reachabilityFence(this);
  }

  @Override
  public void read(int offset, float[] values) {
    requireOpen();
    state.toHost();
    host.get(offset, values);
    Reference.reachabilityFence(this);
  }

  @Override
  public Resident upload(Tensor x, Tensor y, float scale, float offset) {
    return HostSamples.of(x, y, scale, offset);
  }

  @Override
  public List<Executable> prepare(List<Program> programs) {
    requireOpen();
    long planned = 0;
    long more = 0;
    long bools = 0;
    for (Program program : programs) {
      planned = Math.max(planned, program.scratch().size());
      long[] demand = Translator.demand(program, placement);
      more += demand[0];
      bools += demand[1];
    }
    Arena scratch = new Arena("scratch", planned + more, bools);
    memory.arenas.add(scratch);
    scratch.reserve(planned);
    List<Executable> executables = new ArrayList<>();
    for (Program program : programs) {
      List<Step> steps = Translator.translate(program, state, scratch, placement);
      executables.add(new Nd4jExecutable(program, scratch, steps));
    }
    return List.copyOf(executables);
  }

  /** Returns the sizes of all workspaces in bytes; 0 once closed. */
  long workspaceBytes() {
    return memory.arenas.stream().mapToLong(Arena::workspaceBytes).sum();
  }

  /** Returns the workspaces, for tests. */
  List<Arena> arenas() {
    return List.copyOf(memory.arenas);
  }

  @Override
  public void close() {
    closed = true;
    cleanable.clean();
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("backend nd4j: the session is closed");
    }
  }

  /** Holds on to its session, whose memory the steps point into. */
  private final class Nd4jExecutable implements Executable {
    private final Program program;
    private final StepLoop loop;

    Nd4jExecutable(Program program, Arena scratch, List<Step> steps) {
      this.program = program;
      this.loop = new StepLoop(program, steps, scratch::view);
    }

    @Override
    public Program program() {
      return program;
    }

    @Override
    public void run(Feed feed, Chunk chunk, float[] target) {
      requireOpen();
      long before = threads.enter();
      try {
        loop.run(feed, chunk, target);
      } finally {
        threads.leave(before);
        Reference.reachabilityFence(Nd4jSession.this); // the cleaner must not free under a run
      }
    }
  }
}
