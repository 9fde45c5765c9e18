package dev.sinter.cuda;

import dev.sinter.backend.Executable;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.cuda.CudaExecutable.Steps;
import dev.sinter.cuda.CudaExecutable.TypedSteps;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.Launch;
import dev.sinter.cuda.driver.PinnedBuffer;
import dev.sinter.cuda.kernel.AddressMap;
import dev.sinter.cuda.kernel.DeviceMemory;
import dev.sinter.cuda.kernel.KernelSource;
import dev.sinter.cuda.kernel.Workspace;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import java.lang.ref.Cleaner;
import java.lang.ref.Reference;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * State, scratch and samples in device memory; programs as graphs.
 *
 * <p>After {@link #prepare}, nothing is allocated on the device except buffers, which grow with the
 * first chunk of a larger size. {@link #close} frees everything in reverse order; so does the
 * garbage collector once session and executables are unreachable. Sessions of a device lock it and
 * take turns.
 */
final class CudaSession implements Session {
  private static final Cleaner CLEANER = Cleaner.create();

  /** The most floats of the state copied at a time. */
  private static final int PIECE_FLOATS = 1 << 20;

  private static final int MOST_REPLICAS = 65_535;

  /**
   * The largest share of the free memory for a dataset; the rest is for scratch and other programs.
   */
  private static final double DATA_SHARE = 0.7;

  /** The largest part of borrowed samples, so that a window of a stream is several parts. */
  private static final long BORROWED_PART_BYTES = 4 << 20;

  private final CudaBackend backend;
  private final Device device;
  private final DeviceMemory memory;
  private final Cleaner.Cleanable cleanable;
  private final long state;
  private final long position;
  private final Launch advance;
  private final PinnedBuffer piece;
  private final FloatBuffer pieceFloats;
  private final TransferBuffers[] slots = new TransferBuffers[2];
  private DeviceDataset noSamples; // created when needed
  private boolean closed;

  CudaSession(CudaBackend backend, State layout) {
    if (layout.replicas() > MOST_REPLICAS) {
      throw InputException.of(
          "replicas of backend cuda",
          "at most " + MOST_REPLICAS + ", a grid's limit",
          layout.replicas(),
          "Train fewer networks side by side");
    }
    this.backend = backend;
    this.device = backend.gpu().device();
    DeviceMemory owned = new DeviceMemory(device);
    this.memory = owned;
    this.cleanable = CLEANER.register(this, () -> giveBack(owned));
    synchronized (device) {
      try {
        this.advance = backend.gpu().kernels().launch(KernelSource.of("flow.cu", "advance"));
        this.state = memory.zeros(layout.size());
        this.position = memory.allocate(DeviceDataset.POSITION_BYTES);
        this.piece =
            memory.own(
                device.allocatePinned(4L * Math.max(1, Math.min(PIECE_FLOATS, layout.size()))));
        this.pieceFloats = piece.bytes().asFloatBuffer();
        for (int i = 0; i < slots.length; i++) {
          slots[i] = memory.own(new TransferBuffers(device, i));
        }
      } catch (RuntimeException e) {
        cleanable.clean();
        throw e;
      }
    }
  }

  private static void giveBack(DeviceMemory owned) {
    synchronized (owned.device()) {
      owned.run();
    }
  }

  @Override
  public void write(int offset, float[] values) {
    synchronized (device) {
      requireOpen();
      for (int from = 0; from < values.length; from += pieceFloats.capacity()) {
        int count = Math.min(pieceFloats.capacity(), values.length - from);
        pieceFloats.put(0, values, from, count);
        device.copyIn(state + 4L * (offset + (long) from), piece, 0, 4L * count, Device.MAIN);
        device.synchronize();
      }
    }
    Reference.reachabilityFence(this);
  }

  @Override
  public void read(int offset, float[] values) {
    synchronized (device) {
      requireOpen();
      for (int from = 0; from < values.length; from += pieceFloats.capacity()) {
        int count = Math.min(pieceFloats.capacity(), values.length - from);
        device.copyOut(piece, 0, state + 4L * (offset + (long) from), 4L * count, Device.MAIN);
        device.synchronize();
        pieceFloats.get(0, values, from, count);
      }
    }
    Reference.reachabilityFence(this);
  }

  @Override
  public Resident upload(Tensor x, Tensor y, Tensor weights, float scale, float offset) {
    synchronized (device) {
      requireOpen();
      long bytes = DeviceDataset.bytes(x) + DeviceDataset.bytes(y) + DeviceDataset.bytes(weights);
      boolean streamed = bytes > (long) (DATA_SHARE * device.freeBytes());
      return samples(x, y, weights, scale, offset, streamed ? DeviceDataset.MOST_PART_BYTES : 0);
    }
  }

  /** Leaves the samples on the host; their rows are sent part by part while the device computes. */
  @Override
  public Resident borrow(Tensor x, Tensor y, Tensor weights, float scale, float offset) {
    synchronized (device) {
      requireOpen();
      return samples(x, y, weights, scale, offset, BORROWED_PART_BYTES);
    }
  }

  private DeviceDataset samples(
      Tensor x, Tensor y, Tensor weights, float scale, float offset, long mostPartBytes) {
    DeviceDataset samples = new DeviceDataset(memory, x, y, weights, scale, offset, mostPartBytes);
    Reference.reachabilityFence(this);
    return samples;
  }

  /**
   * Translates programs: each into one kernel of one block or of all multiprocessors if it fits,
   * otherwise kernel by kernel.
   */
  @Override
  public List<Executable> prepare(List<Program> programs) {
    synchronized (device) {
      requireOpen();
      int size = programs.stream().mapToInt(program -> program.scratch().size()).max().orElse(0);
      long scratch = memory.allocate(4L * size);
      Workspace workspace = new Workspace();
      List<TypedSteps> steps = new ArrayList<>();
      for (Program program : programs) {
        AddressMap places = new AddressMap(program, state, scratch);
        steps.add(steps(places, workspace));
      }
      workspace.allocate(memory);
      List<Executable> executables = new ArrayList<>();
      for (int i = 0; i < programs.size(); i++) {
        executables.add(new CudaExecutable(this, programs.get(i), steps.get(i)));
      }
      device.synchronize();
      Reference.reachabilityFence(this);
      return List.copyOf(executables);
    }
  }

  private TypedSteps steps(AddressMap places, Workspace workspace) {
    Steps block = WholeStepKernel.of(backend, places, position);
    if (block != null) {
      return new TypedSteps(block, block);
    }
    EpochChooser.Choice choice = new EpochChooser(backend).choose(places.program());
    Steps graph =
        choice.ofBytes() && choice.ofFloats()
            ? null
            : new Translator(backend, memory, workspace, places, position).lower();
    Steps kernel =
        choice.ofBytes() || choice.ofFloats()
            ? new EpochKernel(choice.plan(), backend, places, memory, position)
            : null;
    return new TypedSteps(choice.ofBytes() ? kernel : graph, choice.ofFloats() ? kernel : graph);
  }

  /** Returns empty samples, for programs that read none. */
  DeviceDataset noSamples() {
    if (noSamples == null) {
      noSamples = new DeviceDataset(memory, Tensor.of(new float[1], 1, 1), null, null, 1, 0, 0);
    }
    return noSamples;
  }

  /** Enqueues the last node of a graph, which advances the position. */
  void advance(int steps) {
    device.launch(advance.with(position, steps));
  }

  Device device() {
    return device;
  }

  DeviceMemory memory() {
    return memory;
  }

  /** Returns the address of the position. */
  long position() {
    return position;
  }

  TransferBuffers slot(int index) {
    return slots[index];
  }

  @Override
  public void close() {
    closed = true;
    cleanable.clean();
  }

  void requireOpen() {
    if (closed) {
      throw new IllegalStateException("backend cuda: the session is closed");
    }
  }
}
