package dev.sinter.cuda.simulated;

import java.nio.ByteBuffer;

/**
 * The simulator's C++ half; handles are addresses. Compiled and loaded once, on first use; failures
 * are RunExceptions.
 */
final class SimulatedNative {
  private static final String[] SOURCES = {
    "abi.h",
    "simulator.h",
    "memory.cpp",
    "module.cpp",
    "warp.cpp",
    "access.cpp",
    "context.cpp",
    "fibers.cpp",
    "libraries.cpp",
    "jni.cpp"
  };

  static {
    StringBuilder unit = new StringBuilder();
    for (String source : SOURCES) {
      // One translation unit: the includes among the parts are already there.
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

  /**
   * Runs a kernel.
   *
   * @param geometry grid x, y, z, threads a block, bytes of dynamic shared memory
   * @param kinds a letter an argument: L, I or F
   * @param values their bits
   * @param order 0 ascending, 1 descending, 2 shuffled
   * @param races whether races on shared memory are reported
   */
  static native void launch(
      long device,
      long function,
      int[] geometry,
      String kinds,
      long[] values,
      int sharedBytesPerBlock,
      int order,
      long seed,
      boolean races);

  /** Runs a matrix product; the numbers are those of {@link SimulatedProducts}. */
  static native void product(long device, long[] numbers);

  /** Runs an operation of {@link SimulatedNeuralOps}. */
  static native void neural(long device, long[] numbers);
}
