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
 * A program as graphs of 64, 32, 16, 8, 4, 2 and 1 steps, so that any number of steps takes few
 * launches; or as one kernel that runs many steps.
 *
 * <p>A chunk runs in parts. For each part the host sends the position, the scalars of the optimizer
 * and the order of the rows (and the rows themselves if they are streamed), launches graphs and
 * receives the results. While the device works on one part, the host prepares the next. Steps read
 * their position from device memory, so the same graphs serve every chunk, and nothing is
 * allocated.
 */
final class CudaExecutable implements Executable {
  private static final int[] GRAPH_STEPS = {64, 32, 16, 8, 4, 2, 1};

  /** The most rows and results of a part, unless one step has more. */
  private static final int PART_ROWS = 1 << 20;

  private static final int PART_RESULTS = 1 << 22;

  private static final int COPY_EVENT = 2;

  private final CudaSession session;
  private final Program program;
  private final TypedSteps steps;
  private final UpdateRule rule; // null without an update
  private final double[] rateAndStep = new double[2];
  private final Graph[] graphs = new Graph[GRAPH_STEPS.length];

  /** The steps of a program. */
  interface Steps {
    /** Enqueues steps first to first + count - 1 of a graph, or of a part that needs none. */
    void enqueue(int first, int count);

    /** Returns how many steps to enqueue at a time without a graph; 0 if they run as graphs. */
    default int perLaunch() {
      return 0;
    }
  }

  /** The steps for samples of bytes and for samples of floats; often the same. */
  record TypedSteps(Steps ofBytes, Steps ofFloats) {
    /** Returns the steps that run as graphs; null if there are none. */
    Steps graphs() {
      return ofBytes.perLaunch() == 0 ? ofBytes : ofFloats.perLaunch() == 0 ? ofFloats : null;
    }
  }

  CudaExecutable(CudaSession session, Program program, TypedSteps steps) {
    this.session = session;
    this.program = program;
    this.steps = steps;
    this.rule = program.rule();
    // Programs without an update run only a few times: captured when needed.
    for (int i = 0; i < graphs.length && rule != null && steps.graphs() != null; i++) {
      graph(i);
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
      DeviceDataset samples = feed == null ? session.noSamples() : (DeviceDataset) feed.data();
      samples.requireOpen();
      try {
        int part = partSteps(samples);
        for (int done = 0, i = 0; done < chunk.steps(); done += part, i++) {
          TransferBuffers slot = session.slot(i % 2);
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

  /** Waits for running work and discards its results, because its buffers will be reused. */
  private void abandon(RuntimeException cause) {
    try {
      session.device().synchronize();
    } catch (RuntimeException e) { // the device is lost
      cause.addSuppressed(e);
    }
    session.slot(0).abandon();
    session.slot(1).abandon();
  }

  private int partSteps(DeviceDataset samples) {
    int rows = program.batch() * program.replicas();
    long most = Math.min(PART_ROWS / rows, PART_RESULTS / Math.max(1, program.resultSize()));
    if (samples.streamed()) {
      most = Math.min(most, samples.partBytes() / ((long) rows * samples.rowBytes()));
    }
    return (int) Math.max(1, most);
  }

  private void runPart(
      TransferBuffers slot, DeviceDataset samples, Feed feed, Chunk chunk, int first, int count) {
    int replicas = program.replicas();
    int rows = feed == null ? 0 : count * program.batch(); // of each replica
    int scalars = rule == null ? 0 : rule.scalars().size();
    DeviceDataset.Input at = samples.input(4L * count * replicas * scalars, replicas, rows);
    slot.reserve(at.end(), 4L * count * program.resultSize());
    ByteBuffer input = slot.input();
    long base = slot.inputAddress();
    long iteration = chunk.iteration() + first;
    samples.writePosition(input, at, base, slot.outputAddress(), rows, iteration);
    writeScalars(input, (int) at.scalars(), chunk, first, count);
    for (int i = 0; i < chunk.seeds().length; i++) {
      input.putLong((int) at.seeds() + 8 * i, chunk.seeds()[i]);
    }
    if (feed != null) {
      int row = chunk.firstRow() + first * program.batch();
      samples.writeRows(input, at, feed.order(), replicas, row, rows);
    }
    if (samples.streamed()) {
      slot.send(base + at.scalars(), at.scalars(), at.end() - at.scalars(), Device.COPY);
      session.device().record(COPY_EVENT, Device.COPY);
      session.device().await(COPY_EVENT, Device.MAIN);
    } else {
      slot.send(base + at.scalars(), at.scalars(), at.x() - at.scalars(), Device.MAIN);
    }
    slot.send(session.position(), 0, DeviceDataset.POSITION_BYTES, Device.MAIN);
    launch(samples.hasBytes() ? steps.ofBytes() : steps.ofFloats(), count);
    slot.receive(count * program.resultSize(), first * program.resultSize());
  }

  private void launch(Steps chosen, int count) {
    int most = chosen.perLaunch();
    for (int step = 0; step < count && most > 0; step += most) {
      chosen.enqueue(step, Math.min(most, count - step));
    }
    for (int i = 0, left = most > 0 ? 0 : count; i < GRAPH_STEPS.length; i++) {
      for (; left >= GRAPH_STEPS[i]; left -= GRAPH_STEPS[i]) {
        graph(i).launch();
      }
    }
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

  private Graph graph(int index) {
    if (graphs[index] == null) {
      int count = GRAPH_STEPS[index];
      Graph graph =
          session
              .device()
              .capture(
                  () -> {
                    steps.graphs().enqueue(0, count);
                    session.advance(count);
                  });
      graphs[index] = session.memory().own(graph);
    }
    return graphs[index];
  }

  @Override
  public String toString() {
    return "cuda "
        + program.name()
        + (steps.graphs() == null ? ", one kernel" : ", graphs of " + Arrays.toString(GRAPH_STEPS));
  }
}
