package dev.sinter.testkit;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.BackendProvider;
import dev.sinter.backend.Probe;
import java.util.List;
import org.junit.jupiter.api.Assertions;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;

/** Opens the backend of a contract, or skips it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class OpenedBackend {
  /** System property: names of backends that must run here, separated by commas. */
  public static final String REQUIRED = "sinter.test.require";

  private Backend backend;

  /** Returns the provider under test. */
  protected abstract BackendProvider provider();

  /** Returns the options for opening the backend; by default float32 on the first device. */
  protected BackendOptions options() {
    return BackendOptions.DEFAULT;
  }

  /** Opens the backend, or skips the contract. */
  @BeforeAll
  public final void openBackend() {
    BackendProvider provider = provider();
    Probe probe = provider.probe();
    if (!probe.usable()) {
      String reason = "backend " + provider.name() + " cannot run here: " + probe.detail();
      if (List.of(System.getProperty(REQUIRED, "").split(",")).contains(provider.name())) {
        Assertions.fail(reason + " (required by -D" + REQUIRED + ")");
      }
      System.out.println("SKIPPED " + getClass().getSimpleName() + ": " + reason);
      Assumptions.abort(reason);
    }
    backend = provider.open(options());
  }

  /** Returns the opened backend. */
  public final Backend backend() {
    return backend;
  }
}
