package dev.sinter.datasets;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import java.util.Arrays;
import java.util.zip.CRC32;
import org.junit.jupiter.api.Test;

class GeneratedDigitsTest {
  private static final int PIXELS = 28 * 28;

  @Test
  void sets_ofAnySeed_haveMnistsShapes() {
    Dataset train = GeneratedDigits.train(3);
    Dataset test = GeneratedDigits.test(3);
    assertThat(train.source().toString()).isEqualTo("uint8[60000, 28, 28]");
    assertThat(train.sourceLabels().toString()).isEqualTo("uint8[60000]");
    assertThat(test.source().toString()).isEqualTo("uint8[10000, 28, 28]");
    assertThat(test.sourceLabels().toString()).isEqualTo("uint8[10000]");
  }

  @Test
  void digits_ofOneSeed_areTheSameOnEveryMachine() {
    Dataset digits = GeneratedDigits.generate(1, 0, 1000);
    CRC32 crc = new CRC32();
    crc.update(digits.source().bytes());
    crc.update(digits.sourceLabels().bytes());
    assertThat(Long.toHexString(crc.getValue())).isEqualTo("aa403d3c");
  }

  @Test
  void digits_ofOtherSeedsOrPlaces_differ() {
    Tensor digits = GeneratedDigits.generate(1, 0, 10).source();
    assertThat(GeneratedDigits.generate(2, 0, 10).source()).isNotEqualTo(digits);
    assertThat(GeneratedDigits.generate(1, 10, 10).source()).isNotEqualTo(digits);
    assertThat(GeneratedDigits.generate(1, 5, 5).source()).isEqualTo(digits.rows(5, 10));
  }

  @Test
  void labels_ofManyDigits_areUniform() {
    Tensor labels = GeneratedDigits.generate(1, 0, 10_000).sourceLabels();
    int[] counts = new int[10];
    for (int i = 0; i < labels.size(); i++) {
      counts[(int) labels.get(i)]++;
    }
    assertThat(counts)
        .matches(
            all ->
                Arrays.stream(all)
                    .allMatch(count -> count > 880 && count < 1120)); // 4 standard deviations
  }

  @Test
  void images_ofManyDigits_areBrightStrokesInTheMiddleOfBlack() {
    Tensor images = GeneratedDigits.generate(1, 0, 2000).source();
    for (int image = 0; image < 2000; image++) {
      float brightest = 0;
      int lit = 0;
      for (int pixel = 0; pixel < PIXELS; pixel++) {
        float value = images.get(image * PIXELS + pixel);
        brightest = Math.max(brightest, value);
        lit += value > 100 ? 1 : 0;
        if (pixel / 28 == 0 || pixel / 28 == 27) {
          assertThat(value).isZero();
        }
      }
      assertThat(brightest).isGreaterThan(120);
      assertThat(lit).isBetween(12, 300);
    }
  }

  /** One epoch of softmax regression by stochastic gradient descent, one sample per step. */
  @Test
  void softmaxRegression_afterOneEpoch_readsThemFairlyWell() {
    Dataset train = GeneratedDigits.generate(1, 0, 20_000);
    float[][] weights = new float[10][PIXELS + 1];
    for (int i = 0; i < train.size(); i++) {
      float[] x = image(train, i);
      double[] probabilities = softmax(weights, x);
      for (int c = 0; c < 10; c++) {
        double target = train.sourceLabels().get(i) == c ? 1 : 0;
        float step = (float) (0.02 * (target - probabilities[c]));
        for (int pixel = 0; pixel <= PIXELS; pixel++) {
          weights[c][pixel] += step * x[pixel];
        }
      }
    }
    Dataset test = GeneratedDigits.generate(1, 60_000, 2000);
    int right = 0;
    for (int i = 0; i < test.size(); i++) {
      double[] probabilities = softmax(weights, image(test, i));
      int best = 0;
      for (int c = 1; c < 10; c++) {
        best = probabilities[c] > probabilities[best] ? c : best;
      }
      right += test.sourceLabels().get(i) == best ? 1 : 0;
    }
    assertThat(right / 2000.0).isBetween(0.9, 0.985); // learnable, but not trivial
  }

  private static float[] image(Dataset digits, int index) {
    float[] x = new float[PIXELS + 1]; // the last element is for the bias
    for (int pixel = 0; pixel < PIXELS; pixel++) {
      x[pixel] = digits.source().get(index * PIXELS + pixel) / 255;
    }
    x[PIXELS] = 1;
    return x;
  }

  private static double[] softmax(float[][] weights, float[] x) {
    double[] result = new double[10];
    double sum = 0;
    for (int c = 0; c < 10; c++) {
      double logit = 0;
      for (int pixel = 0; pixel <= PIXELS; pixel++) {
        logit += weights[c][pixel] * x[pixel];
      }
      result[c] = Math.exp(logit);
      sum += result[c];
    }
    for (int c = 0; c < 10; c++) {
      result[c] /= sum;
    }
    return result;
  }
}
