package dev.sinter.layers;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.errors.InputException;
import dev.sinter.program.Philox;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InitializerTest {
  private static final int IN = 784;
  private static final int OUT = 512;

  private static float[] weights(Initializer initializer, long seed, int position) {
    return initializer.weights(
        new int[] {IN, OUT}, new Philox(seed, Philox.Stream.INITIAL_WEIGHTS, position));
  }

  /** Mean, standard deviation and largest number of each distribution, by Keras's definitions. */
  @ParameterizedTest
  @CsvSource({
    "glorot_uniform, 6, 1296, true",
    "he_uniform, 6, 784, true",
    "lecun_uniform, 3, 784, true",
    "random_uniform, 0.0025, 1, true",
    "glorot_normal, 2, 1296, false",
    "he_normal, 2, 784, false",
    "lecun_normal, 1, 784, false",
  })
  void weights_ofEachDistribution_haveItsMoments(
      String name, double numerator, double denominator, boolean uniform) {
    float[] weights = weights(Initializer.of(name), 42, 0);
    double scale = Math.sqrt(numerator / denominator); // the limit, or the standard deviation
    double deviation = uniform ? scale / Math.sqrt(3) : scale;
    checkMoments(weights, deviation, uniform ? scale : 2 * scale / 0.87962566103423978);
  }

  @Test
  void weights_ofNormals_haveKerasDeviation() {
    checkMoments(weights(Initializer.RANDOM_NORMAL, 42, 0), 0.05, 5.8 * 0.05);
    checkMoments(
        weights(Initializer.TRUNCATED_NORMAL, 42, 0), 0.05 * 0.87962566103423978, 2 * 0.05);
  }

  @Test
  void weights_withSettings_haveTheirMoments() {
    float[] uniform = weights(new RandomUniform(1, 4), 42, 0);
    checkMoments(shifted(uniform, 2.5f), 3 / Math.sqrt(12), 1.5);
    checkMoments(shifted(weights(new RandomNormal(-2, 3), 42, 0), -2), 3, 5.8 * 3);
    float[] truncated = weights(new TruncatedNormal(7, 2), 42, 0);
    checkMoments(shifted(truncated, 7), 2 * 0.87962566103423978, 4);
    assertThat(weights(new Constant(0.1), 42, 0)).containsOnly(0.1f).hasSize(IN * OUT);
  }

  private static float[] shifted(float[] weights, float mean) {
    for (int i = 0; i < weights.length; i++) {
      weights[i] -= mean;
    }
    return weights;
  }

  @ParameterizedTest
  @CsvSource({"FAN_IN, 784", "FAN_OUT, 512", "FAN_AVG, 648"})
  void weights_ofVarianceScaling_haveTheVarianceOfTheFan(VarianceScaling.Mode mode, double fan) {
    double deviation = Math.sqrt(2.5 / fan);
    double[] limits = {2 / 0.87962566103423978, 5.8, Math.sqrt(3)};
    for (VarianceScaling.Distribution each : VarianceScaling.Distribution.values()) {
      float[] weights = weights(new VarianceScaling(2.5, mode, each), 42, 0);
      checkMoments(weights, deviation, limits[each.ordinal()] * deviation);
    }
  }

  @ParameterizedTest
  @CsvSource({"6, 6", "9, 4", "4, 9", "1, 5", "5, 1"})
  void weights_ofOrthogonal_areOrthogonalAndOfTheGain(int rows, int columns) {
    Philox random = new Philox(42, Philox.Stream.INITIAL_WEIGHTS, 0);
    float[] weights = new Orthogonal(3).weights(new int[] {rows, columns}, random);
    boolean wide = rows < columns;
    int count = Math.min(rows, columns);
    for (int a = 0; a < count; a++) {
      for (int b = 0; b < count; b++) {
        double product = 0;
        for (int i = 0; i < Math.max(rows, columns); i++) {
          int first = wide ? a * columns + i : i * columns + a;
          int second = wide ? b * columns + i : i * columns + b;
          product += (double) weights[first] * weights[second];
        }
        assertThat(product).as("seed 42").isCloseTo(a == b ? 9 : 0, within(1e-5));
      }
    }
    assertThat(new Orthogonal().weights(new int[] {2, 2, 3, 4}, random)).hasSize(48);
  }

  @Test
  void fan_ofAFilter_countsItsPlaces() {
    assertThat(Fan.of(new int[] {3, 5, 7, 11})).isEqualTo(new Fan(105, 165));
    assertThat(Fan.of(new int[] {7, 11})).isEqualTo(new Fan(7, 11));
    assertThat(Fan.of(new int[] {11})).isEqualTo(new Fan(1, 11));
  }

  @Test
  void create_settingsOutOfRange_areRefused() {
    VarianceScaling.Mode in = VarianceScaling.Mode.FAN_IN;
    VarianceScaling.Distribution uniform = VarianceScaling.Distribution.UNIFORM;
    assertThatThrownBy(() -> new Constant(Double.NaN)).isInstanceOf(InputException.class);
    assertThatThrownBy(() -> new Orthogonal(Double.NaN)).isInstanceOf(InputException.class);
    assertThatThrownBy(() -> new RandomUniform(2, 1)).hasMessageContaining("2.0 and 1.0");
    assertThatThrownBy(() -> new RandomNormal(0, -1)).hasMessageContaining("RandomNormal");
    assertThatThrownBy(() -> new TruncatedNormal(0, -1)).hasMessageContaining("TruncatedNormal");
    assertThatThrownBy(() -> new VarianceScaling(0, in, uniform))
        .hasMessageContaining("a scale above 0, received 0.0");
  }

  private static void checkMoments(float[] weights, double deviation, double limit) {
    double sum = 0;
    double squares = 0;
    double largest = 0;
    for (float weight : weights) {
      sum += weight;
      squares += (double) weight * weight;
      largest = Math.max(largest, Math.abs(weight));
    }
    int n = weights.length;
    // 5 standard deviations of a mean; the variance within 1 %.
    assertThat(Math.abs(sum / n)).as("seed 42").isLessThan(5 * deviation / Math.sqrt(n));
    assertThat(squares / n / (deviation * deviation)).as("seed 42").isBetween(0.99, 1.01);
    assertThat(largest).isBetween(0.7 * limit, (double) (float) limit);
  }

  @Test
  void weights_sameSeedAndPosition_areTheSame() {
    for (Initializer drawn :
        new Initializer[] {Initializer.GLOROT_UNIFORM, Initializer.HE_NORMAL}) {
      float[] weights = weights(drawn, 42, 0);
      assertThat(weights(drawn, 42, 0)).isEqualTo(weights);
      assertThat(weights(drawn, 42, 1)).isNotEqualTo(weights);
      assertThat(weights(drawn, 43, 0)).isNotEqualTo(weights);
    }
    assertThat(weights(Initializer.ZEROS, 42, 0)).containsOnly(0).hasSize(IN * OUT);
    assertThat(weights(Initializer.ONES, 42, 0)).containsOnly(1).hasSize(IN * OUT);
  }

  /** The first weights of every network that there is: they must not change. */
  @Test
  void glorotUniform_firstWeights_areThoseRecorded() {
    assertThat(Arrays.copyOf(weights(Initializer.GLOROT_UNIFORM, 1, 0), 4))
        .containsExactly(0.053107545f, 0.053709783f, 0.011665818f, 0.028749943f);
  }

  @Test
  void own_initializer_makesTheWeightsOfItsLayer() {
    Initializer counting =
        (shape, random) -> {
          float[] weights = new float[shape[0] * shape[1]];
          for (int i = 0; i < weights.length; i++) {
            weights[i] = i;
          }
          return weights;
        };
    Model model = Sequential.of(new Input(2), new Dense(3).kernelInitializer(counting));
    model.build(2);
    assertThat(model.getWeights().get(0).floats()).containsExactly(0, 1, 2, 3, 4, 5);
  }

  @Test
  void own_initializerThatIsWrong_isRefusedAndLeavesNoWeights() {
    boolean[] right = {false};
    Initializer wrong = (shape, random) -> new float[right[0] ? 3 : 2];
    Model model = Sequential.of(new Input(2), new Dense(3).biasInitializer(wrong));
    assertThatThrownBy(() -> model.build(2))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "initial weights dense/bias: expected 3 numbers, received 2. Correct the initializer.");
    right[0] = true;
    model.build(2);
    assertThat(model.getWeights().get(1).floats()).containsExactly(0, 0, 0);
    Initializer notFinite = (shape, random) -> new float[] {0, Float.NaN, 0};
    Model second = Sequential.of(new Input(2), new Dense(3).biasInitializer(notFinite));
    assertThatThrownBy(() -> second.build(2))
        .hasMessageContaining("dense/bias, element 1: expected a finite number, received NaN");
  }
}
