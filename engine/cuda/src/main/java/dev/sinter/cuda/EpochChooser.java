package dev.sinter.cuda;

import dev.sinter.cuda.CudaExecutable.Steps;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.Graph;
import dev.sinter.cuda.driver.PinnedBuffer;
import dev.sinter.cuda.kernel.AddressMap;
import dev.sinter.cuda.kernel.DeviceMemory;
import dev.sinter.cuda.kernel.Workspace;
import dev.sinter.data.Tensor;
import dev.sinter.errors.DeviceLostException;
import dev.sinter.errors.OutOfDeviceMemoryException;
import dev.sinter.errors.RunException;
import dev.sinter.io.TimingCache;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.UpdateRule;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * Decides whether the training steps of a program run as one cooperative kernel or as a graph of
 * kernels, for samples of bytes and for samples of floats.
 *
 * <p>Both train a few steps on memory of their own. They must come to the same losses; then the
 * faster one is chosen, and the choice is kept like that for a product.
 */
record EpochChooser(CudaBackend backend) {
  /** The steps of a measurement; both designs run them in one launch. */
  private static final int STEPS = 64;

  private static final int ROUNDS = 3;

  /** The most rows of samples; further steps read them again. */
  private static final int MOST_ROWS = 8192;

  /** The steps whose losses are compared: later ones differ more by rounding. */
  private static final int COMPARED = 4;

  /** The largest relative difference of two losses, also with bf16. */
  private static final double TOLERANCE = 0.03;

  private static final int PIECE_FLOATS = 1 << 18;
  private static final String KERNEL = "one cooperative kernel";
  private static final String GRAPH = "a graph of kernels";

  /**
   * What runs.
   *
   * @param plan of the cooperative kernel; null if it never runs
   * @param ofBytes whether it trains on samples of bytes; otherwise a graph does
   * @param ofFloats whether it trains on samples of floats
   * @param reason for people
   */
  record Choice(EpochPlan plan, boolean ofBytes, boolean ofFloats, String reason) {
    private static Choice graph(String reason) {
      return new Choice(null, false, false, reason);
    }

    @Override
    public String toString() {
      return plan == null
          ? GRAPH + ", not " + KERNEL + ": " + reason
          : plan + (reason.isEmpty() ? "" : "; " + reason);
    }
  }

  /** Chooses for a program. */
  Choice choose(Program program) {
    OpenDevice gpu = backend.gpu();
    if (gpu.epochs() == EpochKernel.Use.NEVER) {
      return Choice.graph("this backend was opened without it");
    } else if (backend.library() != null) {
      return Choice.graph("the operations of cuDNN were asked for");
    }
    EpochPlan.Answer answer = EpochPlan.of(program, gpu.device().properties(), backend.precision());
    EpochPlan plan = answer.plan();
    if (plan == null) {
      return Choice.graph(answer.reason());
    } else if (gpu.epochs() == EpochKernel.Use.ALWAYS) {
      return new Choice(plan, true, true, "");
    }
    try {
      String bytes = timed(program, plan, true);
      String floats = timed(program, plan, false);
      boolean ofBytes = bytes.startsWith(KERNEL);
      boolean ofFloats = floats.startsWith(KERNEL);
      String reason = "bytes: " + bytes + "; floats: " + floats;
      return new Choice(ofBytes || ofFloats ? plan : null, ofBytes, ofFloats, reason);
    } catch (OutOfDeviceMemoryException e) {
      return Choice.graph("too little memory is free to time it");
    } catch (DeviceLostException e) {
      throw e;
    } catch (RunException e) { // such as a launch that this device refuses
      return Choice.graph("it does not run here: " + e.getMessage());
    }
  }

  /** Returns what is faster, with its times; measured once for each device, program and kernel. */
  private String timed(Program program, EpochPlan plan, boolean bytes) {
    String text = EpochKernel.source(plan, backend.precision()).text();
    String key =
        "step %s %s %s"
            .formatted(
                program.name(), bytes ? "bytes" : "floats", Integer.toHexString(text.hashCode()));
    TimingCache choices = backend.gpu().choices();
    if (choices.get(key) == null) {
      choices.put(key, measured(program, plan, bytes));
    }
    return choices.get(key);
  }

  private String measured(Program program, EpochPlan plan, boolean bytes) {
    Device device = backend.gpu().device();
    try (DeviceMemory memory = new DeviceMemory(device)) {
      long state = memory.zeros(program.state().size());
      AddressMap places =
          new AddressMap(program, state, memory.allocate(4L * program.scratch().size()));
      long results = memory.allocate(4L * STEPS * program.resultSize());
      long position = position(program, memory, results, bytes);
      EpochKernel kernel = new EpochKernel(plan, backend, places, memory, position);
      Workspace workspace = new Workspace();
      Steps steps = new Translator(backend, memory, workspace, places, position).lower();
      workspace.allocate(memory);
      Graph graph = memory.own(device.capture(() -> steps.enqueue(0, STEPS)));
      float[] ofKernel = losses(plan, places, results, () -> kernel.enqueue(0, STEPS));
      float[] ofGraph = losses(plan, places, results, graph::launch);
      for (int i = 0; i < ofGraph.length; i++) {
        if (!(Math.abs(ofKernel[i] - ofGraph[i]) <= TOLERANCE * Math.abs(ofGraph[i]))) {
          return GRAPH
              + ": the loss of the other design is %s instead of %s; please report this"
                  .formatted(ofKernel[i], ofGraph[i]);
        }
      }
      double kernelTime = Double.POSITIVE_INFINITY;
      double graphTime = Double.POSITIVE_INFINITY;
      for (int round = 0; round < ROUNDS; round++) { // in turns: the clock rises with the work
        kernelTime = Math.min(kernelTime, device.time(() -> kernel.enqueue(0, STEPS)));
        graphTime = Math.min(graphTime, device.time(graph::launch));
      }
      boolean faster = kernelTime < graphTime;
      return String.format(
          Locale.ROOT,
          "%s takes %.2f us a step, %s %.2f us",
          faster ? KERNEL : GRAPH,
          Math.min(kernelTime, graphTime) / STEPS / 1e3,
          faster ? GRAPH : KERNEL,
          Math.max(kernelTime, graphTime) / STEPS / 1e3);
    }
  }

  /** Trains from the same weights; returns the losses of the first steps. */
  private float[] losses(EpochPlan plan, AddressMap places, long results, Runnable steps) {
    Device device = backend.gpu().device();
    Program program = places.program();
    State layout = program.state();
    int region = layout.regionSize();
    int size = program.resultSize();
    try (PinnedBuffer piece = device.allocatePinned(4L * Math.max(PIECE_FLOATS, COMPARED * size))) {
      FloatBuffer floats = piece.bytes().asFloatBuffer();
      SplittableRandom random = new SplittableRandom(1);
      for (int i = 0; i < PIECE_FLOATS; i++) {
        floats.put(i, (float) random.nextDouble() - 0.5f); // large: losses show faults
      }
      for (int from = 0; from < region; from += PIECE_FLOATS) {
        long bytes = 4L * Math.min(PIECE_FLOATS, region - from);
        device.copyIn(places.state() + 4L * from, piece, 0, bytes, Device.MAIN);
      }
      device.fill(places.state() + 4L * region, 0, (long) layout.size() - region, Device.MAIN);
      steps.run();
      device.synchronize(); // the copies above have read the piece
      device.copyOut(piece, 0, results, 4L * COMPARED * size, Device.MAIN);
      device.synchronize();
      int at = EpochKernel.resultAt(plan.network(), plan.network().loss().loss());
      float[] losses = new float[at < 0 ? 0 : COMPARED];
      for (int step = 0; step < losses.length; step++) {
        losses[step] = floats.get(step * size + at);
      }
      return losses;
    }
  }

  /** Returns the address of a position with samples, scalars and an order for all steps. */
  private static long position(Program program, DeviceMemory memory, long results, boolean bytes) {
    int batch = program.batch();
    int replicas = program.replicas();
    int samples = Math.min(MOST_ROWS, STEPS * batch);
    DeviceDataset data = samples(program, memory, samples, bytes);
    UpdateRule rule = program.rule();
    int scalars = STEPS * replicas * rule.scalars().size();
    DeviceDataset.Input at = data.input(4L * scalars, replicas, STEPS * batch);
    long base = memory.allocate(at.end());
    Device device = memory.device();
    try (PinnedBuffer buffer = device.allocatePinned(at.end())) {
      ByteBuffer input = buffer.bytes();
      data.writePosition(input, at, base, results, STEPS * batch, 0);
      for (int i = 0, next = (int) at.scalars(); i < scalars; i++, next += 4) {
        int step = i / (replicas * rule.scalars().size());
        input.putFloat(next, (float) rule.scalar(i % rule.scalars().size(), 1e-3, step + 1));
      }
      for (int i = 0; i < replicas; i++) {
        input.putLong((int) at.seeds() + 8 * i, i);
      }
      for (int i = 0; i < replicas * STEPS * batch; i++) {
        input.putInt((int) at.order() + 4 * i, i % samples);
      }
      device.copyIn(base, buffer, 0, at.end(), Device.MAIN);
      device.synchronize();
    }
    return base;
  }

  /** Uploads random samples and labels. */
  private static DeviceDataset samples(
      Program program, DeviceMemory memory, int rows, boolean bytes) {
    Op.Gather gather = (Op.Gather) program.simpleOps().get(0);
    int inputs = gather.x().shape().columns();
    int labels = gather.y().shape().columns();
    SplittableRandom random = new SplittableRandom(2);
    byte[] x = new byte[rows * inputs];
    random.nextBytes(x);
    float[] y = new float[rows * labels];
    for (int row = 0; row < rows; row++) { // class 0 or 1, or one class of several
      y[row * labels + random.nextInt(labels)] = labels == 1 ? random.nextInt(2) : 1;
    }
    Tensor asBytes = Tensor.ofBytes(x, rows, inputs);
    return new DeviceDataset(
        memory,
        bytes ? asBytes : floats(asBytes),
        Tensor.of(y, rows, labels),
        null,
        bytes ? 1 / 255f : 1,
        0,
        0);
  }

  private static Tensor floats(Tensor bytes) {
    float[] values = new float[bytes.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = bytes.get(i) / 255f;
    }
    return Tensor.of(values, bytes.dimension(0), bytes.rowSize());
  }
}
