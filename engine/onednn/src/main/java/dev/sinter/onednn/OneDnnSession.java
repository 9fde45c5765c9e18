package dev.sinter.onednn;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Feed;
import dev.sinter.backend.host.HostSession;
import dev.sinter.backend.host.Step;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.Shape;
import dev.sinter.program.State;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Runs programs as prebuilt primitives over native floats. Nothing is allocated after {@link
 * #prepare}, except for the first steps that run side by side, and for the first epoch of a dataset
 * whose zeros are left out.
 */
final class OneDnnSession extends HostSession<Arena> {
  /** Multiplications of steps from which starting threads for them pays. */
  private static final long SIDE_BY_SIDE_WORK = 10_000_000;

  /** Floats of temporaries of all threads at most. */
  private static final int SIDE_BY_SIDE_FLOATS = 1 << 24;

  private final NativeOwner owner;
  private final int threads;
  private final Rounding rounding;
  private final Arena state;
  private final FloatBuffer host; // the whole state
  private final SparseInputs inputs;
  private final Map<StepLoop, Long> works = new HashMap<>(); // of a step; 0: not side by side
  private final Map<StepLoop, List<StepLoop>> sideBySide = new HashMap<>(); // one a thread

  OneDnnSession(State layout, int threads, Rounding rounding, SparseChoice choice) {
    this(layout, threads, rounding, choice, new NativeOwner());
  }

  private OneDnnSession(
      State layout, int threads, Rounding rounding, SparseChoice choice, NativeOwner owner) {
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
    this.inputs = new SparseInputs(choice, new RowOrder(layout, host));
  }

  @Override
  protected FloatBuffer state() {
    inputs.rows().restore();
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
    return translated(program, scratch, from, program.replicas() == 1 ? threads : 1);
  }

  private List<Step> translated(Program program, Arena scratch, int replica, int threadsEach) {
    try {
      return Translator.translate(
          program, replica, state, scratch, inputs, owner, threadsEach, rounding);
    } finally {
      Threads.set(Threads.standard());
    }
  }

  @Override
  protected void run(List<StepLoop> loops, Feed feed, Chunk chunk, float[] results) {
    StepLoop loop = loops.get(0);
    if (loops.size() > 1) {
      Workers.run(
          loops.size(), threads, replica -> runReplica(loops.get(replica), feed, chunk, results));
    } else if (runsSideBySide(loop, chunk.steps())) {
      runSideBySide(loop, feed, chunk, results);
    } else {
      runReplica(loop, feed, chunk, results);
    }
  }

  private boolean runsSideBySide(StepLoop loop, int steps) {
    if (threads == 1 || steps == 1) {
      return false;
    }
    Long work = works.get(loop);
    if (work == null) { // once a program: asking again would allocate
      work = workSideBySide(loop.program());
      works.put(loop, work);
    }
    return steps * work >= SIDE_BY_SIDE_WORK;
  }

  /** Returns the multiplications of a step; 0 if steps must run one after another. */
  private long workSideBySide(Program program) {
    return sideBySide(program) > 1 && program.simpleOps().stream().noneMatch(OneDnnSession::keeps)
        ? program.simpleOps().stream().mapToLong(Op::multiplications).sum()
        : 0;
  }

  /** Returns on how many threads steps may run, each with temporaries of its own. */
  private int sideBySide(Program program) {
    return Math.min(threads, SIDE_BY_SIDE_FLOATS / Math.max(1, program.scratch().size()));
  }

  /** Returns whether an operation changes what a later step sees. */
  private static boolean keeps(Op op) {
    return op instanceof Op.Update
        || op.outputs().stream().anyMatch(output -> output.kind().isState());
  }

  /**
   * Runs the steps of evaluation or prediction on all threads, each step on one of them: nobody
   * waits within a step. Which thread runs a step makes no difference to its bits.
   */
  private void runSideBySide(StepLoop loop, Feed feed, Chunk chunk, float[] results) {
    int count = Math.min(sideBySide(loop.program()), chunk.steps());
    List<StepLoop> own = sideBySide.computeIfAbsent(loop, key -> new ArrayList<>());
    while (own.size() < count) {
      Program program = loop.program();
      Arena scratch = new Arena(owner, program.scratch().size());
      own.add(new StepLoop(program, translated(program, scratch, 0, 1), scratch, 0, 1));
    }
    inputs.rows().restore(); // here: the threads would do it at once
    AtomicInteger next = new AtomicInteger();
    Workers.run(
        count,
        threads,
        worker -> {
          try {
            for (int i = next.getAndIncrement(); i < chunk.steps(); i = next.getAndIncrement()) {
              own.get(worker).run(feed, chunk, i, i + 1, results);
            }
          } finally {
            Threads.set(Threads.standard());
          }
        });
  }

  private static void runReplica(StepLoop loop, Feed feed, Chunk chunk, float[] results) {
    try {
      loop.run(feed, chunk, results);
    } finally {
      Threads.set(Threads.standard());
    }
  }
}
