package dev.sinter.onednn;

import java.util.Arrays;
import org.bytedeco.javacpp.Loader;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.opencl.User_func_Pointer;

/**
 * How many threads OpenMP gives to oneDNN's primitives, as seen by the calling thread.
 *
 * <p>oneDNN has no call for it and its preset does not export OpenMP's, so {@code
 * omp_set_num_threads} is looked up by name and called through a function pointer of a preset that
 * oneDNN's needs anyway: {@code void (*)(void *)}. An int and a pointer travel in the same register
 * on x86-64 and arm64, and the callee reads the lower half. Where the symbol is not found the count
 * stays what OpenMP chose, which {@code OMP_NUM_THREADS} decides.
 */
final class Threads {
  /** A number in place of an address. */
  private static final class Argument extends Pointer {
    Argument(int value) {
      address = value;
    }
  }

  private static final int DEFAULT = defaultCount();
  private static final User_func_Pointer SET = lookUp();
  private static volatile Argument[] arguments = {}; // by count; replaced when it grows

  private Threads() {}

  private static int defaultCount() {
    return count(System.getenv("OMP_NUM_THREADS"), Runtime.getRuntime().availableProcessors());
  }

  /** Reads OMP_NUM_THREADS, whose first number is for the outermost level of nesting. */
  static int count(String wanted, int cores) {
    String first = wanted == null ? "" : wanted.split(",", 2)[0].strip();
    return first.matches("[1-9][0-9]{0,3}") ? Integer.parseInt(first) : cores;
  }

  private static User_func_Pointer lookUp() {
    Pointer address = Loader.addressof("omp_set_num_threads");
    if (address == null || address.isNull()) {
      return null;
    }
    LongPointer slot = new LongPointer(1); // lives as long as the process
    slot.put(address.address());
    return new User_func_Pointer(slot);
  }

  /** Returns whether the count can be set. */
  static boolean settable() {
    return SET != null;
  }

  /** Returns the count by default: OMP_NUM_THREADS, else one a core. */
  static int standard() {
    return DEFAULT;
  }

  /** Sets the count for the calling thread; allocates when a count comes for the first time. */
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
