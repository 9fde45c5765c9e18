package dev.sinter.cuda.nvidia;

import static org.bytedeco.cuda.global.cudart.*;

import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.cuda.driver.Graph;
import dev.sinter.cuda.driver.Launch;
import dev.sinter.cuda.driver.PinnedBuffer;
import dev.sinter.errors.OutOfDeviceMemoryException;
import dev.sinter.errors.RunException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bytedeco.cuda.cudart.CUctx_st;
import org.bytedeco.cuda.cudart.CUevent_st;
import org.bytedeco.cuda.cudart.CUgraphExec_st;
import org.bytedeco.cuda.cudart.CUgraph_st;
import org.bytedeco.cuda.cudart.CUstream_st;
import org.bytedeco.javacpp.SizeTPointer;

/**
 * A device of the CUDA driver: its primary context, which cuBLASLt and cuDNN also use, and two
 * non-blocking streams.
 *
 * <p>Owns all memory, graphs and kernels created through it; {@link #close} frees the remaining
 * ones in reverse order, even if the device is lost. Calls made per chunk or per step (copies,
 * events, launches) allocate no objects. Memory can be neither allocated nor freed while recording.
 */
final class NvidiaDevice implements Device {
  /** The device whose context is current in this thread. */
  private static final ThreadLocal<NvidiaDevice> CURRENT = new ThreadLocal<>();

  private static final int EVENTS = 16;

  private final int index;
  private final DeviceProperties properties;
  private final int handle;
  private final CUctx_st context = new CUctx_st();
  private final List<CUstream_st> streams = new ArrayList<>();
  private final List<CUevent_st> events = new ArrayList<>(); // for ordering streams
  private final CUevent_st started = new CUevent_st();
  private final CUevent_st ended = new CUevent_st();
  private final LoadedKernels kernels;
  private final Set<RecordedGraph> graphs = new LinkedHashSet<>();
  private boolean recording;
  private final Map<Long, Long> memory = new LinkedHashMap<>(); // bytes by address
  private final Set<NvidiaPinned> pinned = new LinkedHashSet<>();
  private boolean closed;
  private RunException closeFailure;

  /** Opens a device of an initialized driver. */
  NvidiaDevice(int index, DeviceProperties properties) {
    this.index = index;
    this.properties = properties;
    int[] found = new int[1];
    Check.driver(cuDeviceGet(found, index), "cuDeviceGet");
    handle = found[0];
    requireContext(cuDevicePrimaryCtxRetain(context, handle));
    kernels = new LoadedKernels(this);
    try {
      open();
    } catch (RuntimeException e) {
      try {
        close();
      } catch (RunException second) {
        e.addSuppressed(second);
      }
      throw e;
    }
  }

  private void requireContext(int result) {
    String call = "cuDevicePrimaryCtxRetain";
    if (result == Check.OUT_OF_MEMORY) {
      throw new OutOfDeviceMemoryException(
          "CUDA, " + call + " on device " + index + ", " + properties.name(),
          "memory for the context of this process",
          "out of memory, too few of %s bytes free".formatted(properties.totalBytes()),
          "End other programs on the device (nvidia-smi lists them)");
    }
    if (result == CUDA_ERROR_DEVICE_UNAVAILABLE || result == CUDA_ERROR_INVALID_DEVICE) {
      throw NvidiaPlatform.unavailable(
          Reasons.noContext(
              index, properties, call + " answers " + Check.name(result) + " (" + result + ")"));
    }
    Check.driver(result, call);
  }

  private void open() {
    enter();
    for (int i = 0; i <= COPY; i++) {
      CUstream_st stream = new CUstream_st();
      check(cuStreamCreate(stream, CU_STREAM_NON_BLOCKING), "cuStreamCreate");
      streams.add(stream);
    }
    for (int i = 0; i < EVENTS; i++) {
      CUevent_st event = new CUevent_st();
      check(cuEventCreate(event, CU_EVENT_DISABLE_TIMING), "cuEventCreate");
      events.add(event);
    }
    check(cuEventCreate(started, CU_EVENT_DEFAULT), "cuEventCreate");
    check(cuEventCreate(ended, CU_EVENT_DEFAULT), "cuEventCreate");
  }

  /** Makes the context current in this thread. */
  void enter() {
    if (closed) {
      throw new IllegalStateException("device " + index + " was closed");
    }
    if (CURRENT.get() != this) {
      Check.driver(cuCtxSetCurrent(context), "cuCtxSetCurrent");
      CURRENT.set(this);
    }
  }

  /** Throws if a driver call failed; the context is current. */
  void check(int result, String call) {
    if (result == Check.OUT_OF_MEMORY) {
      throw outOfMemory(call, "more device memory");
    }
    if (result != 0) {
      Check.driver(result, call);
    }
  }

  private OutOfDeviceMemoryException outOfMemory(String where, String needed) {
    final long total = properties.totalBytes();
    final long held = memory.values().stream().mapToLong(Long::longValue).sum();
    String free;
    String others;
    try {
      long bytes = freeBytes();
      free = String.valueOf(bytes);
      others = String.valueOf(Math.max(0, total - bytes - held));
    } catch (RunException e) { // the device is lost as well
      free = "unknown";
      others = "unknown";
    }
    return new OutOfDeviceMemoryException(
        "CUDA, " + where + " on device " + index + ", " + properties.name(),
        needed,
        "out of memory, %s of %s bytes free, %s held by this program, %s by CUDA and other programs"
            .formatted(free, total, held, others),
        "Use a smaller batch or a smaller model, or end other programs on the device (nvidia-smi"
            + " lists them); data that does not fit next to the model is streamed");
  }

  /** Returns the stream that the libraries enqueue on. */
  CUstream_st mainStream() {
    return streams.get(MAIN);
  }

  @Override
  public DeviceProperties properties() {
    return properties;
  }

  @Override
  public long freeBytes() {
    enter();
    try (SizeTPointer free = new SizeTPointer(1);
        SizeTPointer total = new SizeTPointer(1)) {
      Check.driver(cuMemGetInfo(free, total), "cuMemGetInfo");
      return free.get();
    }
  }

  @Override
  public long allocate(long bytes) {
    enter();
    if (bytes < 1) {
      throw new IllegalArgumentException("device memory: at least 1 byte, not " + bytes);
    }
    long[] address = new long[1];
    int result = cuMemAlloc(address, bytes);
    if (result == Check.OUT_OF_MEMORY) {
      throw outOfMemory("cuMemAlloc", bytes + " bytes of device memory");
    }
    check(result, "cuMemAlloc");
    memory.put(address[0], bytes);
    return address[0];
  }

  @Override
  public void free(long address) {
    if (memory.remove(address) == null) {
      throw new IllegalArgumentException("not allocated, or freed before: address " + address);
    }
    synchronize();
    check(cuMemFree(address), "cuMemFree");
  }

  /** Frees memory of a library during its close; does not throw if the device is lost. */
  void giveBack(long address) {
    memory.remove(address);
    closing(cuStreamSynchronize(mainStream()), "cuStreamSynchronize");
    closing(cuMemFree(address), "cuMemFree");
  }

  @Override
  public PinnedBuffer allocatePinned(long bytes) {
    enter();
    NvidiaPinned buffer = new NvidiaPinned(this, bytes);
    pinned.add(buffer);
    return buffer;
  }

  /** Frees a buffer. */
  void release(NvidiaPinned buffer) {
    pinned.remove(buffer);
    enter();
    check(buffer.free(), "cuMemFreeHost");
  }

  @Override
  public void copyIn(long target, PinnedBuffer source, long sourceOffset, long bytes, int stream) {
    enter();
    NvidiaPinned host = (NvidiaPinned) source;
    check(
        cuMemcpyHtoDAsync(target, host.at(sourceOffset, bytes), bytes, streams.get(stream)),
        "cuMemcpyHtoDAsync");
  }

  @Override
  public void copyOut(PinnedBuffer target, long targetOffset, long source, long bytes, int stream) {
    enter();
    NvidiaPinned host = (NvidiaPinned) target;
    check(
        cuMemcpyDtoHAsync(host.at(targetOffset, bytes), source, bytes, streams.get(stream)),
        "cuMemcpyDtoHAsync");
  }

  @Override
  public void fill(long target, int word, long words, int stream) {
    enter();
    check(cuMemsetD32Async(target, word, words, streams.get(stream)), "cuMemsetD32Async");
  }

  @Override
  public long load(byte[] image, String function) {
    enter();
    return kernels.load(image, function);
  }

  @Override
  public int residentBlocks(long function, int threads, int sharedBytes) {
    enter();
    return kernels.residentBlocks(function, threads, sharedBytes);
  }

  @Override
  public void launch(Launch launch) {
    enter();
    kernels.launch(launch, mainStream());
  }

  /** Drops a previous, failed recording. Does not record other threads. */
  @Override
  public void beginCapture() {
    enter();
    abandonCapture();
    check(
        cuStreamBeginCapture(mainStream(), CU_STREAM_CAPTURE_MODE_THREAD_LOCAL),
        "cuStreamBeginCapture");
    recording = true;
  }

  @Override
  public Graph endCapture() {
    enter();
    recording = false;
    CUgraph_st recorded = new CUgraph_st();
    check(cuStreamEndCapture(mainStream(), recorded), "cuStreamEndCapture");
    CUgraphExec_st executable = new CUgraphExec_st();
    try {
      check(cuGraphInstantiate(executable, recorded, 0), "cuGraphInstantiate");
    } finally {
      cuGraphDestroy(recorded);
    }
    RecordedGraph graph = new RecordedGraph(executable);
    graphs.add(graph);
    check(
        cuGraphUpload(executable, mainStream()),
        "cuGraphUpload"); // otherwise the first launch does it
    return graph;
  }

  /** Drops an unfinished recording, if there is one. */
  private void abandonCapture() {
    if (recording) {
      recording = false;
      CUgraph_st recorded = new CUgraph_st();
      if (cuStreamEndCapture(mainStream(), recorded) == 0 && !recorded.isNull()) {
        cuGraphDestroy(recorded);
      }
    }
  }

  /** An instantiated graph. */
  private final class RecordedGraph implements Graph {
    private final CUgraphExec_st executable;

    RecordedGraph(CUgraphExec_st executable) {
      this.executable = executable;
    }

    @Override
    public void launch() {
      if (!graphs.contains(this)) {
        throw new IllegalStateException("the graph is closed");
      }
      enter();
      check(cuGraphLaunch(executable, mainStream()), "cuGraphLaunch");
    }

    @Override
    public void close() {
      if (graphs.remove(this)) {
        enter();
        check(cuGraphExecDestroy(executable), "cuGraphExecDestroy");
      }
    }
  }

  @Override
  public void record(int event, int stream) {
    enter();
    check(cuEventRecord(events.get(event), streams.get(stream)), "cuEventRecord");
  }

  @Override
  public void await(int event, int stream) {
    enter();
    check(cuStreamWaitEvent(streams.get(stream), events.get(event), 0), "cuStreamWaitEvent");
  }

  @Override
  public void synchronize(int event) {
    enter();
    check(cuEventSynchronize(events.get(event)), "cuEventSynchronize");
  }

  @Override
  public void synchronize() {
    enter();
    for (int i = 0; i < streams.size(); i++) {
      check(cuStreamSynchronize(streams.get(i)), "cuStreamSynchronize");
    }
  }

  @Override
  public double time(Runnable action) {
    synchronize();
    check(cuEventRecord(started, mainStream()), "cuEventRecord");
    action.run();
    enter();
    check(cuEventRecord(ended, mainStream()), "cuEventRecord");
    check(cuEventSynchronize(ended), "cuEventSynchronize");
    float[] milliseconds = new float[1];
    check(cuEventElapsedTime(milliseconds, started, ended), "cuEventElapsedTime");
    return milliseconds[0] * 1e6;
  }

  /** Notes a failure to free a resource, unless the device is lost. */
  void closing(int result, String call) {
    if (result != 0 && !Check.lost(result) && closeFailure == null) {
      closeFailure = new RunException(Check.message(call, result));
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closing(cuCtxSetCurrent(context), "cuCtxSetCurrent");
    abandonCapture();
    streams.forEach(e -> closing(cuStreamSynchronize(e), "cuStreamSynchronize"));
    graphs.forEach(e -> closing(cuGraphExecDestroy(e.executable), "cuGraphExecDestroy"));
    graphs.clear();
    pinned.forEach(e -> closing(e.free(), "cuMemFreeHost"));
    memory.keySet().forEach(e -> closing(cuMemFree(e), "cuMemFree"));
    kernels.close();
    events.addAll(List.of(ended, started));
    events.stream()
        .filter(e -> !e.isNull()) // if opening failed halfway
        .forEach(e -> closing(cuEventDestroy(e), "cuEventDestroy"));
    streams.forEach(e -> closing(cuStreamDestroy(e), "cuStreamDestroy"));
    closing(cuCtxSetCurrent(new CUctx_st()), "cuCtxSetCurrent");
    closing(cuDevicePrimaryCtxRelease(handle), "cuDevicePrimaryCtxRelease");
    closed = true;
    CURRENT.remove();
    if (closeFailure != null) {
      throw closeFailure;
    }
  }

  /** Returns whether {@link #close} freed everything. */
  boolean isClosed() {
    return closed;
  }
}
