package dev.sinter.nd4j;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Feed;
import dev.sinter.backend.host.HostSession;
import dev.sinter.backend.host.Step;
import dev.sinter.nd4j.Translator.Placement;
import dev.sinter.program.Program;
import dev.sinter.program.Shape;
import dev.sinter.program.State;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * State and scratch as flat INDArrays, each in a separate ND4J workspace owned by the session.
 * Nothing is allocated off the heap after {@link #prepare}, and the current workspace of ND4J is
 * not touched.
 */
final class Nd4jSession extends HostSession<Arena> {
  private final List<Arena> arenas; // owned by the session
  private final Threads threads;
  private final Placement placement;
  private final Arena state;
  private final FloatBuffer host; // the whole state

  Nd4jSession(State layout, Threads threads, Placement placement) {
    this(layout, threads, placement, new ArrayList<>());
  }

  private Nd4jSession(State layout, Threads threads, Placement placement, List<Arena> arenas) {
    super(Nd4jProvider.NAME, () -> arenas.forEach(Arena::free));
    this.arenas = arenas;
    this.threads = threads;
    this.placement = placement;
    this.state = new Arena("state", layout.size(), 0);
    arenas.add(state);
    this.host = state.view(0, new Shape(1, Math.max(1, layout.size()))).host();
  }

  @Override
  protected FloatBuffer state() {
    state.toHost(); // some values may be newer on a device
    return host;
  }

  @Override
  protected void wroteState() {
    state.wroteOnHost();
  }

  @Override
  protected Arena scratch(List<Program> programs) {
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
    arenas.add(scratch);
    scratch.reserve(planned);
    return scratch;
  }

  @Override
  protected List<Step> translate(Program program, Arena scratch, int from, int to) {
    return Translator.translate(program, state, scratch, placement);
  }

  /** Returns the workspaces, for tests. */
  List<Arena> arenas() {
    return List.copyOf(arenas);
  }

  @Override
  protected void run(List<StepLoop> loops, Feed feed, Chunk chunk, float[] results) {
    threads.enter();
    try {
      super.run(loops, feed, chunk, results);
    } finally {
      threads.leave();
    }
  }
}
