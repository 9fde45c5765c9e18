package dev.sinter.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.Fit;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.layers.Constraint;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.layers.Regularizer;
import dev.sinter.losses.Loss;
import dev.sinter.optimizers.Adagrad;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.CosineDecay;
import dev.sinter.optimizers.ExponentialDecay;
import dev.sinter.optimizers.Lion;
import dev.sinter.optimizers.Nadam;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.optimizers.RmsProp;
import dev.sinter.optimizers.Sgd;
import java.util.ArrayList;
import java.util.List;
import org.assertj.core.data.Offset;

/**
 * Trainings with optimizer options, regularizers and constraints, against what Keras itself reached
 * in float64: scripts/golden/make_optimizers.py.
 */
public final class KerasTrainings {
  private KerasTrainings() {}

  /** Returns all recorded trainings. */
  public static List<JsonNode> all() {
    return Golden.cases("keras_trainings.json");
  }

  /** Returns a recorded training. */
  public static JsonNode named(String name) {
    return all().stream()
        .filter(c -> c.get("name").asText().equals(name))
        .findFirst()
        .orElseThrow();
  }

  /** The same as by name in make_optimizers.py. */
  private static Optimizer optimizer(String name) {
    return switch (name) {
      case "clipnorm" -> new Adam(0.02).clipNorm(0.25);
      case "global_clipnorm" -> new Sgd(0.5).momentum(0.5).globalClipNorm(0.3);
      case "clipvalue" -> new RmsProp(0.02).clipValue(0.05);
      case "weight_decay" -> new Lion(0.02).weightDecay(0.5);
      case "average" -> new Adam(0.05).average(0.75);
      case "average_overwrites" -> new Sgd(0.5).average(0.5, 3);
      case "accumulation" -> new Nadam(0.05).accumulationSteps(3);
      case "schedule" -> new Adam().learningRate(new ExponentialDecay(0.1, 3, 0.5));
      case "accumulation_clipnorm_decay_average_schedule" ->
          new Adam()
              .learningRate(new CosineDecay(0.02, 6).alpha(0.1).warmup(0.1, 2))
              .clipNorm(0.2)
              .weightDecay(0.1)
              .average(0.75)
              .accumulationSteps(2);
      case "regularizers" -> new Sgd(0.25);
      case "constraints" -> new Sgd(0.5);
      case "regularizers_constraints_global_clipnorm_average" ->
          new Adagrad(0.5).globalClipNorm(0.5).average(0.75);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Model network(JsonNode golden) {
    String name = golden.get("name").asText();
    Dense first = new Dense(golden.get("units").get(1).asInt()).tanh();
    Dense second = new Dense(golden.get("units").get(2).asInt()).softmax();
    if (name.startsWith("regularizers")) {
      first =
          first
              .kernelRegularizer(Regularizer.l1l2(0.01, 0.02))
              .biasRegularizer(Regularizer.l1(0.05));
    }
    switch (name) {
      case "regularizers" -> second = second.kernelRegularizer(Regularizer.l2(0.1));
      case "constraints" -> {
        first =
            first
                .kernelConstraint(Constraint.maxNorm(0.75))
                .biasConstraint(Constraint.NON_NEGATIVE);
        second = second.kernelConstraint(Constraint.unitNorm(1));
      }
      case "regularizers_constraints_global_clipnorm_average" -> {
        first = first.kernelConstraint(Constraint.maxNorm(0.75));
        second = second.kernelConstraint(Constraint.NON_NEGATIVE);
      }
      default -> {} // plain layers
    }
    return Sequential.of(new Input(golden.get("units").get(0).asInt()), first, second);
  }

  /** Trains on a backend and compares weights, losses, and the loss at the end. */
  public static void check(String backend, JsonNode golden) {
    String name = golden.get("name").asText();
    float[] labels = Golden.floats(golden.get("y"));
    Tensor x = Tensor.of(Golden.floats(golden.get("x")), labels.length, 4);
    Dataset data = Dataset.of(x, Tensor.of(labels, labels.length));
    try (Model model = network(golden)) {
      model.backend(backend);
      List<Tensor> initial = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        float[] weights = Golden.floats(golden.get("weights").get(i));
        initial.add(Tensor.of(weights, model.getWeights().get(i).shape()));
      }
      model.setWeights(initial);
      model.compile(optimizer(name), Loss.SPARSE_CATEGORICAL_CROSSENTROPY);
      Fit fit = Fit.epochs(golden.get("epochs").asInt()).shuffle(false).verbose(0);
      History history = model.fit(data, fit.batchSize(golden.get("batch_size").asInt()));
      for (int epoch = 0; epoch < golden.get("losses").size(); epoch++) {
        assertThat(history.get("loss").get(epoch))
            .as("%s, loss of epoch %s", name, epoch + 1)
            .isCloseTo(golden.get("losses").get(epoch).asDouble(), Offset.offset(2e-5));
      }
      for (int i = 0; i < 4; i++) {
        float[] expected = Golden.floats(golden.get("final_weights").get(i));
        assertThat(model.getWeights().get(i).floats())
            .as("%s, weights %s", name, i)
            .containsExactly(expected, Offset.offset(2e-5f));
      }
      assertThat(model.evaluate(data).loss())
          .as("%s, loss at the end", name)
          .isCloseTo(golden.get("final_loss").asDouble(), Offset.offset(2e-5));
    }
  }
}
