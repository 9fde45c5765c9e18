package dev.sinter.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.Fit;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Backends;
import dev.sinter.backend.Chunk;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Session;
import dev.sinter.compile.LossPrograms;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.layers.Layer;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Adadelta;
import dev.sinter.optimizers.Adagrad;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.AdamW;
import dev.sinter.optimizers.Adamax;
import dev.sinter.optimizers.Lion;
import dev.sinter.optimizers.Nadam;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.optimizers.RmsProp;
import dev.sinter.optimizers.Sgd;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.ScratchPlan;
import dev.sinter.program.Shape;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Optimizers, losses and short trainings against float64 values of the Keras formulas, recorded by
 * an independent script. Test classes of backends extend this one.
 */
public abstract class GoldenContract {
  private final String backend;

  protected GoldenContract(String backend) {
    this.backend = backend;
  }

  static List<JsonNode> optimizers() {
    List<JsonNode> cases = new ArrayList<>(Golden.cases("optimizers.json"));
    cases.addAll(Golden.cases("keras_optimizers.json"));
    return cases;
  }

  static List<JsonNode> losses() {
    return Golden.cases("losses.json");
  }

  static List<JsonNode> trajectories() {
    return Golden.cases("trajectory.json");
  }

  @ParameterizedTest
  @MethodSource("optimizers")
  void optimizer_recordedGradients_givesRecordedWeights(JsonNode golden) {
    float[] weights = Golden.floats(golden.get("initial_weights"));
    Value parameter = new Value("w", Value.Kind.PARAMETER, new Shape(1, weights.length));
    Optimizer optimizer = optimizer(golden.get("optimizer").asText(), golden.get("config"));
    State state = new State(1, List.of(parameter), optimizer.rule().slots());
    Program program =
        new Program(
            "update",
            1,
            state,
            List.of(new Op.Update("update", optimizer.rule())),
            List.of(),
            new ScratchPlan(Map.of(), 0));
    try (Session session = Backends.open(backend, BackendOptions.DEFAULT).open(state)) {
      session.write(0, weights);
      for (int slot = 0; slot < state.slotCount(); slot++) {
        float[] start = new float[weights.length];
        Arrays.fill(start, optimizer.rule().starts().get(slot).floatValue());
        session.write(state.offsetOf(state.slotOf(parameter, slot)), start);
      }
      var executable = session.prepare(List.of(program)).get(0);
      Feed feed = new Feed(session.upload(Tensor.of(new float[1], 1, 1), null, 1, 0), new int[1]);
      for (int step = 0; step < golden.get("gradients").size(); step++) {
        session.write(
            state.offsetOf(state.gradientOf(parameter)),
            Golden.floats(golden.get("gradients").get(step)));
        executable.run(
            feed, new Chunk(0, 1, step, new double[] {optimizer.learningRate()}), new float[0]);
        session.read(0, weights);
        close(
            weights,
            Golden.floats(golden.get("weights").get(step)),
            2e-6f,
            golden.get("name") + ", step " + (step + 1));
      }
    }
  }

  @ParameterizedTest
  @MethodSource("losses")
  void loss_recordedOutputs_givesRecordedValueAndGradient(JsonNode golden) {
    int batch = golden.get("shape").get(0).asInt();
    int outputs = golden.get("shape").get(1).asInt();
    Loss loss = Loss.of(golden.get("loss").asText());
    boolean logits = golden.get("from").asText().equals("logits");
    ActivationFunction folded =
        logits ? ActivationFunction.of(golden.get("activation").asText()) : null;
    Program program = LossPrograms.of(loss, folded, batch, outputs);
    Tensor x = Tensor.of(Golden.floats(golden.get("predictions")), batch, outputs);
    Tensor y = Tensor.of(Golden.floats(golden.get("labels")), batch, loss.labelColumns(outputs));
    float[] results = new float[1 + batch * outputs];
    try (Session session = Backends.open(backend, BackendOptions.DEFAULT).open(program.state())) {
      int[] order = new int[batch];
      for (int i = 0; i < batch; i++) {
        order[i] = i;
      }
      Feed feed = new Feed(session.upload(x, y, 1, 0), order);
      session
          .prepare(List.of(program))
          .get(0)
          .run(feed, new Chunk(0, 1, 0, new double[1]), results);
    }
    // The bound of the clip is 1 - 1e-7 in double and 1 - 1.19e-7 in float32; a backend may use
    // either.
    List<JsonNode> accepted =
        golden.has("float32_clip") ? List.of(golden, golden.get("float32_clip")) : List.of(golden);
    assertThat(accepted)
        .as("%s: got %s", golden.get("name"), java.util.Arrays.toString(results))
        .anyMatch(expected -> matches(results, batch, expected));
  }

  private static boolean matches(float[] results, int batch, JsonNode expected) {
    double loss = expected.get("loss_value").asDouble();
    boolean equal = Math.abs(results[0] / batch - loss) <= 1e-5 * Math.abs(loss) + 1e-6;
    float[] gradient = Golden.floats(expected.get("gradient"));
    for (int i = 0; i < gradient.length; i++) {
      equal &= Math.abs(results[1 + i] - gradient[i]) <= 1e-5 * Math.abs(gradient[i]) + 1e-7;
    }
    return equal;
  }

  @ParameterizedTest
  @MethodSource("trajectories")
  void training_recordedNetworks_endsAtRecordedWeights(JsonNode golden) {
    for (JsonNode run : golden.get("runs")) {
      try (Model model = network(golden)) {
        String name = golden.get("name").asText() + ", " + run.get("name").asText();
        model.backend(backend);
        model.setNamedWeights(weights(golden.get("initial_weights"), model));
        Optimizer optimizer = optimizer(run.get("optimizer").asText(), run.get("config"));
        model.compile(optimizer, Loss.of(golden.get("loss").asText()), Metric.ACCURACY);
        Fit fit =
            Fit.epochs(golden.get("epochs").asInt())
                .batchSize(golden.get("batch_size").asInt())
                .shuffle(false)
                .verbose(0);
        History history = model.fit(samples(golden), fit);
        Map<String, Tensor> expected = weights(run.get("final_weights"), model);
        model
            .getNamedWeights()
            .forEach(
                (array, actual) ->
                    close(
                        actual.floats(), expected.get(array).floats(), 2e-5f, name + ", " + array));
        for (int epoch = 0; epoch < history.epochs().size(); epoch++) {
          assertThat(history.get("loss").get(epoch))
              .as(name)
              .isCloseTo(run.get("losses").get(epoch).asDouble(), within(2e-5));
          assertThat(history.get("accuracy").get(epoch))
              .as(name)
              .isCloseTo(run.get("accuracies").get(epoch).asDouble(), within(1e-6));
        }
      }
    }
  }

  /** The others run on reference alone: see KerasTrainingsTest. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "accumulation_clipnorm_decay_average_schedule",
        "regularizers_constraints_global_clipnorm_average"
      })
  void training_withOptions_endsAtKerasWeights(String name) {
    KerasTrainings.check(backend, KerasTrainings.named(name));
  }

  private static org.assertj.core.data.Offset<Double> within(double value) {
    return org.assertj.core.data.Offset.offset(value);
  }

  private static Model network(JsonNode golden) {
    List<Layer> layers = new ArrayList<>();
    layers.add(new Input(golden.get("units").get(0).asInt()));
    for (int i = 0; i < golden.get("activations").size(); i++) {
      layers.add(
          new Dense(
              golden.get("units").get(i + 1).asInt(), golden.get("activations").get(i).asText()));
    }
    return Sequential.of(layers.toArray(Layer[]::new));
  }

  private static Dataset samples(JsonNode golden) {
    int rows = golden.get("x").size();
    float[] labels = Golden.floats(golden.get("y"));
    return Dataset.of(
        Tensor.of(Golden.floats(golden.get("x"))).reshape(rows, -1),
        Tensor.of(labels).reshape(rows, -1));
  }

  private static Map<String, Tensor> weights(JsonNode arrays, Model model) {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    model
        .getNamedWeights()
        .forEach(
            (name, own) ->
                weights.put(name, Tensor.of(Golden.floats(arrays.get(name)), own.shape())));
    return weights;
  }

  private static Optimizer optimizer(String name, JsonNode config) {
    double rate = config.get("learning_rate").asDouble();
    return switch (name) {
      case "sgd" -> {
        double momentum = config.get("momentum").asDouble();
        boolean nesterov = config.get("nesterov").asBoolean();
        yield nesterov ? new Sgd(rate).nesterov(momentum) : new Sgd(rate).momentum(momentum);
      }
      case "rmsprop" ->
          new RmsProp(rate)
              .rho(config.get("rho").asDouble())
              .momentum(config.get("momentum").asDouble())
              .epsilon(config.get("epsilon").asDouble())
              .centered(config.get("centered").asBoolean());
      case "adam" -> adam(rate, config);
      case "adamw" ->
          new AdamW(rate, config.get("weight_decay").asDouble()).adam(adam(rate, config));
      case "adagrad" ->
          new Adagrad(
              rate,
              config.get("initial_accumulator_value").asDouble(),
              config.get("epsilon").asDouble());
      case "adadelta" ->
          new Adadelta(rate, config.get("rho").asDouble(), config.get("epsilon").asDouble());
      case "adamax" ->
          new Adamax(
              rate,
              config.get("beta_1").asDouble(),
              config.get("beta_2").asDouble(),
              config.get("epsilon").asDouble());
      case "nadam" ->
          new Nadam(
              rate,
              config.get("beta_1").asDouble(),
              config.get("beta_2").asDouble(),
              config.get("epsilon").asDouble());
      case "lion" ->
          new Lion(rate, config.get("beta_1").asDouble(), config.get("beta_2").asDouble());
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static Adam adam(double rate, JsonNode config) {
    return new Adam(rate)
        .beta1(config.get("beta_1").asDouble())
        .beta2(config.get("beta_2").asDouble())
        .epsilon(config.get("epsilon").asDouble())
        .amsgrad(config.get("amsgrad").asBoolean());
  }

  /** Compares with a tolerance relative to the largest expected element, at least 1. */
  private static void close(float[] actual, float[] expected, float tolerance, String what) {
    assertThat(actual).as(what).hasSameSizeAs(expected);
    for (int i = 0; i < expected.length; i++) {
      float bound = tolerance * Math.max(1, Math.abs(expected[i]));
      assertThat(actual[i])
          .as("%s, element %d", what, i)
          .isCloseTo(expected[i], org.assertj.core.data.Offset.offset(bound));
    }
  }
}
