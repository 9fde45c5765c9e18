package dev.sinter.cuda;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.Graph;
import dev.sinter.program.Program;
import dev.sinter.program.UpdateRule;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A program as graphs of 64, 32, 16, 8, 4, 2 and 1 steps: any number takes few launches.
 *
 * <p>A chunk is run in parts. For each part the host sends the position, the optimizer's scalars
 * and the order of the rows (and the rows themselves where they are streamed), launches graphs, and
 * lets the results come back; while the device works on one part, the host prepares the next. Steps
 * find their place in device memory, so the same graphs serve every chunk, and nothing is
 * allocated.
 */
final class CudaExecutable implements Executable {
  private static final int[] GRAPH_STEPS = {64, 32, 16, 8, 4, 2, 1};

  /** Rows and results of a part at most, unless one step has more. */
  private static final int PART_ROWS = 1 << 20;

  private static final int PART_RESULTS = 1 << 22;

  private static final int COPY_EVENT = 2;

  private final CudaSession session;
  private final Program program;
  private final Steps steps;
  private final UpdateRule rule; // null without an update
  private final double[] rateAndStep = new double[2];
  private final Graph[] graphs = new Graph[GRAPH_STEPS.length];

  /** What a graph is captured from. */
  interface Steps {
    /** Enqueues steps first to first + count - 1 of a graph. */
    void enqueue(int first, int count);
  }

  CudaExecutable(CudaSession session, Program program, Steps steps) {
    this.session = session;
    this.program = program;
    this.steps = steps;
    this.rule = program.rule();
    if (rule != null) { // else most are run a few times only: captured when they are needed
      for (int i = 0; i < graphs.length; i++) {
        graph(i);
      }
    }
  }

  @Override
  public Program program() {
    return program;
  }

  @Override
  public void run(Feed feed, Chunk chunk, float[] results) {
    synchronized (session.device()) {
      session.requireOpen();
      Samples samples = feed == null ? session.noSamples() : (Samples) feed.data();
      samples.requireOpen();
      try {
        int part = partSteps(samples);
        for (int done = 0, i = 0; done < chunk.steps(); done += part, i++) {
          Slot slot = session.slot(i % 2);
          slot.finish(results);
          runPart(slot, samples, feed, chunk, done, Math.min(part, chunk.steps() - done));
        }
        session.slot(0).finish(results);
        session.slot(1).finish(results);
      } catch (RuntimeException e) {
        abandon(e);
        throw e;
      }
    }
  }

  /** Waits for what is under way, whose results nobody wants: its buffers will be used again. */
  private void abandon(RuntimeException cause) {
    try {
      session.device().synchronize();
    } catch (RuntimeException e) { // the device was lost
      cause.addSuppressed(e);
    }
    session.slot(0).abandon();
    session.slot(1).abandon();
  }

  private int partSteps(Samples samples) {
    int rows = program.batch() * program.replicas();
    long most = Math.min(PART_ROWS / rows, PART_RESULTS / Math.max(1, program.resultSize()));
    if (samples.streamed()) {
      most = Math.min(most, samples.partBytes() / ((long) rows * streamedRowBytes(samples)));
    }
    return (int) Math.max(1, most);
  }

  private static int streamedRowBytes(Samples samples) {
    return Math.max(1, samples.xRowBytes() + samples.yRowBytes() + samples.weightBytes());
  }

  private void runPart(Slot slot, Samples samples, Feed feed, Chunk chunk, int first, int count) {
    int replicas = program.replicas();
    int rows = feed == null ? 0 : count * program.batch(); // of each replica
    int streamed = samples.streamed() ? rows * replicas : 0;
    long scalarsAt = DevicePosition.BYTES;
    long seedsAt =
        aligned(scalarsAt + 4L * count * replicas * (rule == null ? 0 : rule.scalars().size()));
    long orderAt = seedsAt + 8L * replicas;
    long xAt = aligned(orderAt + 4L * replicas * rows);
    long yAt = aligned(xAt + (long) samples.xRowBytes() * streamed);
    long weightsAt = aligned(yAt + (long) samples.yRowBytes() * streamed);
    long end = weightsAt + (long) samples.weightBytes() * streamed;
    slot.reserve(end, 4L * count * program.resultSize());
    long base = slot.inputAddress();
    Samples.Input input =
        new Samples.Input(
            base + xAt,
            base + yAt,
            base + weightsAt,
            base + orderAt,
            rows,
            base + scalarsAt,
            base + seedsAt);
    samples.position(input, slot.outputAddress(), chunk.iteration() + first).write(slot.input(), 0);
    writeScalars(slot.input(), (int) scalarsAt, chunk, first, count);
    for (int i = 0; i < chunk.seeds().length; i++) {
      slot.input().putLong((int) seedsAt + 8 * i, chunk.seeds()[i]);
    }
    int row = chunk.firstRow() + first * program.batch();
    if (samples.streamed()) {
      int[] at = {(int) orderAt, (int) xAt, (int) yAt, (int) weightsAt};
      writeRows(slot.input(), samples, feed.order(), row, rows, at);
      slot.send(base + scalarsAt, scalarsAt, end - scalarsAt, Device.COPY);
      session.device().record(COPY_EVENT, Device.COPY);
      session.device().await(COPY_EVENT, Device.MAIN);
    } else {
      if (feed != null) {
        writeOrder(slot.input(), feed.order(), row, rows, (int) orderAt);
      }
      slot.send(base + scalarsAt, scalarsAt, xAt - scalarsAt, Device.MAIN);
    }
    slot.send(session.position(), 0, DevicePosition.BYTES, Device.MAIN);
    for (int i = 0, left = count; i < GRAPH_STEPS.length; i++) {
      for (; left >= GRAPH_STEPS[i]; left -= GRAPH_STEPS[i]) {
        graph(i).launch();
      }
    }
    slot.receive(count * program.resultSize(), first * program.resultSize());
  }

  private static long aligned(long bytes) {
    return (bytes + 255) / 256 * 256;
  }

  /** [steps, R, S], computed in double precision. */
  private void writeScalars(ByteBuffer target, int at, Chunk chunk, int first, int count) {
    if (rule == null) {
      return;
    }
    int next = at;
    int scalars = rule.scalars().size();
    for (int step = first; step < first + count; step++) {
      for (int replica = 0; replica < program.replicas(); replica++) {
        rateAndStep[0] = chunk.learningRates()[replica];
        rateAndStep[1] = chunk.iteration() + step + 1;
        for (int i = 0; i < scalars; i++) {
          target.putFloat(next, (float) rule.scalar(i, rateAndStep));
          next += 4;
        }
      }
    }
  }

  /** [R, rows]. */
  private void writeOrder(ByteBuffer target, int[] order, int row, int rows, int at) {
    int length = order.length / program.replicas();
    target.position(at);
    var integers = target.asIntBuffer();
    target.position(0);
    for (int replica = 0; replica < program.replicas(); replica++) {
      integers.put(order, replica * length + row, rows);
    }
  }

  /**
   * The rows themselves, in order: [R, rows, I], [R, rows, K] and [R, rows]; and 0, 1, 2, ... as
   * their order, but -1 where there is no sample.
   *
   * @param at where order, x, y and weights go
   */
  private void writeRows(
      ByteBuffer target, Samples samples, int[] order, int row, int rows, int[] at) {
    int length = order.length / program.replicas();
    int next = 0;
    for (int replica = 0; replica < program.replicas(); replica++) {
      for (int i = 0; i < rows; i++) {
        int source = order[replica * length + row + i];
        target.putInt(at[0] + 4 * next, source < 0 ? -1 : next);
        if (source >= 0) {
          samples.copyRow(
              source,
              target,
              at[1] + next * samples.xRowBytes(),
              at[2] + next * samples.yRowBytes(),
              at[3] + next * samples.weightBytes());
        }
        next++;
      }
    }
  }

  private Graph graph(int index) {
    if (graphs[index] == null) {
      int count = GRAPH_STEPS[index];
      Graph graph =
          session
              .device()
              .capture(
                  () -> {
                    steps.enqueue(0, count);
                    session.advance(count);
                  });
      graphs[index] = session.memory().own(graph);
    }
    return graphs[index];
  }

  @Override
  public String toString() {
    return "cuda " + program.name() + ", graphs of " + Arrays.toString(GRAPH_STEPS);
  }
}
