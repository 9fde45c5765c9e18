package dev.sinter.cuda.record;

import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.DeviceProperties;
import dev.sinter.cuda.driver.Graph;
import dev.sinter.cuda.driver.Launch;
import dev.sinter.cuda.driver.PinnedBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * A device that records. A graph is kept as a list here and runs step by step, so a failure that
 * only a graph has does not occur.
 */
final class RecordingDevice implements Device {
  /** The content of larger allocations is not kept. */
  private static final long MOST_ALLOCATION_BYTES = 16L << 20;

  private final Device inner;
  private final Recording recording;
  private final Function<byte[], String> text;
  private final Map<Long, Long> allocations = new TreeMap<>(); // address -> bytes
  private final Map<Long, Recording.Source> functions = new HashMap<>();
  private List<Runnable> captured; // null if nothing is captured
  private boolean timing;

  RecordingDevice(Device inner, Recording recording, Function<byte[], String> text) {
    this.inner = inner;
    this.recording = recording;
    this.text = text;
  }

  Device inner() {
    return inner;
  }

  /** Runs and records something, now or with the graph that is captured. */
  void work(Work work, Runnable action) {
    if (captured != null) {
      captured.add(() -> run(work, action));
    } else {
      run(work, action);
    }
  }

  private void run(Work work, Runnable action) {
    if (timing || !recording.open()) {
      action.run();
      return;
    }
    recording.begin(work, memory());
    try {
      action.run();
      inner.synchronize();
      recording.end(memory());
    } catch (RuntimeException e) {
      recording.fail(String.valueOf(e.getMessage()));
      throw e;
    }
  }

  /** Reads all allocations but the largest. */
  private Map<Long, byte[]> memory() {
    inner.synchronize();
    Map<Long, byte[]> all = new TreeMap<>();
    allocations.forEach(
        (address, bytes) -> {
          if (bytes <= MOST_ALLOCATION_BYTES) {
            byte[] content = new byte[Math.toIntExact(bytes)];
            try (PinnedBuffer buffer = inner.allocatePinned(bytes)) {
              inner.copyOut(buffer, 0, address, bytes, MAIN);
              inner.synchronize();
              buffer.bytes().get(0, content);
            }
            all.put(address, content);
          }
        });
    return all;
  }

  @Override
  public void launch(Launch launch) {
    Recording.Source source = functions.get(launch.function());
    work(
        new Work.Kernel(
            source.name(),
            recording.source(source.name(), source.text()),
            launch.gridX(),
            launch.gridY(),
            launch.gridZ(),
            launch.threads(),
            launch.sharedBytes(),
            launch.cooperative(),
            RecordedArguments.of(launch)),
        () -> inner.launch(launch));
  }

  @Override
  public void fill(long target, int word, long words, int stream) {
    work(new Work.Fill(target, word, words), () -> inner.fill(target, word, words, stream));
  }

  @Override
  public long load(byte[] image, String function) {
    long loaded = inner.load(image, function);
    functions.put(loaded, new Recording.Source(function, text.apply(image)));
    return loaded;
  }

  @Override
  public int residentBlocks(long function, int threads, int sharedBytes) {
    return inner.residentBlocks(function, threads, sharedBytes);
  }

  @Override
  public long allocate(long bytes) {
    long address = inner.allocate(bytes);
    allocations.put(address, bytes);
    return address;
  }

  @Override
  public void free(long address) {
    allocations.remove(address);
    inner.free(address);
  }

  @Override
  public void beginCapture() {
    captured = new ArrayList<>();
  }

  @Override
  public Graph endCapture() {
    List<Runnable> nodes = List.copyOf(captured);
    captured = null;
    return new Graph() {
      @Override
      public void launch() {
        if (captured != null) {
          captured.addAll(nodes);
        } else {
          nodes.forEach(Runnable::run);
        }
      }

      @Override
      public void close() {
        // it holds nothing of the device
      }
    };
  }

  @Override
  public double time(Runnable action) {
    timing = true;
    try {
      return inner.time(action);
    } finally {
      timing = false;
    }
  }

  @Override
  public DeviceProperties properties() {
    return inner.properties();
  }

  @Override
  public long freeBytes() {
    return inner.freeBytes();
  }

  @Override
  public PinnedBuffer allocatePinned(long bytes) {
    return inner.allocatePinned(bytes);
  }

  @Override
  public void copyIn(long target, PinnedBuffer source, long sourceOffset, long bytes, int stream) {
    inner.copyIn(target, source, sourceOffset, bytes, stream);
  }

  @Override
  public void copyOut(PinnedBuffer target, long targetOffset, long source, long bytes, int stream) {
    inner.copyOut(target, targetOffset, source, bytes, stream);
  }

  @Override
  public void record(int event, int stream) {
    inner.record(event, stream);
  }

  @Override
  public void await(int event, int stream) {
    inner.await(event, stream);
  }

  @Override
  public void synchronize(int event) {
    inner.synchronize(event);
  }

  @Override
  public void synchronize() {
    inner.synchronize();
  }

  @Override
  public void close() {
    inner.close();
  }
}
