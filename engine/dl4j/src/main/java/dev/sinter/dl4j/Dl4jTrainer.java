package dev.sinter.dl4j;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Backends;
import dev.sinter.errors.InputException;
import java.util.Objects;
import java.util.stream.IntStream;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Trains networks of DL4J on one of Sinter's backends; made by {@link Dl4j#on}. Immutable: any
 * number of threads may use it, each with its own network.
 */
public final class Dl4jTrainer {
  private final String backend;
  private final BackendOptions options;

  Dl4jTrainer(String backend, BackendOptions options) {
    this.backend = Objects.requireNonNull(backend, "backend");
    this.options = Objects.requireNonNull(options, "options");
  }

  /** Trains one epoch; see {@link Dl4j#fit}. */
  public void fit(MultiLayerNetwork network, DataSetIterator iterator) {
    fit(network, iterator, 1);
  }

  /** Trains; see {@link Dl4j#fit}. */
  public void fit(MultiLayerNetwork network, DataSetIterator iterator, int epochs) {
    require(epochs > 0, "epochs", "at least 1", epochs, "Correct the number");
    require(
        epochs == 1 || iterator.resetSupported(),
        "iterator",
        "one that can be reset, for " + epochs + " epochs",
        iterator.getClass().getSimpleName(),
        "Train one epoch, or use another iterator");
    require(network.isInitCalled(), "network", "parameters", "none", "Call init first");
    Dl4jNetwork description = NetworkReader.read("", network.getLayerWiseConfigurations());
    description.requireTrainable();
    Backend opened = Backends.open(backend, options);
    synchronized (network) { // as DL4J's own fit does
      try (Fitting fitting =
          new Fitting(network, iterator, description, opened, Fitting.WINDOW_FLOATS)) {
        IntStream.range(0, epochs).forEach(epoch -> fitting.epoch());
      }
    }
  }

  private static void require(
      boolean accepted, String where, String expected, Object received, String remedy) {
    if (!accepted) {
      throw InputException.of(where, expected, received, remedy);
    }
  }
}
