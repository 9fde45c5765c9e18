package dev.sinter.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.program.Fusion;
import dev.sinter.program.Op;
import dev.sinter.program.Philox;
import dev.sinter.program.Program;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The layers over images: names, shapes, operations and messages. */
class ConvolutionTest {
  private static Model network(Layer... layers) {
    return Sequential.of(layers).backend("reference");
  }

  private static Model digits() {
    Model model =
        network(
            new Input(8, 8, 1),
            new Conv2D(4, 3).relu(),
            new MaxPooling2D(),
            new Conv2D(5, 2).relu(),
            new MaxPooling2D(),
            new Flatten(),
            new Dense(3).softmax());
    model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
    return model;
  }

  private static List<String> operations(Program program) {
    return program.ops().stream().map(op -> op.getClass().getSimpleName()).toList();
  }

  @Test
  void layers_withoutNames_areNamedAsInKeras() {
    try (Model model = digits()) {
      assertThat(model.layers())
          .extracting(layer -> layer.name())
          .containsExactly(
              "conv2d", "max_pooling2d", "conv2d_1", "max_pooling2d_1", "flatten", "dense");
      assertThat(model.getWeights()).hasSize(6);
      assertThat(model.getWeights().get(0).shape()).containsExactly(3, 3, 1, 4);
      assertThat(model.getWeights().get(2).shape()).containsExactly(2, 2, 4, 5);
    }
  }

  @Test
  void program_whereTheBackendConvolves_hasNoPassBetweenTheProducts() {
    try (Model model = digits()) {
      Program program = model.trainingProgram(7, 1, Fusion.CONVOLUTIONS);
      assertThat(operations(program))
          .containsExactly(
              "Gather",
              "Convolution",
              "Pool",
              "Convolution",
              "Pool",
              "Dense",
              "CrossEntropy",
              "DenseGradWeights",
              "DenseGradInput",
              "PoolGrad",
              "ConvolutionGradWeights",
              "ConvolutionGradInput",
              "PoolGrad",
              "ConvolutionGradWeights",
              "Update");
    }
  }

  @Test
  void program_forOtherBackends_hasPatchesAndProducts() {
    try (Model model = digits()) {
      Program program = model.trainingProgram(7, 1, Fusion.NONE);
      assertThat(operations(program))
          .containsExactly(
              "Gather",
              "Patches",
              "Dense",
              "Reshape",
              "Pool",
              "Patches",
              "Dense",
              "Reshape",
              "Pool",
              "Dense",
              "CrossEntropy",
              "DenseGradWeights",
              "DenseGradInput",
              "PoolGrad",
              "Reshape",
              "DenseGradWeights",
              "DenseGradInput",
              "PatchesGrad",
              "Elementwise",
              "PoolGrad",
              "Reshape",
              "DenseGradWeights",
              "Update");
      assertThat(program.ops().stream().mapToLong(Op::multiplications).sum())
          .isEqualTo(
              model.trainingProgram(7, 1, Fusion.CONVOLUTIONS).ops().stream()
                  .mapToLong(Op::multiplications)
                  .sum());
    }
  }

  @Test
  void samples_withoutAnAxisOfChannels_fitAnInputOfOneChannel() {
    float[] pixels = new float[2 * 64];
    for (int i = 0; i < pixels.length; i++) {
      pixels[i] = i % 7;
    }
    Dataset gray = Dataset.of(Tensor.of(pixels, 2, 8, 8), Tensor.of(new int[] {0, 2}));
    Dataset channel = Dataset.of(Tensor.of(pixels, 2, 8, 8, 1), Tensor.of(new int[] {0, 2}));
    try (Model model = digits().seed(4)) {
      model.fit(gray, Fit.epochs(1).verbose(0));
      assertThat(model.predict(gray).floats()).isEqualTo(model.predict(channel).floats());
      float[] row = new float[64];
      System.arraycopy(pixels, 0, row, 0, 64);
      float[] first = model.predict(gray.take(1)).floats();
      assertThat(model.predictor().predict(row)).hasSameSizeAs(first);
      for (int i = 0; i < first.length; i++) {
        assertThat(model.predictor().predict(row)[i])
            .isCloseTo(first[i], org.assertj.core.api.Assertions.within(1e-5f));
      }
    }
  }

  @Test
  void fan_ofAKernel_countsTheWindow() {
    float[] kernel =
        Initializer.GLOROT_UNIFORM.weights(new int[] {3, 3, 4, 8}, Philox.layer(1, 0, 0));
    double limit = Math.sqrt(6.0 / (9 * 4 + 9 * 8));
    double largest = 0;
    for (float weight : kernel) {
      largest = Math.max(largest, Math.abs(weight));
    }
    assertThat(largest).isBetween(0.97 * limit, limit);
  }

  @Test
  void build_windowLargerThanTheImage_isRefusedByName() {
    assertThatThrownBy(() -> network(new Input(4, 4, 1), new Conv2D(3, 5).name("first")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("layer first: expected images of at least 5 x 5, its kernel")
        .hasMessageContaining("received 4 x 4")
        .hasMessageContaining("padding same");
    assertThatThrownBy(
            () -> network(new Input(4, 4, 1), new MaxPooling2D(), new AveragePooling2D(2, 3)))
        .hasMessageContaining("layer average_pooling2d")
        .hasMessageContaining("received 2 x 2");
  }

  @Test
  void build_samplesThatAreNoImages_isRefusedWithWhatHelps() {
    assertThatThrownBy(() -> network(new Input(784), new Conv2D(3, 3)))
        .hasMessageContaining("layer conv2d: expected images [height, width, channels]")
        .hasMessageContaining("received vectors of 784. Put Reshape(28, 28, 1) before it");
    assertThatThrownBy(() -> network(new Input(28, 30), new GlobalAveragePooling2D()))
        .hasMessageContaining("received samples of shape [28, 30]. Put Input(28, 30, 1) first");
    assertThatThrownBy(() -> network(new Input(7), new MaxPooling2D()))
        .hasMessageContaining("Put Reshape(height, width, channels) before it");
  }

  @Test
  void create_settingsThatAreNone_areRefused() {
    assertThatThrownBy(() -> new Conv2D(0, 3)).hasMessageContaining("at least 1 filter");
    assertThatThrownBy(() -> new Conv2D(2, 3, 0))
        .hasMessageContaining("Conv2D, kernel size: expected two lengths of at least 1");
    assertThatThrownBy(() -> new MaxPooling2D(2).strides(0)).hasMessageContaining("strides");
    assertThatThrownBy(() -> new Conv2D(2, 3).padding("sane"))
        .hasMessageContaining("\"sane\"")
        .hasMessageContaining("same");
    assertThatThrownBy(() -> new Conv2D(2, 3).activation("softmax"))
        .hasMessageContaining("Dense layer behind Flatten");
  }
}
