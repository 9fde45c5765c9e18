package dev.sinter.cuda.nvidia;

import static org.bytedeco.cuda.global.cudart.*;
import static org.bytedeco.cuda.global.nccl.*;

import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.PinnedBuffer;
import dev.sinter.distributed.ProcessGroup;
import dev.sinter.errors.RunException;
import java.nio.FloatBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.bytedeco.cuda.nccl.ncclComm;
import org.bytedeco.cuda.nccl.ncclConfig_t;
import org.bytedeco.cuda.nccl.ncclUniqueId;

/**
 * A group that sums with NCCL on one device of each process: floats go to the device, are summed
 * there, and come back, all in the order of one stream. NCCL chooses the order of the sums.
 *
 * <p>Nothing here blocks: calls of NCCL and the stream are asked whether they are done, so that the
 * timeout, an interrupt and {@link #close} end every wait.
 */
final class NcclGroup implements ProcessGroup {
  private static final int UNDEFINED = Integer.MIN_VALUE; // NCCL chooses
  private static final long LOOK_NANOS = 20_000;

  private final NvidiaDevice device;
  private final int rank;
  private final int size;
  private final Duration timeout;
  private final ncclComm communicator = new ncclComm();
  private final int[] state = new int[1];
  private final List<Region> regions = new ArrayList<>(); // on their way
  private PinnedBuffer host; // [capacity]
  private FloatBuffer hostFloats;
  private long memory; // [capacity], on the device
  private int capacity; // floats
  private int filled; // floats of the regions
  private boolean closed;

  private record Region(float[] values, int from, int length) {}

  NcclGroup(NvidiaDevice device, int rank, int size, Duration timeout) {
    this.device = device;
    this.rank = rank;
    this.size = size;
    this.timeout = timeout;
  }

  void connect(ncclUniqueId id) {
    int result;
    synchronized (this) {
      device.enter();
      try (ncclConfig_t config = new ncclConfig_t()) {
        fill(config);
        result = ncclCommInitRankConfig(communicator, size, id, rank, config);
      }
    }
    settle(result, "ncclCommInitRankConfig");
  }

  /** Fills in the defaults of NCCL's macro, except that no call may block. */
  private static void fill(ncclConfig_t config) {
    config.size(config.sizeof()).magic(NCCL_API_MAGIC).version(NCCL_VERSION_CODE).blocking(0);
    config.cgaClusterSize(UNDEFINED).minCTAs(UNDEFINED).maxCTAs(UNDEFINED).netName(null);
    config.splitShare(UNDEFINED).trafficClass(UNDEFINED).commName(null).collnetEnable(UNDEFINED);
    config.CTAPolicy(UNDEFINED).shrinkShare(UNDEFINED).nvlsCTAs(UNDEFINED);
    config.nChannelsPerNetPeer(UNDEFINED).nvlinkCentricSched(UNDEFINED);
    config.graphUsageMode(UNDEFINED).numRmaCtx(UNDEFINED);
  }

  /** Throws {@link RunException} if a call of NCCL failed. */
  static void check(int result, String call) {
    if (result != ncclSuccess) {
      throw Check.library(
          call,
          result + " (" + ncclGetErrorString(result).getString() + ")",
          "Start with NCCL_DEBUG=WARN to see what NCCL says");
    }
  }

  /** Waits until a call of NCCL is done. */
  private void settle(int result, String call) {
    long end = System.nanoTime() + timeout.toNanos();
    state[0] = result;
    while (state[0] == ncclInProgress) {
      pause(end, call);
      ask();
    }
    if (state[0] != ncclSuccess) {
      close();
    }
    check(state[0], call);
  }

  private synchronized void ask() {
    requireOpen();
    check(ncclCommGetAsyncError(communicator, state), "ncclCommGetAsyncError");
  }

  private void pause(long end, String call) {
    String trouble =
        Thread.currentThread().isInterrupted()
            ? "an interrupt"
            : System.nanoTime() - end > 0 ? "nothing for " + timeout.toMillis() + " ms" : "";
    if (!trouble.isEmpty()) {
      close();
      throw problem("an answer of all processes to " + call, trouble);
    }
    LockSupport.parkNanos(LOOK_NANOS);
  }

  private RunException problem(String expected, String received) {
    return RunException.of(
        "transport nccl, rank " + rank + " of " + size,
        expected,
        received,
        "See what the other processes report, and start the group again",
        null);
  }

  private void requireOpen() {
    if (closed) {
      throw problem("an open group", "a closed one");
    }
  }

  @Override
  public int rank() {
    return rank;
  }

  @Override
  public int size() {
    return size;
  }

  @Override
  public String transport() {
    return "nccl";
  }

  @Override
  public void begin(float[] values, int from, int length) {
    Objects.checkFromIndexSize(from, length, values.length);
    if (length > capacity - filled) {
      await();
      grow(length);
    }
    int result = ncclSuccess;
    synchronized (this) {
      requireOpen();
      if (length > 0) {
        long place = memory + (long) filled * Float.BYTES;
        long offset = (long) filled * Float.BYTES;
        long bytes = (long) length * Float.BYTES;
        hostFloats.put(filled, values, from, length);
        device.copyIn(place, host, offset, bytes, Device.MAIN);
        Address at = new Address(place);
        result =
            ncclAllReduce(at, at, length, ncclFloat32, ncclSum, communicator, device.mainStream());
      }
    }
    settle(result, "ncclAllReduce");
    regions.add(new Region(values, from, length));
    filled += length;
  }

  private synchronized void grow(int length) {
    requireOpen();
    if (length > capacity) {
      if (capacity > 0) {
        device.free(memory);
        host.close();
      }
      capacity = length;
      host = device.allocatePinned((long) capacity * Float.BYTES);
      hostFloats = host.bytes().asFloatBuffer();
      memory = device.allocate((long) capacity * Float.BYTES);
    }
  }

  @Override
  public void await() {
    if (filled > 0) {
      synchronized (this) {
        requireOpen();
        device.copyOut(host, 0, memory, (long) filled * Float.BYTES, Device.MAIN);
      }
      long end = System.nanoTime() + timeout.toNanos();
      while (!done()) {
        pause(end, "ncclAllReduce");
      }
    }
    synchronized (this) {
      requireOpen();
      int place = 0;
      for (Region region : regions) {
        hostFloats.get(place, region.values, region.from, region.length);
        place += region.length;
      }
      regions.clear();
      filled = 0;
    }
  }

  private synchronized boolean done() {
    requireOpen();
    ask();
    if (state[0] != ncclSuccess) {
      close();
      check(state[0], "ncclAllReduce");
    }
    device.enter();
    int result = cuStreamQuery(device.mainStream());
    if (result == CUDA_ERROR_NOT_READY) {
      return false;
    }
    device.check(result, "cuStreamQuery");
    return true;
  }

  /** Ends what is under way on the device too; NCCL tells the other processes. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      if (!communicator.isNull()) {
        device.enter();
        ncclCommAbort(communicator); // whatever it answers, the device is closed next
      }
      device.close();
    }
  }
}
