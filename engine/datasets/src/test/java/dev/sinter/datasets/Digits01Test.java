package dev.sinter.datasets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.testkit.TestData;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

class Digits01Test {
  @Test
  void mnist_resampled_firstSampleIsTheLabs() throws IOException {
    Optional<Path> data = TestData.folder();
    Assumptions.assumeTrue(data.isPresent(), TestData.REASON);
    Digits01 digits = Digits01.of(Mnist.load(MnistOptions.defaults().dataDir(data.get())), -1);
    assertThat(digits.train().x().shape()).containsExactly(1000, 400);
    assertThat(digits.test().x().shape()).containsExactly(980 + 1135, 400);
    String text = Files.readString(data.get().resolve("digits01/first-zero.csv"));
    double[] expected =
        Arrays.stream(text.strip().split("[,\\s]+")).mapToDouble(Double::parseDouble).toArray();
    assertThat(expected).hasSize(400);
    for (int i = 0; i < 400; i++) {
      assertThat((double) digits.train().source().get(i)).isCloseTo(expected[i], within(2e-4));
    }
  }

  @Test
  void labels_ofBothSets_areZerosThenOnes() {
    Digits01 digits = Digits01.of(mnist(3, 2), -1);
    assertThat(digits.train().y()).isEqualTo(Tensor.of(new float[] {0, 0, 0, 1, 1}, 5, 1));
    assertThat(digits.test().y()).isEqualTo(digits.train().y());
  }

  @Test
  void limit_ofEachClass_keepsTheFirstOfEachInTrainingAlone() {
    Mnist mnist = mnist(3, 2);
    Digits01 all = Digits01.of(mnist, -1);
    Digits01 one = Digits01.of(mnist, 1);
    assertThat(one.train().y()).isEqualTo(Tensor.of(new float[] {0, 1}, 2, 1));
    assertThat(one.train().source().rows(0, 1)).isEqualTo(all.train().source().rows(0, 1));
    assertThat(one.train().source().rows(1, 2)).isEqualTo(all.train().source().rows(3, 4));
    assertThat(one.test().size()).isEqualTo(5);
    assertThat(Digits01.of(mnist, 400).train().size()).isEqualTo(5);
    assertThat(Digits01.of(mnist(600, 501), 2000).train().size()).isEqualTo(1000);
  }

  @Test
  void image_withARowLit_litInThatRowOfEveryColumn() {
    byte[] images = new byte[2 * 784];
    Arrays.fill(images, 0, 784 / 2, (byte) 255); // image 0: the upper half
    Mnist mnist = mnist(images, new byte[] {0, 1});
    Tensor x = Digits01.of(mnist, -1).train().source();
    for (int column = 0; column < 20; column++) {
      assertThat(x.at(0, column * 20)).isCloseTo(1, within(1e-5f));
      assertThat(x.at(0, column * 20 + 19)).isCloseTo(0, within(1e-5f));
    }
  }

  @Test
  void limit_ofNothing_refused() {
    assertThatThrownBy(() -> Digits01.of(mnist(1, 1), 0)).isInstanceOf(InputException.class);
    assertThatThrownBy(() -> Digits01.of(mnist(1, 1), -2)).isInstanceOf(InputException.class);
  }

  @Test
  void set_withoutOnesOrLabelsOrOfAnotherSize_refused() {
    assertThatThrownBy(() -> Digits01.of(mnist(2, 0), -1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("no label 1");
    Mnist mnist = mnist(1, 1);
    Dataset unlabelled = Dataset.of(mnist.test().source());
    assertThatThrownBy(() -> Digits01.of(Mnist.found(mnist.train(), unlabelled, ""), -1))
        .isInstanceOf(InputException.class)
        .hasMessage(
            "digits01, test set: expected labels, received samples alone."
                + " Create it with Dataset.of(x, y).");
    Dataset small = Dataset.of(Tensor.ofBytes(new byte[100], 1, 10, 10), Tensor.of(new int[1]));
    assertThatThrownBy(() -> Digits01.of(Mnist.found(small, small, ""), -1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("[28, 28]");
  }

  @Test
  void kernel_atWholeDistances_interpolates() {
    assertThat(CubicResample.kernel(0)).isEqualTo(1);
    assertThat(CubicResample.kernel(1)).isCloseTo(0, within(1e-15));
    assertThat(CubicResample.kernel(-2)).isZero();
    assertThat(CubicResample.kernel(0.5)).isCloseTo(0.5625, within(1e-15));
    assertThat(CubicResample.kernel(-1.5)).isCloseTo(-0.0625, within(1e-15));
  }

  private static Mnist mnist(int zeros, int ones) {
    byte[] labels = new byte[zeros + ones + 1];
    for (int i = 0; i < labels.length; i++) {
      labels[i] = (byte) (i < ones ? 1 : i == ones ? 5 : 0); // ones first: order must not matter
    }
    byte[] images = new byte[labels.length * 784];
    for (int i = 0; i < images.length; i++) {
      images[i] = (byte) (i / 784);
    }
    return mnist(images, labels);
  }

  private static Mnist mnist(byte[] images, byte[] labels) {
    Dataset set =
        Dataset.of(
            Tensor.ofBytes(images, labels.length, 28, 28), Tensor.ofBytes(labels, labels.length));
    return Mnist.found(set, set, "");
  }
}
