package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Backends;
import dev.sinter.backend.Chunk;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Session;
import dev.sinter.compile.LossPrograms;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.losses.BinaryFocalCrossentropy;
import dev.sinter.losses.CrossEntropy;
import dev.sinter.losses.Huber;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Auc;
import dev.sinter.metrics.F1Score;
import dev.sinter.metrics.Metric;
import dev.sinter.metrics.Precision;
import dev.sinter.metrics.Recall;
import dev.sinter.metrics.TopKCategoricalAccuracy;
import dev.sinter.optimizers.Sgd;
import dev.sinter.program.Program;
import dev.sinter.testkit.Golden;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Losses and metrics against values recorded from Keras. */
class KerasObjectivesTest {
  static List<JsonNode> losses() {
    return Golden.cases("keras_losses.json");
  }

  static List<JsonNode> metrics() {
    return Golden.cases("keras_metrics.json");
  }

  @ParameterizedTest
  @MethodSource("losses")
  void loss_valueAndGradient_areKeras(JsonNode golden) {
    int batch = golden.get("shape").get(0).asInt();
    int outputs = golden.get("shape").get(1).asInt();
    Loss loss = loss(golden.get("loss").asText(), golden.get("config"));
    Program program = LossPrograms.of(loss, null, batch, outputs);
    Tensor x = Tensor.of(Golden.floats(golden.get("predictions")), batch, outputs);
    Tensor y = Tensor.of(Golden.floats(golden.get("labels")), batch, loss.labelColumns(outputs));
    float[] results = new float[1 + batch * outputs];
    int[] order = IntStream.range(0, batch).toArray();
    try (Session session =
        Backends.open("reference", BackendOptions.DEFAULT).open(program.state())) {
      Feed feed = new Feed(session.upload(x, y, 1, 0), order);
      Chunk chunk = new Chunk(0, 1, 0, new double[1]);
      session.prepare(List.of(program)).get(0).run(feed, chunk, results);
    }
    checkNear(loss, results[0] / batch, golden.get("loss_value").asDouble());
    float[] gradient = Golden.floats(golden.get("gradient"));
    for (int i = 0; i < gradient.length; i++) {
      checkNear(loss + ", gradient " + i, results[1 + i], gradient[i]);
    }
  }

  private static void checkNear(Object what, double received, double expected) {
    Offset<Double> bound = Offset.offset(3e-6 * Math.max(0.1, Math.abs(expected)));
    assertThat(received).as("%s", what).isCloseTo(expected, bound);
  }

  private static Loss loss(String name, JsonNode config) {
    boolean fromLogits = config.has("from_logits");
    double smoothing = config.path("label_smoothing").asDouble();
    Loss loss = Loss.of(name);
    if (loss instanceof CrossEntropy crossEntropy) {
      return crossEntropy.fromLogits(fromLogits).labelSmoothing(smoothing);
    }
    if (loss instanceof BinaryFocalCrossentropy focal) {
      focal = focal.gamma(config.path("gamma").asDouble()).fromLogits(fromLogits);
      focal = config.has("alpha") ? focal.alpha(config.get("alpha").asDouble()) : focal;
      return focal.labelSmoothing(smoothing);
    }
    return config.has("delta") ? new Huber(config.get("delta").asDouble()) : loss;
  }

  @ParameterizedTest
  @MethodSource("metrics")
  void metric_overSeveralBatches_isKeras(JsonNode golden) {
    int outputs = golden.get("outputs").asInt();
    Metric metric = metric(golden.get("metric").asText(), golden.get("config"));
    Tensor y = Tensor.of(Golden.floats(golden.get("labels")));
    int rows = golden.get("weights").size();
    boolean classes = y.size() < rows * outputs;
    Dataset data =
        Dataset.of(
            Tensor.of(Golden.floats(golden.get("predictions")), rows, outputs),
            y.reshape(rows, classes ? 1 : outputs));
    try (Model model = Sequential.of(new Input(outputs), new Activation("linear"))) {
      model.backend("reference");
      Loss loss = classes ? Loss.SPARSE_CATEGORICAL_CROSSENTROPY : Loss.MEAN_SQUARED_ERROR;
      model.compile(new Sgd(), loss, metric.weighted(), metric);
      String weighted = "weighted_" + metric.name();
      double value = golden.get("value").asDouble();
      Evaluation plain = model.evaluate(data);
      checkNear(metric, plain.get(metric.name()), value);
      checkNear(weighted + ", no weights", plain.get(weighted), value);
      Evaluation own = model.evaluate(data.weights(Golden.floats(golden.get("weights"))));
      checkNear(metric + ", weights", own.get(metric.name()), value);
      checkNear(weighted, own.get(weighted), golden.get("weighted_value").asDouble());
    }
  }

  static List<JsonNode> trainings() {
    return Golden.cases("keras_weights.json");
  }

  @ParameterizedTest
  @MethodSource("trainings")
  void training_weights_isKeras(JsonNode golden) {
    boolean classes = golden.get("kind").asText().equals("class");
    Tensor y = Tensor.of(Golden.floats(golden.get("y")));
    Tensor x = Tensor.of(Golden.floats(golden.get("x"))).reshape(y.size(), -1);
    Dataset data = Dataset.of(x, y);
    Dataset weighted = data.weights(Golden.floats(golden.get("weights")));
    try (Model model = Sequential.of(new Dense(3).softmax().useBias(false))) {
      model.backend("reference");
      model.compile(
          new Sgd(0.5),
          Loss.SPARSE_CATEGORICAL_CROSSENTROPY,
          Metric.ACCURACY,
          Metric.ACCURACY.weighted());
      model.build(x.rowSize());
      Tensor kernel = Tensor.of(Golden.floats(golden.get("kernel")), x.rowSize(), 3);
      model.setWeights(List.of(kernel));
      Fit fit = Fit.epochs(2).batchSize(4).shuffle(false).verbose(0).validationData(weighted);
      History history =
          classes
              ? model.fit(data, fit.classWeight(Map.of(0, 0.5, 2, 3.0)))
              : model.fit(weighted, fit);
      assertThat(history.names()).hasSize(golden.get("history").size());
      for (String name : history.names()) {
        for (int epoch = 0; epoch < 2; epoch++) {
          double expected = golden.get("history").get(name).get(epoch).asDouble();
          checkNear(name + ", epoch " + epoch, history.get(name).get(epoch), expected);
        }
      }
      float[] expected = Golden.floats(golden.get("final_kernel"));
      for (int i = 0; i < expected.length; i++) {
        checkNear("weight " + i, model.getWeights().get(0).get(i), expected[i]);
      }
    }
  }

  private static Metric metric(String name, JsonNode config) {
    Metric metric = Metric.of(name);
    if (metric instanceof TopKCategoricalAccuracy topK) {
      return new TopKCategoricalAccuracy(topK.name(), config.get("k").asInt());
    }
    double threshold = config.path("thresholds").asDouble(0.5);
    if (metric instanceof Precision precision) {
      precision = precision.threshold(threshold);
      return config.has("class_id") ? precision.classId(config.get("class_id").asInt()) : precision;
    }
    if (metric instanceof Recall recall) {
      return recall.threshold(threshold);
    }
    if (metric instanceof F1Score f1) {
      String average = config.get("average").asText().toUpperCase(Locale.ROOT);
      f1 = f1.average(F1Score.Average.valueOf(average));
      return config.has("threshold") ? f1.threshold(config.get("threshold").asDouble()) : f1;
    }
    if (metric instanceof Auc auc) {
      auc = auc.thresholds(config.path("num_thresholds").asInt(200));
      auc = auc.fromLogits(config.has("from_logits"));
      return config.has("curve") ? auc.curve(Auc.Curve.PR) : auc;
    }
    return metric;
  }
}
