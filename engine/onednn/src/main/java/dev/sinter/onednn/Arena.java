package dev.sinter.onednn;

import dev.sinter.backend.host.HostArena;
import dev.sinter.errors.RunException;
import dev.sinter.program.Shape;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;

/** One block of native floats, all zeros at first, cut into views at multiples of 256 bytes. */
final class Arena implements HostArena<View> {
  private static final long ALIGNMENT_BYTES = (long) Shape.ALIGNMENT_FLOATS * Float.BYTES;

  private final FloatPointer memory;
  private final long shift; // floats before the first aligned one
  private long taken;

  /** Allocates the memory; the owner frees it. */
  Arena(NativeOwner owner, long capacity) {
    long length = Math.max(1, capacity) + Shape.ALIGNMENT_FLOATS;
    try {
      memory = new FloatPointer(length);
    } catch (OutOfMemoryError e) { // also thrown by the limits of JavaCPP
      throw new RunException(
          "Backend onednn: expected "
              + length * Float.BYTES
              + " bytes of native memory, received "
              + e.getMessage()
              + ". Choose a smaller batch or network, or raise"
              + " -Dorg.bytedeco.javacpp.maxbytes and maxphysicalbytes.",
          e);
    }
    owner.own(memory::deallocate);
    Pointer.memset(memory, 0, length * Float.BYTES);
    long misplaced = memory.address() % ALIGNMENT_BYTES;
    shift = misplaced == 0 ? 0 : (ALIGNMENT_BYTES - misplaced) / Float.BYTES;
  }

  /** Returns the first aligned float. */
  FloatPointer pointer() {
    return memory.getPointer(shift);
  }

  @Override
  public View view(long offset, Shape shape) {
    long start = shift + offset;
    // Not position(start): a function that takes void * would read it as bytes.
    FloatPointer pointer = memory.getPointer(start);
    pointer.limit(shape.size());
    return new View(pointer, pointer.asBuffer(), shape);
  }

  /** Returns the next free floats as a row-major matrix of zeros. */
  View take(Shape shape) {
    View view = view(taken, shape);
    taken += shape.replicaStride();
    return view;
  }
}
