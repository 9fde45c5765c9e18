package dev.sinter.benchmarks;

import dev.sinter.errors.InputException;
import java.util.List;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Finds a contender by name: a backend of Sinter, or a peer of this build. */
final class Contenders {
  private static final List<String> BACKENDS = List.of("onednn", "nd4j", "reference");

  private Contenders() {}

  /**
   * Opens a contender.
   *
   * @throws InputException when it is unknown or cannot do the work
   */
  static Contender open(String trainer, Work work) {
    if (BACKENDS.contains(trainer)) {
      return new SinterContender(trainer, work);
    }
    return peer(trainer)
        .orElseThrow(
            () ->
                InputException.of(
                    "trainer",
                    "one of " + String.join(", ", BACKENDS) + ", or a peer",
                    "\"" + trainer + "\"",
                    "Correct the name; peers (dl4j, djl) are built with mvn -Ppeers"))
        .open(work);
  }

  /** Returns the peer; none where an earlier build left its name behind, but not its classes. */
  private static Optional<Contender.Provider> peer(String name) {
    try {
      return ServiceLoader.load(Contender.Provider.class).stream()
          .map(ServiceLoader.Provider::get)
          .filter(provider -> provider.name().equals(name))
          .findFirst();
    } catch (ServiceConfigurationError e) {
      return Optional.empty();
    }
  }
}
