package dev.sinter;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.distributed.Parts;
import dev.sinter.distributed.ProcessGroup;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Makes steps together with the other processes of a group. Each process computes the gradients of
 * its part of a batch; each gradient is on its way to the others as soon as it is final, while
 * those of earlier layers are still computed. Times its share of the batch's rows, it is summed in
 * the order of the ranks; then all processes make the same update. Tracked values, such as the
 * averages of a BatchNormalization, are averaged likewise.
 *
 * <p>Or, for {@link Fit#averageEvery}, each process makes steps of its own, and then the processes
 * average their states.
 */
final class GroupSteps {
  /** Floats from which a stretch of gradients is sent by itself. */
  private static final int ENOUGH = 1 << 14;

  private static final float[] NOTHING = {};

  private final ProcessGroup group;
  private final Parts parts;
  private final Engine engine;
  private final Targets targets;
  private final int averageEvery;
  private final List<Stretch> gradients = new ArrayList<>(); // in the order in which they are final
  private final List<@Nullable Stretch> complete = new ArrayList<>(); // with each gradient, or null
  private final Consumer<Value> send = this::gradientIsFinal; // made once
  private final List<Stretch> kept = new ArrayList<>(); // all but the gradients, for averages
  private final @Nullable Stretch tracked; // null where nothing is tracked
  private final int width; // results of a step
  private @Nullable Executable program; // of the batches that were last
  private @Nullable Executable apply; // null for averages
  private float[] rest = {}; // the results, then the number of processes that want to end
  private float share; // of the batch's rows
  private int known; // gradients of the step that are final
  private long waitingNanos;

  /** A stretch of the state, and room for a copy of it. */
  private record Stretch(int offset, float[] values) {
    static Stretch between(int from, int to) {
      return new Stretch(from, new float[to - from]);
    }

    void times(float factor) {
      if (factor != 1) {
        for (int i = 0; i < values.length; i++) {
          values[i] *= factor;
        }
      }
    }
  }

  /**
   * Makes room.
   *
   * @param rows of all processes
   */
  GroupSteps(
      ProcessGroup group,
      Parts parts,
      Engine engine,
      Targets targets,
      long rows,
      int averageEvery) {
    this.group = group;
    this.parts = parts;
    this.engine = engine;
    this.targets = targets;
    this.averageEvery = averageEvery;
    this.width = StepResults.width(targets.measures());
    State layout = engine.layout();
    int slots = 2 * layout.regionSize();
    int others = slots + layout.slotCount() * layout.regionSize();
    this.tracked = others == layout.size() ? null : Stretch.between(others, layout.size());
    List<Executable> programs = engine.prepare(requests(rows));
    if (averageEvery > 0) {
      kept.add(Stretch.between(0, layout.regionSize()));
      kept.add(Stretch.between(slots, layout.size()));
    } else {
      apply = programs.get(0);
      divide(layout, programs.get(1).program().finalGradients());
    }
  }

  /** Divides the gradients into stretches that are sent one after another: a sum takes a while. */
  private void divide(State layout, List<Value> inOrder) {
    int from = 0;
    int to = 0;
    for (int i = 0; i < inOrder.size(); i++) {
      int start = layout.offsetOf(inOrder.get(i));
      int end = start + inOrder.get(i).shape().replicaStride();
      boolean begins = from == to;
      from = begins ? start : Math.min(from, start);
      to = begins ? end : Math.max(to, end);
      boolean goesOn = i + 1 < inOrder.size() && joins(layout, from, to, inOrder.get(i + 1));
      if (goesOn) {
        complete.add(null);
      } else {
        Stretch stretch = Stretch.between(from, to);
        gradients.add(stretch);
        complete.add(stretch);
        from = to;
      }
    }
  }

  /** Returns whether a gradient lies beside a stretch, and one of the two is small. */
  private static boolean joins(State layout, int from, int to, Value next) {
    int start = layout.offsetOf(next);
    int length = next.shape().replicaStride();
    return (start == to || start + length == from) && (to - from < ENOUGH || length < ENOUGH);
  }

  /** Returns how many steps may run before the processes sum something, at least 1. */
  int atOnce(long iterations) {
    return averageEvery == 0 ? 1 : (int) (averageEvery - iterations % averageEvery);
  }

  /** Returns the programs for data of so many rows of all processes, the update first. */
  private List<Engine.Request> requests(long rows) {
    List<Engine.Request> requests = new ArrayList<>();
    if (averageEvery == 0) {
      requests.add(new Engine.Request(Engine.Kind.APPLY, 1, 0, false));
    }
    for (long batch : new long[] {Math.min(rows, parts.batch()), rows % parts.batch()}) {
      int own = parts.rows(group.rank(), (int) batch);
      if (own > 0) {
        requests.add(request(own));
      }
    }
    return requests;
  }

  private Engine.Request request(int own) {
    return targets.request(averageEvery == 0 ? Engine.Kind.GRADIENTS : Engine.Kind.TRAIN, own);
  }

  private Executable program(int own) {
    Executable next = program;
    if (next == null || next.program().batch() != own) {
      next = engine.prepare(List.of(request(own))).get(0);
      program = next;
    }
    return next;
  }

  /**
   * Runs a chunk on batches of so many rows of all processes. Results are those of all.
   *
   * @param ending whether this process wants training to end here
   * @return whether one of them does
   */
  boolean run(int rows, Feed feed, Chunk chunk, float[] results, boolean ending) {
    int own = parts.rows(group.rank(), rows);
    int floats = chunk.steps() * width;
    if (rest.length <= floats) {
      rest = new float[floats + 1];
    }
    rest[floats] = ending ? 1 : 0;
    if (averageEvery == 0) {
      sum(own, (float) own / rows, feed, chunk, results, floats);
    } else {
      average(own, feed, chunk, results, floats);
    }
    return rest[floats] > 0;
  }

  private void sum(
      int own, float shareOfRows, Feed feed, Chunk chunk, float[] results, int floats) {
    share = shareOfRows;
    known = 0;
    if (own > 0) {
      program(own).run(feed, chunk, results, send);
    } else {
      Arrays.fill(results, 0, floats, 0);
      gradients.forEach(this::send);
    }
    if (tracked != null) {
      engine.read(tracked.offset, tracked.values);
      tracked.times(share);
      group.begin(tracked.values, 0, tracked.values.length);
    }
    await(results, floats);
    for (Stretch stretch : gradients) {
      engine.write(stretch.offset, stretch.values);
    }
    if (tracked != null) {
      engine.write(tracked.offset, tracked.values);
    }
    Objects.requireNonNull(apply, "a program that updates").run(null, chunk, NOTHING);
  }

  private void gradientIsFinal(Value gradient) {
    Stretch stretch = complete.get(known++);
    if (stretch != null) {
      engine.read(stretch.offset, stretch.values);
      send(stretch);
    }
  }

  /** Begins to sum a stretch; that of a process without rows counts nothing. */
  private void send(Stretch stretch) {
    if (share == 0) {
      Arrays.fill(stretch.values, 0);
    } else {
      stretch.times(share);
    }
    group.begin(stretch.values, 0, stretch.values.length);
  }

  private void average(int own, Feed feed, Chunk chunk, float[] results, int floats) {
    if (own > 0) {
      program(own).run(feed, chunk, results);
    } else {
      Arrays.fill(results, 0, floats, 0);
    }
    for (Stretch stretch : kept) {
      engine.read(stretch.offset, stretch.values);
      stretch.times(1f / group.size());
      group.begin(stretch.values, 0, stretch.values.length);
    }
    await(results, floats);
    for (Stretch stretch : kept) {
      engine.write(stretch.offset, stretch.values);
    }
  }

  /** Sums the results, and waits for all sums. */
  private void await(float[] results, int floats) {
    System.arraycopy(results, 0, rest, 0, floats);
    group.begin(rest, 0, floats + 1);
    long waits = System.nanoTime();
    group.await();
    waitingNanos += System.nanoTime() - waits;
    System.arraycopy(rest, 0, results, 0, floats);
  }

  /** Returns the seconds of waiting for sums. */
  double waitingSeconds() {
    return waitingNanos / 1e9;
  }
}
