package dev.sinter.dl4j;

import dev.sinter.Model;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Backends;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;

/**
 * Sinter for programs that use DL4J: one changed line trains a network on Sinter's backend.
 *
 * <pre>{@code
 * // network.fit(iterator, 5);
 * Dl4j.fit(network, iterator, 5);
 * }</pre>
 *
 * <p>Any number of threads may call its methods, each with its own network.
 */
public final class Dl4j {
  private Dl4j() {}

  /**
   * Trains a network as its own {@code fit(iterator, epochs)} does: the same batches in the same
   * order, the same arithmetic. The network then has the parameters, the updater's state, the score
   * and the counts of iterations and epochs that its own fit would have left, to rounding; either
   * one can go on from there.
   *
   * <p>Listeners are told of every step with its score. Within an epoch they see the parameters
   * that it started with; what an epoch's start or end tells them is exact.
   *
   * @throws dev.sinter.errors.InputException for what Sinter would train otherwise than DL4J: it
   *     names the layer and what it has
   */
  public static void fit(MultiLayerNetwork network, DataSetIterator iterator, int epochs) {
    on(Backends.AUTO).fit(network, iterator, epochs);
  }

  /** Chooses a backend by name, as {@code Dl4j.on("onednn").fit(network, iterator, 5)}. */
  public static Dl4jTrainer on(String backend) {
    return on(backend, BackendOptions.DEFAULT);
  }

  /** Chooses a backend and its options. */
  public static Dl4jTrainer on(String backend, BackendOptions options) {
    return new Dl4jTrainer(backend, options);
  }

  /**
   * Returns a model with the network's layers, weights, loss, updater and state; it trains with
   * DL4J's arithmetic. Neither of the two sees later changes of the other.
   *
   * @throws dev.sinter.errors.InputException for what Sinter lacks, by layer
   */
  public static Model toSinter(MultiLayerNetwork network) {
    var configuration = network.getLayerWiseConfigurations();
    Dl4jNetwork description = NetworkReader.read("", configuration);
    INDArray state = network.getUpdater().getStateViewArray();
    return Model.of(
        new ToSinter(
                "network",
                description,
                NativeFloats.of(network.params()),
                state == null ? new float[0] : NativeFloats.of(state),
                network.getIterationCount(),
                network.getEpochCount(),
                configuration.getConf(0).getSeed())
            .exactly());
  }

  /**
   * Returns a network with the model's layers and weights, whose outputs are the same to rounding.
   * Loss, optimizer and its state come along where DL4J computes the same; a warning names what
   * does not.
   *
   * @throws dev.sinter.errors.InputException for a layer that is not dense, by name
   */
  public static MultiLayerNetwork toDl4j(Model model) {
    return ToDl4j.network(model.saved());
  }
}
