package dev.sinter.onednn;

import dev.sinter.backend.Backend;
import dev.sinter.backend.Precision;
import dev.sinter.backend.Session;
import dev.sinter.io.TimingCache;
import dev.sinter.program.Fusion;
import dev.sinter.program.State;
import java.util.Map;

/**
 * oneDNN on the CPU of this machine.
 *
 * @param device human-readable description of the device
 * @param threads the most threads of an operation; small operations use one
 * @param precision float32 or bf16
 * @param timings of products with and without zeros
 * @param sparse chooses between both
 */
record OneDnnBackend(
    String name,
    String device,
    int threads,
    Precision precision,
    Rounding rounding,
    TimingCache timings,
    SparseChoice sparse)
    implements Backend {
  @Override
  public Map<String, String> choices() {
    return timings.used();
  }

  @Override
  public Fusion fusion() {
    return Fusion.CONVOLUTIONS;
  }

  /** Few enough for the second-level cache to hold the rows of mnist-dense between operations. */
  @Override
  public int inferenceRows() {
    return 250;
  }

  @Override
  public Session open(State state) {
    return new OneDnnSession(state, threads, rounding, sparse);
  }
}
