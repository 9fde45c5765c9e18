package dev.sinter.backend.reference;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.BackendProvider;
import dev.sinter.backend.Precision;
import dev.sinter.backend.Probe;
import dev.sinter.backend.Session;
import dev.sinter.errors.InputException;
import dev.sinter.program.Fusion;
import dev.sinter.program.State;

/**
 * The interpreter that defines every operation, in plain Java: runs anywhere, one thread, exact and
 * slow.
 */
public final class ReferenceProvider implements BackendProvider {
  private static final String DEVICE = "plain Java, 1 thread";

  @Override
  public String name() {
    return "reference";
  }

  @Override
  public int rank() {
    return 100;
  }

  @Override
  public Probe probe() {
    return Probe.usable(DEVICE, "slow but exact; use it for tests and to check other backends");
  }

  @Override
  public Backend open(BackendOptions options) {
    options.requireCpuFloat32(name());
    if (options.threads() > 1) {
      throw InputException.of(
          "threads of backend reference",
          "1",
          options.threads(),
          "Leave the number of threads out");
    }
    return new ReferenceBackend(name(), DEVICE, 1, Precision.FLOAT32);
  }

  private record ReferenceBackend(String name, String device, int threads, Precision precision)
      implements Backend {
    @Override
    public Fusion fusion() {
      return Fusion.CONVOLUTIONS;
    }

    @Override
    public Session open(State state) {
      return new ReferenceSession(state);
    }
  }
}
