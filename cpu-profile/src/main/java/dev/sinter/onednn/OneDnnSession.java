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

  private final NativeOwner owner = new NativeOwner();
  private final Cleaner.Cleanable cleanable = CLEANER.register(this, owner);
  private final int threads;
  private final Arena state;
  private final FloatBuffer host; // the whole state
  private boolean closed;

  OneDnnSession(State layout, int threads) {
    this.threads = threads;
    try {
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
      executables.add(new OneDnnExecutable(program, scratch, translate(program, scratch)));
    }
    Reference.reachabilityFence(this);
    return List.copyOf(executables);
  }

  /** Translates each replica; several replicas run at once, each on one thread. */
  private List<List<Step>> translate(Program program, Arena scratch) {
    int threadsEach = program.replicas() == 1 ? threads : 1;
    List<List<Step>> replicas = new ArrayList<>();
    try {
      for (int replica = 0; replica < program.replicas(); replica++) {
        replicas.add(Translator.translate(program, replica, state, scratch, owner, threadsEach));
      }
    } finally {
      Threads.set(Threads.standard());
    }
    return replicas;
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
    private final StepLoop[] replicas;

    OneDnnExecutable(Program program, Arena scratch, List<List<Step>> steps) {
      this.program = program;
      this.replicas = new StepLoop[steps.size()];
      for (int i = 0; i < replicas.length; i++) {
        replicas[i] = new StepLoop(program, steps.get(i), scratch::view, i, i + 1);
      }
    }

    @Override
    public Program program() {
      return program;
    }

    @Override
    public void run(Feed feed, Chunk chunk, float[] target) {
      requireOpen();
      try {
        if (replicas.length == 1) {
          runReplica(0, feed, chunk, target);
        } else {
          Workers.run(
              replicas.length, threads, replica -> runReplica(replica, feed, chunk, target));
        }
      } finally {
        Reference.reachabilityFence(OneDnnSession.this); // the cleaner must not free under a run
      }
    }

    private void runReplica(int replica, Feed feed, Chunk chunk, float[] target) {
      try {
        replicas[replica].run(feed, chunk, target);
      } finally {
        Threads.set(Threads.standard());
      }
    }
  }
}
