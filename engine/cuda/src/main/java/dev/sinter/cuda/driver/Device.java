package dev.sinter.cuda.driver;

/**
 * One CUDA device with a context of its own, and two streams: {@link #MAIN} and {@link #COPY}.
 *
 * <p>Used by one thread at a time, but not always the same one: each call makes the context
 * current. Addresses are device addresses. Everything enqueued on a stream runs in order. A call
 * that fails throws {@link dev.sinter.errors.RunException} with the driver's name for the error;
 * running out of device memory throws {@link dev.sinter.errors.OutOfDeviceMemoryException} with
 * needed and free bytes and the way out. {@link #close} gives everything back.
 */
public interface Device extends AutoCloseable {
  /** The stream of kernels and graphs. */
  int MAIN = 0;

  /** A second stream, for copies beside the kernels. */
  int COPY = 1;

  /** Returns what the device is. */
  DeviceProperties properties();

  /** Returns the device memory that is free now, in bytes. */
  long freeBytes();

  /** Allocates at least one byte, aligned to 256; what it holds is undefined. */
  long allocate(long bytes);

  /** Frees what {@link #allocate} gave, after all work enqueued so far. */
  void free(long address);

  /** Allocates pinned host memory. */
  PinnedBuffer allocatePinned(long bytes);

  /** Enqueues a copy to the device. */
  void copyIn(long target, PinnedBuffer source, long sourceOffset, long bytes, int stream);

  /** Enqueues a copy to the host. */
  void copyOut(PinnedBuffer target, long targetOffset, long source, long bytes, int stream);

  /** Enqueues setting 4-byte words. */
  void fill(long target, int word, long words, int stream);

  /**
   * Loads a compiled kernel; the same image and name give the same handle again. Dynamic shared
   * memory up to {@link DeviceProperties#sharedBytesPerBlock} is allowed for it.
   */
  long load(byte[] image, String function);

  /** Enqueues a kernel on the main stream. */
  void launch(Launch launch);

  /** Starts recording what is enqueued on the main stream instead of running it. */
  void beginCapture();

  /** Ends recording. */
  Graph endCapture();

  /** Records what the action enqueues on the main stream. */
  default Graph capture(Runnable action) {
    beginCapture();
    try {
      action.run();
    } catch (RuntimeException e) {
      try {
        endCapture().close();
      } catch (RuntimeException second) { // what failed also spoiled the recording
        e.addSuppressed(second);
      }
      throw e;
    }
    return endCapture();
  }

  /** Enqueues on a stream that event {@code index} (0 to 15) happens once all before it is done. */
  void record(int event, int stream);

  /** Makes a stream wait for the latest recording of an event. */
  void await(int event, int stream);

  /** Makes the caller wait for the latest recording of an event; at once if there was none. */
  void synchronize(int event);

  /** Waits for everything enqueued on both streams. */
  void synchronize();

  /** Returns how long what the action enqueues on the main stream takes on the device, in ns. */
  double time(Runnable action);

  @Override
  void close();
}
