package dev.sinter.onednn;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.backend.host.HostSamples;
import dev.sinter.backend.host.Step;
import dev.sinter.backend.host.StepLoop;
import dev.sinter.data.Tensor;
import dev.sinter.program.Program;
import dev.sinter.program.Shape;
import dev.sinter.program.State;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * State and scratch as native floats, programs as prebuilt primitives.
 *
 * <p>Nothing is allocated after {@link #prepare}. {@link #close} gives everything back in reverse
 * order; so does the garbage collector once session and executables are forgotten. A closed session
 * refuses to run: its memory is gone.
 */
final class OneDnnSession implements Session {
  private static final Cleaner CLEANER = Cleaner.create();

  /**
   * Floating-point operations a step from which a second thread pays: below, waking it takes longer
   * than it saves.
   */
  private static final long WORK_FOR_THREADS = 8_000_000;

  private final NativeOwner owner = new NativeOwner();
  private final Cleaner.Cleanable cleanable = CLEANER.register(this, owner);
  private final int requestedThreads;
  private final Primitives primitives;
  private final Arena state;
  private final FloatBuffer host; // the whole state
  private boolean closed;

  OneDnnSession(State layout, int requestedThreads) {
    this.requestedThreads = requestedThreads;
    try {
      this.primitives = new Primitives(owner);
      this.state = new Arena(owner, layout.size());
    } catch (RuntimeException e) {
      cleanable.clean();
      throw e;
    }
    this.host = state.view(0, new Shape(1, Math.max(1, layout.size()))).host();
  }

  @Override
  public void write(int offset, float[] values) {
    requireOpen();
    host.put(offset, values);
    Reference.reachabilityFence(this);
  }

  @Override
  public void read(int offset, float[] values) {
    requireOpen();
    host.get(offset, values);
    Reference.reachabilityFence(this);
  }

  @Override
  public Resident upload(Tensor x, Tensor y, float scale, float offset) {
    requireOpen();
    return HostSamples.of(x, y, scale, offset);
  }

  @Override
  public List<Executable> prepare(List<Program> programs) {
    requireOpen();
    int size = programs.stream().mapToInt(program -> program.scratch().size()).max().orElse(0);
    Arena scratch = new Arena(owner, size);
    List<Executable> executables = new ArrayList<>();
    for (Program program : programs) {
      int threads = threads(program);
      try {
        List<Step> steps =
            Translator.translate(program, state, scratch, owner, primitives, threads);
        executables.add(new OneDnnExecutable(program, scratch, steps));
      } finally {
        Threads.set(Threads.standard());
      }
    }
    Reference.reachabilityFence(this);
    return List.copyOf(executables);
  }

  private int threads(Program program) {
    if (requestedThreads > 0) {
      return requestedThreads;
    }
    long work = program.ops().stream().mapToLong(Translator::work).sum();
    return work * program.batch() * program.replicas() < WORK_FOR_THREADS ? 1 : Threads.standard();
  }

  @Override
  public void close() {
    closed = true;
    cleanable.clean();
  }

  private void requireOpen() {
    if (closed) {
      throw new IllegalStateException("backend onednn: the session is closed");
    }
  }

  /** Holds on to its session, whose memory the steps point into. */
  private final class OneDnnExecutable implements Executable {
    private final Program program;
    private final StepLoop loop;

    OneDnnExecutable(Program program, Arena scratch, List<Step> steps) {
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
      try {
        loop.run(feed, chunk, target);
      } finally {
        Threads.set(Threads.standard());
        Reference.reachabilityFence(OneDnnSession.this); // the cleaner must not free under a run
      }
    }
  }
}
