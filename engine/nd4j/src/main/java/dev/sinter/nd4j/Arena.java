package dev.sinter.nd4j;

import dev.sinter.backend.host.HostArena;
import dev.sinter.errors.RunException;
import dev.sinter.program.Shape;
import java.nio.FloatBuffer;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.bytedeco.javacpp.FloatPointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.concurrency.AffinityManager;
import org.nd4j.linalg.api.concurrency.AffinityManager.Location;
import org.nd4j.linalg.api.memory.MemoryWorkspace;
import org.nd4j.linalg.api.memory.conf.WorkspaceConfiguration;
import org.nd4j.linalg.api.memory.enums.AllocationPolicy;
import org.nd4j.linalg.api.memory.enums.LearningPolicy;
import org.nd4j.linalg.api.memory.enums.ResetPolicy;
import org.nd4j.linalg.api.memory.enums.SpillPolicy;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One named ND4J workspace with a flat float vector, initially zeros, and a flat boolean vector.
 *
 * <p>Views are created by offset, or in order by {@link #take}; none outlives {@link #free}. The
 * workspace is created on a separate thread, because ND4J keeps the workspaces of a thread in a
 * map. Neither {@code destroyAllWorkspacesForCurrentThread} on the user thread nor a stale map
 * entry may affect this workspace. No thread is inside it after the constructor.
 */
final class Arena implements HostArena<View> {
  private static final AtomicLong COUNT = new AtomicLong();
  private static final int ALIGNMENT = Shape.ALIGNMENT_FLOATS;
  private static final long SLACK_BYTES = 256;

  private final MemoryWorkspace workspace;
  private final long sizeBytes;
  private INDArray floats; // [capacity + alignment]
  private INDArray bools; // [bool capacity]
  private int shift; // the first float at a multiple of 256 bytes
  private long taken;
  private long takenBools;

  /**
   * Allocates.
   *
   * @param purpose its name in the statistics of ND4J: state or scratch
   */
  Arena(String purpose, long capacity, long boolCapacity) {
    long length = Math.max(1, capacity) + 2 * ALIGNMENT; // for the alignment of both ends
    long boolLength = Math.max(1, boolCapacity);
    this.sizeBytes = length * Float.BYTES + boolLength + 2 * SLACK_BYTES;
    AffinityManager devices = Nd4j.getAffinityManager();
    int device = devices.getDeviceForCurrentThread();
    this.workspace =
        onThreadOfItsOwn(
            () -> {
              devices.unsafeSetDevice(device); // otherwise a new thread gets the next GPU
              MemoryWorkspace made =
                  Nd4j.getWorkspaceManager()
                      .createNewWorkspace(
                          configuration(), "sinter-" + purpose + "-" + COUNT.incrementAndGet());
              made.notifyScopeEntered();
              try {
                floats = Nd4j.create(DataType.FLOAT, length);
                bools = Nd4j.create(DataType.BOOL, boolLength);
              } finally {
                made.close();
              }
              return made;
            });
    floats.data().pointer(); // on CUDA this call allocates the host memory
    long misplaced = floats.data().address() / Float.BYTES % ALIGNMENT;
    this.shift = (int) ((ALIGNMENT - misplaced) % ALIGNMENT);
  }

  /**
   * A circular workspace: in any other kind, ND4J treats views as leaked unless the thread is
   * inside it. It never wraps around, because all of it is allocated at once.
   */
  private WorkspaceConfiguration configuration() {
    return WorkspaceConfiguration.builder()
        .initialSize(sizeBytes)
        .policyAllocation(AllocationPolicy.STRICT)
        .policyLearning(LearningPolicy.NONE)
        .policyReset(ResetPolicy.ENDOFBUFFER_REACHED)
        .policySpill(SpillPolicy.FAIL)
        .build();
  }

  /** An interrupt does not stop the allocation; the interrupt flag is kept. */
  private static MemoryWorkspace onThreadOfItsOwn(Supplier<MemoryWorkspace> allocation) {
    try {
      return CompletableFuture.supplyAsync(
              allocation,
              work -> {
                Thread thread = new Thread(work, "sinter-nd4j-allocation");
                thread.setDaemon(true);
                thread.start();
              })
          .join();
    } catch (CompletionException e) { // including OutOfMemoryError
      throw new RunException(
          "Backend nd4j: expected memory for a workspace, received "
              + e.getCause()
              + ". Choose a smaller batch or network, or raise"
              + " -Dorg.bytedeco.javacpp.maxbytes and maxphysicalbytes.",
          e.getCause());
    }
  }

  @Override
  public View view(long offset, Shape shape) {
    long start = shift + offset;
    INDArray array = matrix(floats, start, shape);
    FloatPointer pointer = new FloatPointer(floats.data().pointer());
    pointer.position(start).limit(start + shape.size());
    FloatBuffer host = pointer.asBuffer();
    return new View(array, host, shape);
  }

  /** Returns the next free floats as a row-major matrix of zeros. */
  View take(Shape shape) {
    View view = view(taken, shape);
    taken += shape.replicaStride();
    require(taken <= floats.length() - 2 * ALIGNMENT);
    return view;
  }

  /** Returns the next free booleans as a row-major matrix. */
  INDArray takeBools(Shape shape) {
    INDArray array = matrix(bools, takenBools, shape);
    takenBools += shape.replicaStride();
    require(takenBools <= bools.length());
    return array;
  }

  private static void require(boolean fits) {
    if (!fits) {
      throw new IllegalStateException("a translation uses more memory than it requested");
    }
  }

  /** Returns the elements of a vector, starting at an offset, as a row-major matrix. */
  static INDArray matrix(INDArray vector, long offset, Shape shape) {
    return Nd4j.create(
        vector.data(),
        new long[] {shape.rows(), shape.columns()},
        new long[] {shape.columns(), 1},
        offset,
        'c',
        vector.dataType());
  }

  /**
   * Makes the results of ND4J operations visible to {@link View#host}. Copies the whole arena if
   * ND4J computed on a device since the last copy; does nothing on a CPU.
   */
  void toHost() {
    Nd4j.getAffinityManager().ensureLocation(floats, Location.HOST);
  }

  /** Tells ND4J that the host wrote to the arena; the next operation copies it to the device. */
  void wroteOnHost() {
    Nd4j.getAffinityManager().tagLocation(floats, Location.HOST);
  }

  /** Reserves the first floats for {@link #view}, which returns them by offset. */
  void reserve(long count) {
    taken = (count + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
  }

  /** Returns the size of the workspace in bytes; 0 after {@link #free}. */
  long workspaceBytes() {
    return workspace.getCurrentSize();
  }

  /** Destroys the workspace; any thread may call it, more than once. */
  synchronized void free() {
    if (workspace.getCurrentSize() > 0) {
      workspace.destroyWorkspace(true);
    }
  }
}
