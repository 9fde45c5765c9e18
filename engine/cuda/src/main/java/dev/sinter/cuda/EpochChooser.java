package dev.sinter.cuda;

import dev.sinter.cuda.CudaExecutable.Steps;
import dev.sinter.cuda.EpochPlan.Answer;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.Graph;
import dev.sinter.cuda.driver.PinnedBuffer;
import dev.sinter.cuda.kernel.AddressMap;
import dev.sinter.cuda.kernel.DeviceMemory;
import dev.sinter.cuda.kernel.KernelSource;
import dev.sinter.cuda.kernel.Workspace;
import dev.sinter.data.Tensor;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import java.nio.ByteBuffer;
import java.util.Locale;

/**
 * Decides whether the training steps of a program run as one cooperative kernel or as a graph of
 * kernels: both are timed once, on memory of their own, and the choice is kept like that for a
 * product.
 */
record EpochChooser(CudaBackend backend) {
  /** The steps of a measurement; both designs run them in one launch. */
  private static final int STEPS = 32;

  private static final int ROUNDS = 5;
  private static final String KERNEL = "one cooperative kernel";
  private static final String GRAPH = "a graph of kernels";

  /** Returns the plan of the cooperative kernel, or the reason why a graph of kernels runs. */
  Answer choose(Program program) {
    OpenDevice gpu = backend.gpu();
    if (gpu.epochs() == EpochKernel.Use.NEVER) {
      return new Answer(null, "this backend was opened without it");
    } else if (backend.library() != null) {
      return new Answer(null, "the operations of cuDNN were asked for");
    }
    Answer answer = EpochPlan.of(program, gpu.device().properties(), backend.precision());
    if (answer.plan() == null) {
      return answer;
    }
    EpochPlan plan = answer.plan();
    KernelSource source = EpochKernel.source(plan, backend.precision());
    long function = gpu.kernels().launch(source).function();
    if (gpu.device().residentBlocks(function, plan.threads(), plan.sharedBytes()) < 1) {
      return new Answer(null, "a block of " + plan.threads() + " threads does not fit");
    } else if (gpu.epochs() == EpochKernel.Use.ALWAYS) {
      return answer;
    }
    String key = "step " + program.name() + " " + Integer.toHexString(source.text().hashCode());
    if (gpu.choices().get(key) == null) {
      gpu.choices().put(key, measured(program, plan));
    }
    String known = gpu.choices().get(key);
    return known.startsWith(KERNEL) ? new Answer(plan, known) : new Answer(null, known);
  }

  /** Times both designs; returns the faster one with the times per step. */
  private String measured(Program program, EpochPlan plan) {
    Device device = backend.gpu().device();
    DeviceMemory memory = new DeviceMemory(device);
    try {
      AddressMap places =
          new AddressMap(
              program,
              memory.zeros(program.state().size()),
              memory.allocate(4L * program.scratch().size()));
      long position = position(program, memory);
      EpochKernel kernel = new EpochKernel(plan, backend, places, memory, position);
      Workspace workspace = new Workspace();
      Steps steps = new Translator(backend, memory, workspace, places, position).lower();
      workspace.allocate(memory);
      Graph graph = memory.own(device.capture(() -> steps.enqueue(0, STEPS)));
      double kernelTime = Double.POSITIVE_INFINITY;
      double graphTime = Double.POSITIVE_INFINITY;
      for (int round = 0; round < ROUNDS; round++) { // in turns: the clock rises with the work
        kernelTime = Math.min(kernelTime, device.time(() -> kernel.enqueue(0, STEPS)));
        graphTime = Math.min(graphTime, device.time(graph::launch));
      }
      boolean faster = kernelTime < graphTime;
      return String.format(
          Locale.ROOT,
          "%s: %.2f us per step, %s: %.2f us",
          faster ? KERNEL : GRAPH,
          Math.min(kernelTime, graphTime) / STEPS / 1e3,
          faster ? GRAPH : KERNEL,
          Math.max(kernelTime, graphTime) / STEPS / 1e3);
    } finally {
      device.synchronize();
      memory.run();
    }
  }

  /** Returns the address of a position with samples, scalars and results for all steps. */
  private static long position(Program program, DeviceMemory memory) {
    Op.Gather gather = (Op.Gather) program.simpleOps().get(0);
    int batch = program.batch();
    int rows = STEPS * batch;
    DeviceDataset samples =
        new DeviceDataset(
            memory,
            Tensor.ofBytes(
                new byte[batch * gather.x().shape().columns()],
                batch,
                gather.x().shape().columns()),
            Tensor.of(new float[gather.y().shape().size()], batch, gather.y().shape().columns()),
            null,
            1 / 255f,
            0,
            false);
    int scalars = STEPS * program.replicas() * program.rule().scalars().size();
    DeviceDataset.Input at = samples.input(4L * scalars, program.replicas(), rows);
    long base = memory.allocate(at.end());
    long results = memory.allocate(4L * STEPS * program.resultSize());
    Device device = memory.device();
    try (PinnedBuffer buffer = device.allocatePinned(at.end())) {
      ByteBuffer input = buffer.bytes();
      while (input.hasRemaining()) {
        input.put((byte) 0);
      }
      input.clear();
      samples.writePosition(input, at, base, results, rows, 0);
      device.copyIn(base, buffer, 0, at.end(), Device.MAIN);
      device.synchronize();
    }
    return base;
  }
}
