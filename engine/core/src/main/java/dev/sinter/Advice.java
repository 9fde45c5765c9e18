package dev.sinter;

import dev.sinter.compile.Goal;
import dev.sinter.compile.Graph;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Layer;
import dev.sinter.losses.CrossEntropy;
import dev.sinter.losses.Loss;
import dev.sinter.program.ActivationFunction;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a training is warned of: it runs, but hardly does what was meant. Each warning is one line
 * that says what to write instead, and is given once a model.
 */
final class Advice {
  private static final Logger LOG = LoggerFactory.getLogger(Model.class);

  private final String model;
  private final Set<String> given = new HashSet<>();

  Advice(String model) {
    this.model = model;
  }

  /** Warns of a cross-entropy over outputs that are no probabilities. */
  void outputs(Layer layer, Graph.Node end, Loss loss) {
    ActivationFunction last = end.rule().activation();
    if (!(loss instanceof CrossEntropy crossEntropy)) {
      return;
    }
    boolean probabilities =
        last == ActivationFunction.SOFTMAX || last == ActivationFunction.SIGMOID;
    if (crossEntropy.fromLogits() && probabilities) {
      warn(
          "layer %s ends in %s, and %s takes its outputs for logits; leave the activation out, or fromLogits"
              .formatted(end.layer(), last, loss.name()));
    }
    if (crossEntropy.fromLogits()
        || probabilities
        || !(layer instanceof Dense || layer instanceof Activation)) { // a user's own may do
      return;
    }
    warn(
        "layer %s ends in neither softmax nor sigmoid, and %s takes its outputs for probabilities; end the model with new Dense(%s).%s()"
            .formatted(
                end.layer(),
                loss.name(),
                end.outputs().size(),
                crossEntropy.labels() == CrossEntropy.Labels.SHARES ? "sigmoid" : "softmax"));
  }

  /**
   * Warns of classes that a split left to the validation part alone; labels were checked. Labels of
   * several outputs are not looked at.
   */
  void split(Dataset training, Dataset validation, List<Goal> goals) {
    Tensor labels = labels(training);
    Loss loss = goals.get(0).loss();
    if (goals.size() > 1
        || !(loss instanceof CrossEntropy crossEntropy)
        || crossEntropy.labels() == CrossEntropy.Labels.SHARES && labels.rowSize() > 1) {
      return; // no classes, or several a sample
    }
    BitSet missing = classes(validation);
    missing.andNot(classes(training));
    if (!missing.isEmpty()) {
      warn(
          "the validation split holds classes that the training part lacks, %s, as it takes the last samples; shuffle the samples before you create the dataset, or use Fit.validationData"
              .formatted(missing));
    }
  }

  private static BitSet classes(Dataset data) {
    Tensor labels = labels(data);
    BitSet classes = new BitSet();
    for (int row = data.firstRow(); row < data.firstRow() + data.size(); row++) {
      classes.set(labels.rowSize() == 1 ? (int) labels.get(row) : labels.argmax(row));
    }
    return classes;
  }

  private static Tensor labels(Dataset data) {
    return Objects.requireNonNull(data.sourceLabels(), "labels were checked");
  }

  private void warn(String text) {
    if (given.add(text)) {
      LOG.warn("model {}: {}", model, text);
    }
  }
}
