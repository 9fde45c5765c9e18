package dev.sinter.onednn;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Feed;
import dev.sinter.backend.host.HostSession;
import dev.sinter.backend.host.Step;
import dev.sinter.program.Program;
import dev.sinter.program.Shape;
import dev.sinter.program.State;
import java.nio.FloatBuffer;
import java.util.List;

/**
 * Runs programs as prebuilt primitives over native floats. Nothing is allocated after {@link
 * #prepare}.
 */
final class OneDnnSession extends HostSession<Arena> {
  private final NativeOwner owner;
  private final int threads;
  private final Rounding rounding;
  private final Arena state;
  private final FloatBuffer host; // the whole state

  OneDnnSession(State layout, int threads, Rounding rounding) {
    this(layout, threads, rounding, new NativeOwner());
  }

  private OneDnnSession(State layout, int threads, Rounding rounding, NativeOwner owner) {
    super(OneDnnProvider.NAME, owner);
    this.owner = owner;
    this.threads = threads;
    this.rounding = rounding;
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
  protected Arena scratch(List<Program> programs) {
    int size = programs.stream().mapToInt(program -> program.scratch().size()).max().orElse(0);
    return new Arena(owner, size);
  }

  /** Several replicas run at once, each on one thread. */
  @Override
  protected int replicasOfALoop(int replicas) {
    return 1;
  }

  @Override
  protected List<Step> translate(Program program, Arena scratch, int from, int to) {
    int threadsEach = program.replicas() == 1 ? threads : 1;
    try {
      return Translator.translate(program, from, state, scratch, owner, threadsEach, rounding);
    } finally {
      Threads.set(Threads.standard());
    }
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
