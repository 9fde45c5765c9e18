package dev.sinter.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.losses.Loss;
import dev.sinter.optimizers.Sgd;
import dev.sinter.testkit.Golden;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Convolutions and poolings against Keras: scripts/golden/make_convolution_golden.py. */
class ConvolutionGoldenTest {
  private static final int SAMPLES = 3;

  private static final Map<String, List<Layer>> LAYERS =
      Map.of(
          "valid", List.of(new Conv2D(3, 3, 2).activation("tanh")),
          "same, odd padding, strides",
              List.of(new Conv2D(2, 4, 3).strides(2, 3).padding("same").useBias(false)),
          "same, padding on one side",
              List.of(new Conv2D(4, 2).padding("same").activation("sigmoid")),
          "maximum", List.of(new Conv2D(3, 1), new MaxPooling2D()),
          "maximum, same, overlapping",
              List.of(new Conv2D(2, 2), new MaxPooling2D(3).strides(2).padding("same")),
          "mean", List.of(new Conv2D(2, 1), new AveragePooling2D(2, 3).strides(1, 2)),
          "mean, same: padding does not count",
              List.of(new Conv2D(2, 1), new AveragePooling2D(2).padding("same")),
          "mean of each channel", List.of(new Conv2D(5, 2).relu(), new GlobalAveragePooling2D()));

  static Stream<Arguments> cases() {
    return Golden.cases("convolution.json").stream()
        .map(each -> Arguments.of(each.get("name").asText(), each));
  }

  @Test
  void cases_ofTheFile_areThoseOfThisTest() {
    assertThat(cases().map(each -> each.get()[0]))
        .containsExactlyInAnyOrderElementsOf(LAYERS.keySet());
  }

  private static Tensor sines(double scale, double shift, int... shape) {
    float[] values = new float[size(shape)];
    for (int i = 0; i < values.length; i++) {
      values[i] = (float) (scale * Math.sin(1.7 * i + shift));
    }
    return Tensor.of(values, shape);
  }

  private static int size(int[] shape) {
    int size = 1;
    for (int length : shape) {
      size *= length;
    }
    return size;
  }

  private static int[] ints(JsonNode node) {
    int[] values = new int[node.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = node.get(i).asInt();
    }
    return values;
  }

  private static void check(String what, float[] actual, JsonNode expected) {
    float[] values = Golden.floats(expected);
    assertThat(actual).as(what).hasSameSizeAs(values);
    for (int i = 0; i < values.length; i++) {
      assertThat(actual[i]).as(what + " " + i).isCloseTo(values[i], within(2e-6f));
    }
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("cases")
  void predictions_andWeightsAfterAStep_areThoseOfKeras(String name, JsonNode expected) {
    int[] input = ints(expected.get("input"));
    List<Layer> layers = new ArrayList<>(List.of(new Input(input)));
    layers.addAll(LAYERS.get(name));
    layers.addAll(List.of(new Flatten(), new Dense(2)));
    try (Model model = Sequential.of(layers.toArray(Layer[]::new)).backend("reference")) {
      model.compile(new Sgd(0.5), Loss.MEAN_SQUARED_ERROR);
      List<Tensor> weights = new ArrayList<>();
      for (JsonNode shape : expected.get("shapes")) {
        weights.add(sines(0.5, weights.size(), ints(shape)));
      }
      model.setWeights(weights);
      Tensor x = sines(1, 0.3, SAMPLES, input[0], input[1], input[2]);
      check("predictions", model.predict(Dataset.of(x)).floats(), expected.get("predictions"));
      Dataset data = Dataset.of(x, sines(1, 0.7, SAMPLES, 2));
      model.fit(data, Fit.epochs(1).batchSize(SAMPLES).shuffle(false).verbose(0));
      List<Tensor> trained = model.getWeights();
      for (int i = 0; i < trained.size(); i++) {
        check("weight " + i, trained.get(i).floats(), expected.get("trained").get(i));
      }
    }
  }
}
