package dev.sinter.benchmarks;

import dev.sinter.errors.InputException;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;

/** Finds a contender by name: a backend of Sinter, or a peer in this build. */
final class Contenders {
  private Contenders() {}

  /**
   * Opens a contender.
   *
   * @throws InputException if it is unknown, cannot run here or cannot do the work
   */
  static Contender open(String trainer, Workload work) {
    SinterTrainer sinter = SinterTrainer.of(trainer);
    if (SinterTrainer.isKnown(sinter.backend())) {
      return new SinterContender(sinter, work);
    }
    Contender.Provider peer =
        peer(trainer)
            .orElseThrow(
                () ->
                    InputException.of(
                        "trainer",
                        "one of onednn, onednn-bf16, nd4j, reference, cuda, cuda-cudnn, cuda-tf32,"
                            + " cuda-bf16, or a peer",
                        "\"" + trainer + "\"",
                        "Correct the name; peers (dl4j, djl) are built with mvn -Ppeers"));
    if (work.batch() > Workload.TEST_SAMPLES) {
      throw InputException.of(
          "batch of " + trainer,
          "at most " + Workload.TEST_SAMPLES + ", the test samples that it holds as whole batches",
          work.batch(),
          "Leave larger ones to Sinter's backends");
    }
    return peer.open(work);
  }

  /** Returns the peer; empty if an earlier build left its name but not its classes. */
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
