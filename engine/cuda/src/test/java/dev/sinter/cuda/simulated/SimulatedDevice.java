package dev.sinter.cuda.simulated;

import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.cuda.driver.Graph;
import dev.sinter.cuda.driver.Launch;
import dev.sinter.cuda.driver.PinnedBuffer;
import dev.sinter.errors.DeviceLostException;
import dev.sinter.errors.OutOfDeviceMemoryException;
import dev.sinter.errors.RunException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.ToDoubleFunction;

/**
 * A strict device on the CPU.
 *
 * <p>Memory holds NaN until it is written, and guard zones around it are checked after each kernel.
 * The blocks and threads of a kernel run in ascending order in one launch, in descending order in
 * the next and shuffled in the third, so different results show a missing barrier. Calls that CUDA
 * may forbid during a capture throw. Work runs when it is enqueued, or when somebody waits for it:
 * {@link #deferred}.
 */
public final class SimulatedDevice implements Device {
  /** The order in which blocks, and threads of a block, take turns. */
  public enum Order {
    ASCENDING,
    DESCENDING,
    SHUFFLED
  }

  /** Shared memory of each block that CUDA takes for itself. */
  private static final int RESERVED_BYTES = 1024;

  private static final long GRANULE = 512; // the smallest allocation of the driver

  private final DeviceProperties properties;
  private final Map<Long, Long> allocations = new TreeMap<>(); // address -> bytes
  private final Map<Long, String> names = new HashMap<>(); // function -> name
  private final List<SimulatedBuffer> pinned = new ArrayList<>();
  private final Map<String, Long> counts = new TreeMap<>();
  private final Streams streams = new Streams();
  private final Set<Object> loaded = Collections.newSetFromMap(new IdentityHashMap<>());
  private ToDoubleFunction<List<String>> clock = names -> 1000.0 * names.size();
  private List<Streams.Work> captured;
  private List<String> timed;
  private Order order; // null: taking turns
  private long seed;
  private boolean races = true;
  private long launches;
  private long launchesLeft = Long.MAX_VALUE;
  private long usedBytes;
  private int leaked;
  private long handle = SimulatedNative.create();

  SimulatedDevice(DeviceProperties properties) {
    this.properties = properties;
  }

  /** Fixes the order of blocks and threads; null: orders take turns, starting by the seed. */
  public void order(Order fixed, long seed) {
    this.order = fixed;
    this.seed = seed;
  }

  /** Leaves out the wait or fence for which sinter_kept(number) is asked in kernels. */
  public void leaveOut(int number) {
    SimulatedNative.leaveOut(handle, number);
  }

  /** Chooses whether races on shared and global memory are reported; by default they are. */
  public void races(boolean reported) {
    races = reported;
  }

  /** Chooses whether work is deferred until somebody waits for it. */
  public void deferred(boolean later) {
    streams.deferred(later);
  }

  /** Makes every call throw after the given number of further launches. */
  public void loseAfter(long launches) {
    launchesLeft = launches;
  }

  /** Sets the time in ns of a list of kernels, fills, copies and products. */
  public void clock(ToDoubleFunction<List<String>> clock) {
    this.clock = clock;
  }

  /** Returns the number of allocations of device and pinned memory not yet freed. */
  public int liveAllocations() {
    return allocations.size() + pinned.size();
  }

  /** Returns the number of allocations not freed when the device was closed. */
  public int leaked() {
    return leaked;
  }

  /** Returns the number of runs of each kernel, fill, copy and product. */
  public Map<String, Long> counts() {
    return new TreeMap<>(counts);
  }

  /** Returns the handle of the native half. */
  long handle() {
    return handle;
  }

  @Override
  public DeviceProperties properties() {
    return properties;
  }

  @Override
  public long freeBytes() {
    check("cuMemGetInfo", true);
    return properties.totalBytes() - usedBytes;
  }

  @Override
  public long allocate(long bytes) {
    check("cuMemAlloc", false);
    if (bytes < 1) {
      throw new RunException("cuMemAlloc: CUDA_ERROR_INVALID_VALUE for " + bytes + " bytes");
    }
    long free = freeBytes();
    if (rounded(bytes) > free) {
      throw new OutOfDeviceMemoryException(
          "Memory of " + properties.name(),
          bytes + " bytes free",
          free + " bytes free",
          "Use a smaller batch or model, or end other programs on the device");
    }
    long address = SimulatedNative.allocate(handle, bytes);
    allocations.put(address, bytes);
    usedBytes += rounded(bytes);
    return address;
  }

  private static long rounded(long bytes) {
    return (bytes + GRANULE - 1) / GRANULE * GRANULE;
  }

  @Override
  public void free(long address) {
    check("cuMemFree", false);
    streams.runAll();
    SimulatedNative.free(handle, address);
    usedBytes -= rounded(allocations.remove(address));
  }

  @Override
  public PinnedBuffer allocatePinned(long bytes) {
    check("cuMemHostAlloc", false);
    SimulatedBuffer buffer = new SimulatedBuffer(this, bytes);
    pinned.add(buffer);
    return buffer;
  }

  /** Frees a buffer. */
  void release(SimulatedBuffer buffer) {
    if (captured != null) {
      throw forbidden("cuMemFreeHost");
    }
    if (streams.uses(buffer)) {
      throw new RunException("a pinned buffer was closed with a copy still to run");
    }
    pinned.remove(buffer);
  }

  @Override
  public void copyIn(long target, PinnedBuffer source, long sourceOffset, long bytes, int stream) {
    enqueue(
        stream,
        "copyIn",
        source,
        () -> SimulatedNative.copyIn(handle, target, source.bytes(), sourceOffset, bytes));
  }

  @Override
  public void copyOut(PinnedBuffer target, long targetOffset, long source, long bytes, int stream) {
    enqueue(
        stream,
        "copyOut",
        target,
        () -> SimulatedNative.copyOut(handle, target.bytes(), targetOffset, source, bytes));
  }

  @Override
  public void fill(long target, int word, long words, int stream) {
    enqueue(stream, "fill", null, () -> SimulatedNative.fill(handle, target, word, words));
  }

  @Override
  public long load(byte[] image, String function) {
    check("cuModuleLoadData", false);
    String path = new String(image, StandardCharsets.UTF_8);
    long loaded = SimulatedNative.load(handle, path, function);
    names.put(loaded, function);
    return loaded;
  }

  /** Counts by shared memory and threads; registers are unknown here. */
  @Override
  public int residentBlocks(long function, int threads, int sharedBytes) {
    int bytes = sharedBytes + SimulatedNative.sharedBytes(function) + RESERVED_BYTES;
    return Math.min(
        properties.sharedBytesPerMultiprocessor() / bytes,
        properties.threadsPerMultiprocessor() / threads);
  }

  @Override
  public void launch(Launch launch) {
    String name = names.getOrDefault(launch.function(), "(unknown)");
    int blocks = launch.gridX() * launch.gridY() * launch.gridZ();
    int each = residentBlocks(launch.function(), launch.threads(), launch.sharedBytes());
    if (launch.cooperative() && blocks > each * properties.multiprocessors()) {
      throw new RunException(
          "launch of kernel %s: CUDA_ERROR_COOPERATIVE_LAUNCH_TOO_LARGE, %s blocks, %s fit"
              .formatted(name, blocks, each * properties.multiprocessors()));
    }
    LaunchArguments arguments = LaunchArguments.of(name, launch.arguments());
    int[] geometry = {
      launch.gridX(),
      launch.gridY(),
      launch.gridZ(),
      launch.threads(),
      launch.sharedBytes(),
      launch.cooperative() ? 1 : 0
    };
    enqueue(
        MAIN,
        name,
        null,
        () -> {
          long number = launches++;
          SimulatedNative.launch(
              handle,
              launch.function(),
              geometry,
              arguments.kinds(),
              arguments.values(),
              arguments.starts(),
              properties.sharedBytesPerBlock(),
              order == null ? (int) Math.floorMod(number + seed, 3L) : order.ordinal(),
              seed + number,
              races);
        });
  }

  /**
   * Simulates that a library loads its kernels on first use: forbidden while capturing, as it can
   * be on GPUs.
   */
  void use(Object operation) {
    if (captured != null && !loaded.contains(operation)) {
      throw forbidden("loading a library's kernels");
    }
    loaded.add(operation);
  }

  /** Enqueues work, or records it while capturing, and counts it. */
  void enqueue(int stream, String name, PinnedBuffer buffer, Runnable action) {
    check(name, true);
    Streams.Work work =
        new Streams.Work(
            name,
            buffer,
            () -> {
              check(name, true);
              launchesLeft--;
              counts.merge(name, 1L, Long::sum);
              if (timed != null) {
                timed.add(name);
              }
              action.run();
            });
    if (captured == null) {
      streams.enqueue(stream, work);
    } else if (stream == MAIN) {
      captured.add(work);
    } else {
      throw forbidden(name + " on the stream of copies");
    }
  }

  @Override
  public void beginCapture() {
    check("cuStreamBeginCapture", false);
    captured = new ArrayList<>();
  }

  @Override
  public Graph endCapture() {
    check("cuStreamEndCapture", true);
    if (captured == null) {
      throw new RunException("cuStreamEndCapture: CUDA_ERROR_ILLEGAL_STATE, none was begun");
    }
    Graph graph = new SimulatedGraph(this, captured);
    captured = null;
    return graph;
  }

  /** Enqueues recorded work, or records it again. */
  void replay(List<Streams.Work> nodes) {
    check("cuGraphLaunch", true);
    if (captured != null) {
      captured.addAll(nodes);
    } else {
      nodes.forEach(work -> streams.enqueue(MAIN, work));
    }
  }

  @Override
  public void record(int event, int stream) {
    check("cuEventRecord", false);
    streams.record(event, stream);
  }

  @Override
  public void await(int event, int stream) {
    check("cuStreamWaitEvent", false);
    streams.await(event, stream);
  }

  @Override
  public void synchronize(int event) {
    check("cuEventSynchronize", false);
    streams.runUntil(event);
  }

  @Override
  public void synchronize() {
    check("cuStreamSynchronize", false);
    streams.runAll();
  }

  @Override
  public double time(Runnable action) {
    check("cuEventRecord", false);
    streams.runAll();
    timed = new ArrayList<>();
    try {
      action.run();
      streams.runAll();
      return clock.applyAsDouble(timed);
    } finally {
      timed = null;
    }
  }

  private void check(String call, boolean whileCapturing) {
    if (handle == 0) {
      throw new RunException(call + ": CUDA_ERROR_CONTEXT_IS_DESTROYED, the device was closed");
    }
    if (launchesLeft <= 0) {
      throw new DeviceLostException(call + ": CUDA_ERROR_DEVICE_UNAVAILABLE, device lost");
    }
    if (captured != null && !whileCapturing) {
      throw forbidden(call);
    }
  }

  private static RunException forbidden(String call) {
    return new RunException(
        call + ": CUDA_ERROR_STREAM_CAPTURE_UNSUPPORTED, not allowed while a graph is captured");
  }

  @Override
  public void close() {
    if (handle == 0) {
      return;
    }
    leaked = liveAllocations();
    captured = null;
    streams.clear();
    List.copyOf(pinned).forEach(SimulatedBuffer::close);
    allocations.clear();
    usedBytes = 0;
    SimulatedNative.destroy(handle);
    handle = 0;
  }
}
