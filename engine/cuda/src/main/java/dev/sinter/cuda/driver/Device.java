package dev.sinter.cuda.driver;

/**
 * One CUDA device with its context and two streams: {@link #MAIN} and {@link #COPY}.
 *
 * <p>One thread at a time may use it, not always the same one: each call makes the context current.
 * Addresses are device addresses. Everything enqueued on a stream runs in order. A call that fails
 * throws {@link dev.sinter.errors.RunException} with the driver's name for the error; running out
 * of device memory throws {@link dev.sinter.errors.OutOfDeviceMemoryException} with needed and free
 * bytes and a remedy. {@link #close} frees everything.
 */
public interface Device extends AutoCloseable {
  /** The stream of kernels and graphs. */
  int MAIN = 0;

  /** A second stream, for copies that run in parallel with kernels. */
  int COPY = 1;

  /** Returns the properties of the device. */
  DeviceProperties properties();

  /** Returns the free device memory in bytes. */
  long freeBytes();

  /** Allocates at least one byte, aligned to 256; its content is undefined. */
  long allocate(long bytes);

  /** Frees memory of {@link #allocate} after all work enqueued so far. */
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
   * Loads a compiled kernel; the same image and name return the same handle. The kernel may use
   * dynamic shared memory up to {@link DeviceProperties#sharedBytesPerBlock}.
   */
  long load(byte[] image, String function);

  /**
   * Returns how many blocks of a kernel one multiprocessor runs at once.
   *
   * @param sharedBytes dynamic shared memory per block
   */
  int residentBlocks(long function, int threads, int sharedBytes);

  /** Enqueues a kernel on the main stream. */
  void launch(Launch launch);

  /** Starts recording work enqueued on the main stream instead of running it. */
  void beginCapture();

  /** Ends recording. */
  Graph endCapture();

  /** Records the work that the action enqueues on the main stream. */
  default Graph capture(Runnable action) {
    beginCapture();
    try {
      action.run();
    } catch (RuntimeException e) {
      try {
        endCapture().close();
      } catch (RuntimeException second) { // the failure also invalidated the recording
        e.addSuppressed(second);
      }
      throw e;
    }
    return endCapture();
  }

  /**
   * Enqueues event {@code index} (0 to 15) on a stream; it occurs when all previous work is done.
   */
  void record(int event, int stream);

  /** Makes a stream wait for the latest recording of an event. */
  void await(int event, int stream);

  /**
   * Makes the caller wait for the latest recording of an event; returns at once if there is none.
   */
  void synchronize(int event);

  /** Waits for everything enqueued on both streams. */
  void synchronize();

  /**
   * Returns the time in ns on the device of the work that the action enqueues on the main stream.
   */
  double time(Runnable action);

  @Override
  void close();
}
