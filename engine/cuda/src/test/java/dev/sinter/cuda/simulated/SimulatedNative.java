package dev.sinter.cuda.simulated;

import java.nio.ByteBuffer;

/**
 * The C++ half of the simulator; handles are addresses. It is compiled and loaded once, on first
 * use; failures are RunExceptions.
 */
final class SimulatedNative {
  private static final String[] SOURCES = {
    "abi.h",
    "simulator.h",
    "memory.cpp",
    "module.cpp",
    "warp.cpp",
    "races.cpp",
    "access.cpp",
    "context.cpp",
    "fibers.cpp",
    "libraries.cpp",
    "jni.cpp"
  };

  static {
    StringBuilder unit = new StringBuilder();
    for (String source : SOURCES) {
      // One translation unit: the included parts are already in it.
      unit.append("#line 1 \"").append(source).append("\"\n");
      String text = ObjectCache.resource(source).replace("#pragma once", "");
      unit.append(text.replaceAll("#include \"[^\"]*\"", "")).append('\n');
    }
    String include = Toolchain.instance().include().toString();
    System.load(
        ObjectCache.object(
                "simulator", unit.toString(), "-O2", "-I" + include, "-I" + include + "/linux")
            .toString());
  }

  private SimulatedNative() {}

  static native long create();

  static native void destroy(long device);

  static native long allocate(long device, long bytes);

  static native void free(long device, long address);

  static native ByteBuffer allocatePinned(long bytes);

  static native void freePinned(ByteBuffer buffer);

  static native void copyIn(long device, long target, ByteBuffer source, long offset, long bytes);

  static native void copyOut(long device, ByteBuffer target, long offset, long source, long bytes);

  static native void fill(long device, long target, int word, long words);

  static native long load(long device, String path, String function);

  /** Leaves out the wait or fence with this number from now on; -1 for none. */
  static native void leaveOut(long device, int number);

  /** Returns the bytes of shared memory that a kernel declares. */
  static native int sharedBytes(long function);

  /**
   * Runs a kernel.
   *
   * @param geometry grid x, y, z, threads per block, bytes of dynamic shared memory, 1 if
   *     cooperative
   * @param kinds one letter per argument: L, I, F or S
   * @param values their bits; a struct takes several
   * @param starts the index of the first value of each argument, and the number of values
   * @param order 0 ascending, 1 descending, 2 shuffled
   * @param races whether races on shared and global memory are reported
   */
  static native void launch(
      long device,
      long function,
      int[] geometry,
      String kinds,
      long[] values,
      int[] starts,
      int sharedBytesPerBlock,
      int order,
      long seed,
      boolean races);

  /** Runs a matrix product; {@link SimulatedProducts} defines the numbers. */
  static native void product(long device, long[] numbers);

  /** Runs an operation of {@link SimulatedNeuralOps}. */
  static native void neural(long device, long[] numbers);
}
