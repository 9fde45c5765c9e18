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
  /** Returns the provider's name. */
  String name();

  /** Returns on what it runs, for people. */
  String device();

  /** Returns the number of CPU threads it uses; 1 for the reference. */
  int threads();

  /** Returns the precision of its products: float32, tf32 or bf16. */
  Precision precision();

  /**
   * Returns what the backend chose by timing, such as which library computes which product: the
   * same choices give the same bits. Grows while programs are prepared; empty where nothing is
   * timed.
   */
  default Map<String, String> choices() {
    return Map.of();
  }

  /** Returns what the backend runs as one operation; nothing by default. */
  default Fusion fusion() {
    return Fusion.NONE;
  }

  /**
   * Returns how a program runs where its operations do not tell, such as all of them in one kernel;
   * empty in general.
   */
  default String execution(Program program) {
    return "";
  }

  /** Allocates the state of one model, all zeros. */
  Session open(State state);
}
