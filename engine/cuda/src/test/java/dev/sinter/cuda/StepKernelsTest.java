package dev.sinter.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.layers.Layer;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Trainings that cover every path through the kernels of the head and of the end of a step,
 * compared with the reference.
 */
class StepKernelsTest {
  private static final int FEATURES = 6;

  static Stream<Arguments> trainings() {
    return Stream.of(
        training("a head, its gradient at the end", 20, 10, true, 3),
        training("more inputs of a head than threads", 20, 10, true, 300),
        training("as many units as a head has", 20, 16, true, 9),
        training("one unit", 20, 1, true, 7),
        training("a head without bias: its gradient is a product", 20, 4, false, 9),
        training("a batch for which the gradient is a product", 300, 4, true, 9),
        training("more units than a head has", 20, 17, true, 9),
        training("one layer", 20, 3, true),
        training("layers that reuse memory", 20, 4, true, 9, 9, 9));
  }

  private static Arguments training(
      String name, int batch, int units, boolean bias, int... hidden) {
    return Arguments.of(name, batch, units, bias, hidden);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("trainings")
  void fit_everyWay_followsTheReference(
      String name, int batch, int units, boolean bias, int[] hidden) {
    Assumptions.assumeTrue(new SimulatedProvider().probe().usable());
    List<Tensor> expected = trained("reference", batch, units, bias, hidden);
    List<Tensor> received = trained(SimulatedProvider.NAME, batch, units, bias, hidden);
    assertThat(received).hasSameSizeAs(expected);
    for (int i = 0; i < expected.size(); i++) {
      for (int j = 0; j < expected.get(i).size(); j++) {
        assertThat(received.get(i).get(j))
            .as("parameter %d, element %d", i, j)
            .isCloseTo(expected.get(i).get(j), Offset.offset(2e-5f));
      }
    }
  }

  /** Trains two epochs, each with a smaller last batch. */
  private static List<Tensor> trained(
      String backend, int batch, int units, boolean bias, int[] hidden) {
    Dense last = bias ? new Dense(units) : new Dense(units).useBias(false);
    List<Layer> layers = new ArrayList<>();
    for (int size : hidden) {
      layers.add(new Dense(size).tanh());
    }
    layers.add(units == 1 ? last.sigmoid() : last.softmax());
    layers.add(0, new Input(FEATURES));
    try (Model model = Sequential.of(layers.toArray(Layer[]::new)).backend(backend).seed(3)) {
      model.compile(
          Optimizer.of("momentum"),
          units == 1 ? Loss.BINARY_CROSSENTROPY : Loss.SPARSE_CATEGORICAL_CROSSENTROPY,
          Metric.ACCURACY);
      model.fit(data(2 * batch + batch / 2, units), Fit.epochs(2).batchSize(batch).verbose(0));
      return model.getWeights();
    }
  }

  private static Dataset data(int samples, int units) {
    SplittableRandom random = new SplittableRandom(5);
    float[][] x = new float[samples][FEATURES];
    int[] y = new int[samples];
    for (int i = 0; i < samples; i++) {
      for (int j = 0; j < FEATURES; j++) {
        x[i][j] = (float) random.nextDouble(-1, 1);
      }
      y[i] = random.nextInt(Math.max(2, units));
    }
    return Dataset.of(x, y);
  }
}
