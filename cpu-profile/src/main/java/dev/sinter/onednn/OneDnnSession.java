package dev.sinter.onednn;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.host.HostSession;
import dev.sinter.backend.host.Step;
import dev.sinter.backend.host.StepLoop;
import dev.sinter.program.Program;
import dev.sinter.program.Shape;
import dev.sinter.program.State;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Programs as prebuilt primitives over native floats. Nothing is allocated after {@link #prepare}.
 */
final class OneDnnSession extends HostSession {
  private final NativeOwner owner;
  private final int threads;
  private final Arena state;
  private final FloatBuffer host; // the whole state

  OneDnnSession(State layout, int threads) {
    this(layout, threads, new NativeOwner());
  }

  private OneDnnSession(State layout, int threads, NativeOwner owner) {
    super(OneDnnProvider.NAME, owner);
    this.owner = owner;
    this.threads = threads;
    try {
      this.state = new Arena(owner, layout.size());
    } catch (RuntimeException e) {
      close();
      throw e;
    }
    this.host = state.view(0, new Shape(1, Math.max(1, layout.size()))).host();
  }

  @Override
  protected FloatBuffer state() {
    return host;
  }

  @Override
  public List<Executable> prepare(List<Program> programs) {
    requireOpen();
    int size = programs.stream().mapToInt(program -> program.scratch().size()).max().orElse(0);
    Arena scratch = new Arena(owner, size);
    List<Executable> executables = new ArrayList<>();
    for (Program program : programs) {
      executables.add(executable(program, translate(program, scratch)));
    }
    Reference.reachabilityFence(this);
    return List.copyOf(executables);
  }

  /** Translates each replica; several replicas run at once, each on one thread. */
  private List<StepLoop> translate(Program program, Arena scratch) {
    int threadsEach = program.replicas() == 1 ? threads : 1;
    List<StepLoop> loops = new ArrayList<>();
    try {
      for (int i = 0; i < program.replicas(); i++) {
        List<Step> steps = Translator.translate(program, i, state, scratch, owner, threadsEach);
        loops.add(new StepLoop(program, steps, scratch, i, i + 1));
      }
    } finally {
      Threads.set(Threads.standard());
    }
    return List.copyOf(loops);
  }

  @Override
  protected void run(List<StepLoop> loops, Feed feed, Chunk chunk, float[] results) {
    if (loops.size() == 1) {
      runReplica(loops.get(0), feed, chunk, results);
    } else {
      Workers.run(
          loops.size(), threads, replica -> runReplica(loops.get(replica), feed, chunk, results));
    }
  }

  private static void runReplica(StepLoop loop, Feed feed, Chunk chunk, float[] results) {
    try {
      loop.run(feed, chunk, results);
    } finally {
      Threads.set(Threads.standard());
    }
  }
}
