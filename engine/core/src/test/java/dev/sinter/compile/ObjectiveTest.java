package dev.sinter.compile;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.layers.Dense;
import dev.sinter.layers.Layer;
import dev.sinter.losses.CrossEntropy;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Sgd;
import dev.sinter.program.State;
import dev.sinter.testkit.OwnObjectives;
import java.util.Arrays;
import java.util.List;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Sample weights, and batches with fewer than B samples. */
class ObjectiveTest {
  private static final int FEATURES = 3;
  private static final int OUTPUTS = 3;
  private static final Offset<Float> BOUND = Offset.offset(2e-6f);

  static List<Arguments> objectives() {
    Dense last = new Dense(OUTPUTS);
    return List.of(
        Arguments.of(Loss.SPARSE_CATEGORICAL_CROSSENTROPY, last.softmax()),
        Arguments.of(Loss.SPARSE_CATEGORICAL_CROSSENTROPY, last.sigmoid()),
        Arguments.of(Loss.CATEGORICAL_CROSSENTROPY, last.softmax()),
        Arguments.of(Loss.CATEGORICAL_CROSSENTROPY, last.sigmoid()),
        Arguments.of(Loss.BINARY_CROSSENTROPY, last.sigmoid()),
        Arguments.of(Loss.BINARY_CROSSENTROPY, last.softmax()),
        Arguments.of(Loss.MEAN_SQUARED_ERROR, last),
        Arguments.of(CrossEntropy.sparseCategorical().fromLogits(true), last),
        Arguments.of(CrossEntropy.categorical().fromLogits(true).labelSmoothing(0.2), last),
        Arguments.of(CrossEntropy.binary().fromLogits(true), last),
        Arguments.of(Loss.KL_DIVERGENCE, last.softmax()),
        Arguments.of(Loss.CATEGORICAL_HINGE, last.tanh()),
        Arguments.of(new OwnObjectives.Huber(0.4), last),
        Arguments.of(new OwnObjectives.Brier(), last.softmax()));
  }

  private static ModelCompiler compiler(Loss loss, Layer last, boolean weighted) {
    Graph graph =
        Graph.path(
            Features.of(FEATURES),
            List.of("dense", "dense_1"),
            List.of(new Dense(4).tanh().rules(), last.rules()));
    Objective objective =
        new Objective(new Sgd(1).rule(), loss, List.of(Metric.ACCURACY.weighted()), weighted);
    return new ModelCompiler(graph, objective, 1);
  }

  private static ReferenceBatch samples(Loss loss) {
    return ReferenceBatch.of(loss, 4, FEATURES, OUTPUTS);
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("objectives")
  void gradients_weightsAndGaps_areTheDifferenceQuotients(Loss loss, Layer last) {
    samples(loss)
        .weighing(new float[] {2, 0.5f, 0, 3}, 3, -1, 0, 1, 2, -1)
        .checkGradients(compiler(loss, last, true));
  }

  /** 2 + 1 + 0 + 3 times; the weighted gradient is divided by 4, the other by 6. */
  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("objectives")
  void gradients_wholeWeights_areThoseOfRepeatedSamples(Loss loss, Layer last) {
    ReferenceBatch weighted = samples(loss).weighing(new float[] {2, 1, 0, 3}, 0, 1, -1, 2, 3);
    ReferenceBatch repeated = samples(loss).weighing(null, 0, 0, 1, 3, 3, 3);
    checkEqual(loss, last, weighted, 4, repeated, 6);
  }

  @ParameterizedTest(name = "{0}, {1}")
  @MethodSource("objectives")
  void gradients_gapsAlone_areThoseOfTheSmallerBatch(Loss loss, Layer last) {
    ReferenceBatch gaps = samples(loss).weighing(null, -1, 1, -1, 3, 0);
    checkEqual(loss, last, gaps, 1, samples(loss).weighing(null, 1, 3, 0), 1);
  }

  /** Compares results, which are sums, and gradients multiplied by their divisors. */
  private static void checkEqual(
      Loss loss, Layer last, ReferenceBatch a, int aCount, ReferenceBatch b, int bCount) {
    ModelCompiler weighted = compiler(loss, last, true);
    ModelCompiler plain = compiler(loss, last, false);
    State state = plain.state();
    float[] aState = ReferenceBatch.initial(state);
    float[] bState = ReferenceBatch.initial(state);
    int labels = loss.labelColumns(OUTPUTS);
    float[] aResults = a.run(weighted.gradients(a.size(), labels), aState);
    float[] bResults = b.run(plain.gradients(b.size(), labels), bState);
    assertThat(aResults).as("loss, correct, weights").hasSize(3);
    assertThat(Arrays.copyOf(aResults, 2)).as("loss, correct").containsExactly(bResults, BOUND);
    assertThat(aResults[2]).as("the sum of the weights").isEqualTo(b.size());
    for (int i = state.regionSize(); i < 2 * state.regionSize(); i++) {
      aState[i] *= aCount;
      bState[i] *= bCount;
    }
    assertThat(aState).as("state with gradients").containsExactly(bState, BOUND);
    assertThat(Arrays.copyOfRange(aState, state.regionSize(), state.size()))
        .as("gradients")
        .isNotEqualTo(new float[state.size() - state.regionSize()]);
  }

  /** A sample of zeros without biases yields outputs of sum 0, by which the loss divides. */
  @Test
  void gradients_gapWhoseOutputsAddUpToZero_doesNotCount() {
    Layer last = new Dense(OUTPUTS).useBias(false).tanh();
    Loss loss = Loss.CATEGORICAL_CROSSENTROPY;
    Graph graph = Graph.path(Features.of(FEATURES), List.of("dense"), List.of(last.rules()));
    ModelCompiler compiler = new ModelCompiler(graph, ReferenceBatch.objective(loss, true), 1);
    float[] gaps = samples(loss).weighing(null, 0, -1, 2, 3).gradients(compiler);
    assertThat(gaps)
        .containsExactly(samples(loss).weighing(null, 0, 2, 3).gradients(compiler), BOUND);
  }
}
