package dev.sinter.backend;

import dev.sinter.program.Fusion;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import java.util.Map;

/**
 * A place to run programs: one device with its libraries. Any number of threads may use it; each of
 * its sessions is used by one at a time.
 */
public interface Backend {
  /** Returns the name of the provider. */
  String name();

  /** Returns a human-readable description of the device. */
  String device();

  /** Returns the number of CPU threads it uses; 1 for the reference. */
  int threads();

  /** Returns the precision of its products: float32, tf32 or bf16. */
  Precision precision();

  /**
   * Returns the choices that the backend made by timing, such as the library for each product.
   * Equal choices give equal bits. Grows while programs are prepared; empty if nothing is timed.
   */
  default Map<String, String> choices() {
    return Map.of();
  }

  /** Returns the composite operations that the backend supports; none by default. */
  default Fusion fusion() {
    return Fusion.NONE;
  }

  /** Returns the rows of a batch of evaluation or prediction that suit it best. */
  default int inferenceRows() {
    return 1000;
  }

  /**
   * Returns how a program runs if its operations do not show it, for example all in one kernel;
   * usually empty.
   */
  default String execution(Program program) {
    return "";
  }

  /** Allocates the state of one model, all zeros. */
  Session open(State state);
}
