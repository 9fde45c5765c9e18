package dev.sinter.onednn;

import java.util.Arrays;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.opencl.User_func_Pointer;

/**
 * The number of OpenMP threads of the oneDNN primitives that the calling thread runs.
 *
 * <p>oneDNN has no call to set it, and its preset does not export the call of OpenMP. {@code
 * omp_set_num_threads} is therefore looked up by name and called through a function pointer type of
 * a preset that the oneDNN preset needs anyway: {@code void (*)(void *)}. On x86-64 and arm64 an
 * int and a pointer are passed in the same register, and the callee reads the lower half. If the
 * symbol is not found, OpenMP keeps its own count, which {@code OMP_NUM_THREADS} sets.
 */
final class Threads {
  /** A number passed as an address. */
  private static final class Argument extends Pointer {
    Argument(int value) {
      address = value;
    }
  }

  private static final int DEFAULT = defaultCount();
  private static final User_func_Pointer SET = lookUp();
  private static volatile Argument[] arguments = {}; // indexed by count; replaced when it grows

  private Threads() {}

  private static int defaultCount() {
    return count(System.getenv("OMP_NUM_THREADS"), Runtime.getRuntime().availableProcessors());
  }

  /** Parses OMP_NUM_THREADS; its first number is the count of the outermost nesting level. */
  static int count(String wanted, int cores) {
    String first = wanted == null ? "" : wanted.split(",", 2)[0].strip();
    return first.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(first) : cores;
  }

  private static User_func_Pointer lookUp() {
    Pointer address = Loader.addressof("omp_set_num_threads");
    if (address == null || address.isNull()) {
      return null;
    }
    LongPointer slot = new LongPointer(1); // never freed
    slot.put(address.address());
    return new User_func_Pointer(slot);
  }

  /** Returns whether the count can be set. */
  static boolean settable() {
    return SET != null;
  }

  /** Returns the default count: OMP_NUM_THREADS, otherwise one per core. */
  static int standard() {
    return DEFAULT;
  }

  /** Sets the count for the calling thread; allocates when a count is used for the first time. */
  static void set(int count) {
    if (SET != null) {
      Argument[] known = arguments;
      SET.call(count < known.length ? known[count] : grown(count)[count]);
    }
  }

  private static synchronized Argument[] grown(int count) {
    Argument[] more = new Argument[Math.max(arguments.length, count + 1)];
    Arrays.setAll(more, Argument::new);
    arguments = more;
    return more;
  }
}
