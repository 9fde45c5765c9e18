package dev.sinter.dl4j;

import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.losses.CrossEntropy;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.optimizers.Sgd;
import dev.sinter.saving.Compilation;
import dev.sinter.saving.NamedLayer;
import dev.sinter.saving.SavedModel;
import dev.sinter.saving.TrainingProgress;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Turns a network of DL4J into a model. Immutable: any number of threads may use it.
 *
 * @param where the network or file, for messages
 * @param network its configuration
 * @param parameters as DL4J has them
 * @param state of the updater, as DL4J has it; empty where unknown or none
 * @param iterations updates so far
 * @param epochs so far
 * @param seed of the configuration
 */
record ToSinter(
    String where,
    Dl4jNetwork network,
    float[] parameters,
    float[] state,
    int iterations,
    int epochs,
    long seed) {
  private static final Logger LOG = LoggerFactory.getLogger(Dl4j.class);

  /**
   * Returns the model for training it on: DL4J's arithmetic throughout.
   *
   * @throws InputException for what Sinter would train otherwise
   */
  SavedModel exactly() {
    network.requireTrainable();
    Dl4jOptimizer own = network.optimizer(iterations, epochs);
    Optimizer standard = standard(own);
    Loss loss = network.loss();
    List<NamedLayer> layers =
        network.layers().stream().map(unit -> new NamedLayer(unit.name(), unit.layer())).toList();
    return model(layers, standard == null ? own : standard, loss);
  }

  /**
   * Returns the model as any format can hold it: layers, losses and optimizers of Sinter alone.
   * What DL4J has besides is named in a warning and left out.
   */
  SavedModel portably() {
    List<NamedLayer> layers =
        network.layers().stream().map(unit -> new NamedLayer(unit.name(), unit.dense())).toList();
    for (InputException refusal : network.refusals()) {
      LOG.warn("{} The model is not compiled.", refusal.getMessage());
    }
    if (network.isPenalized()) {
      LOG.warn("{}: l1 and l2 are left out; Dl4j.fit and Dl4j.toSinter keep them", where);
    }
    Optimizer optimizer = null;
    Loss loss = null;
    if (network.refusals().isEmpty() && network.loss() != null) {
      Dl4jOptimizer own = network.optimizer(iterations, epochs);
      optimizer = standard(own);
      loss = Losses.standard(network.loss());
      if (optimizer == null) {
        LOG.warn(
            "{}: the updater {} is left out, as Sinter's optimizers compute otherwise; compile the model",
            where,
            own);
      } else if (loss == null) {
        LOG.warn("{}: the loss is left out, as it is a sum over outputs; compile the model", where);
      }
    }
    return model(layers, loss == null ? null : optimizer, loss);
  }

  private SavedModel model(
      List<NamedLayer> layers, @Nullable Optimizer optimizer, @Nullable Loss loss) {
    FlatLayout layout = new FlatLayout(network.layers());
    Map<String, Tensor> weights = layout.arrays(parameters, 0, "");
    Compilation compilation = null;
    TrainingProgress progress = null;
    if (optimizer != null && loss != null) {
      boolean counts = loss instanceof CrossEntropy || loss instanceof Losses.ClippedCrossEntropy;
      compilation = new Compilation(optimizer, loss, counts ? List.of(Metric.ACCURACY) : List.of());
      Map<String, Tensor> slots = new LinkedHashMap<>();
      List<String> names = optimizer.rule().slots();
      for (int slot = 0; slot < names.size() && state.length > 0; slot++) {
        slots.putAll(layout.arrays(state, slot * layout.size(), "." + names.get(slot)));
      }
      progress =
          new TrainingProgress(slots, iterations, optimizer.learningRate(), epochs, seed, null);
    }
    return new SavedModel(
        "sequential", network.input(), layers, weights, compilation, progress, Map.of());
  }

  /** Returns the optimizer of Sinter that computes the same; null if there is none. */
  private static @Nullable Optimizer standard(Dl4jOptimizer own) {
    IUpdater updater = own.updater();
    double rate = own.learningRate();
    if (updater instanceof org.nd4j.linalg.learning.config.Sgd) {
      return new Sgd(rate);
    } else if (updater instanceof Nesterovs u) {
      return u.getMomentum() == 0 ? new Sgd(rate) : new Sgd(rate).nesterov(u.getMomentum());
    } else if (updater instanceof org.nd4j.linalg.learning.config.Adam u) {
      return new Adam(rate, u.getBeta1(), u.getBeta2(), u.getEpsilon(), false);
    } else if (updater instanceof AMSGrad u) {
      return new Adam(rate, u.getBeta1(), u.getBeta2(), u.getEpsilon(), true);
    }
    return null;
  }
}
