package dev.sinter.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.data.ImageLayout;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.awt.Rectangle;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Confusion, accuracy by label, and the probabilities of one sample, for any number of classes. */
class ClassFiguresTest {
  private static final ImageLayout LAYOUT = ImageLayout.byRows(2, 2);

  /**
   * Three samples per class, all correct except the first {@code wrong}, predicted as the next
   * class.
   */
  private static Predictions predictions(int classes, int wrong) {
    int[] labels = IntStream.range(0, 3 * classes).map(i -> i % classes).toArray();
    float[] outputs = new float[labels.length * classes];
    for (int i = 0; i < labels.length; i++) {
      outputs[i * classes + (labels[i] + (i < wrong ? 1 : 0)) % classes] = 1;
    }
    return Predictions.of(Tensor.of(outputs, labels.length, classes), labels);
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 10, 26, 100, 1000})
  void confusion_anyNumberOfClasses_hasABlueDiagonal(int classes) {
    Pixels figure = new Pixels(ConfusionMatrix.of("run", predictions(classes, 0)));
    double cell = Math.max(1, Math.floor(Math.min(96, 560.0 / classes)));
    double left = Canvas.LEFT + 64;
    double top = Canvas.TOP + 46;
    for (int label = 0; label < classes; label += Math.max(1, classes / 7)) {
      double place = (label + 0.1) * cell + 0.6;
      assertThat(figure.atLogical(left + place, top + place)).isEqualTo(Pixels.BLUE);
    }
    assertThat(figure.atLogical(left + (classes - 0.5) * cell, top + 2)).isEqualTo(Pixels.WHITE);
  }

  @Test
  void confusion_mistake_isInTheLabelsLineAndThePredictionsColumn() {
    Pixels figure = new Pixels(ConfusionMatrix.of("run", predictions(4, 1))); // 0 predicted as 1
    double left = Canvas.LEFT + 64;
    double top = Canvas.TOP + 46;
    int wrong = Palette.tint(Palette.ORANGE, 0.6).getRGB() & 0xFFFFFF;
    assertThat(figure.atLogical(left + 96 + 8, top + 8)).isEqualTo(wrong);
    assertThat(figure.atLogical(left + 8, top + 96 + 8)).isEqualTo(Pixels.WHITE);
  }

  @Test
  void confusion_beyondAThousandClasses_refused() {
    assertThatThrownBy(() -> ConfusionMatrix.of("", predictions(1001, 0)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("at most 1000 classes, received 1001");
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 10, 100})
  void accuracy_anyNumberOfClasses_hasADotALabel(int classes) {
    Pixels figure = new Pixels(LabelAccuracy.of("run", predictions(classes, 1)));
    assertThat(figure.count(Pixels.BLUE)).isPositive();
    double width = Math.max(420, Math.min(1600, classes * 64));
    double left = Canvas.LEFT + 52;
    double top = Canvas.TOP + 56;
    double right = left + width - width / classes / 2;
    assertThat(figure.atLogical(right, top)).as("the last label is right").isEqualTo(Pixels.BLUE);
    assertThat(figure.atLogical(left + width / classes / 2, top))
        .as("the first one is not")
        .isNotEqualTo(Pixels.BLUE);
  }

  @Test
  void accuracy_fiveHundredClasses_fitsThePage() {
    Pixels figure = new Pixels(LabelAccuracy.of("run", predictions(500, 1)));
    assertThat(figure.figure().getWidth()).isLessThan(3500);
    assertThat(figure.box(Pixels.BLUE).getMaxX()).isLessThan(figure.figure().getWidth() - 30);
  }

  @Test
  void accuracy_labelWithoutSamples_hasNoDot() {
    Predictions zeros = Predictions.of(Tensor.of(new float[3], 3, 1), new int[3]);
    Pixels figure = new Pixels(LabelAccuracy.of("run", zeros));
    double left = Canvas.LEFT + 52;
    double top = Canvas.TOP + 56;
    assertThat(figure.atLogical(left + 105, top)).isEqualTo(Pixels.BLUE);
    assertThat(
            figure.box(Pixels.BLUE, new Rectangle((int) left * 2 + 500, 270, 300, 560)).isEmpty())
        .isTrue();
  }

  @Test
  void lowest_allWrong_isZero() {
    assertThat(LabelAccuracy.lowest(new int[][] {{0, 3}, {3, 0}}, 0)).isZero();
    assertThat(LabelAccuracy.lowest(new int[][] {{3, 0}, {0, 3}}, 1)).isLessThan(1);
  }

  @Test
  void probabilities_rightOne_isABlueBarAsLongAsItsShare() {
    Tensor x = Tensor.of(new float[] {0, 1, 0, 0}, 1, 4);
    Predictions half = Predictions.of(Tensor.of(new float[] {0.25f, 0.75f}, 1, 2), new int[] {1});
    Pixels figure = new Pixels(DigitProbabilities.of("run", "sample", x, LAYOUT, half));
    int left = 2 * (Canvas.LEFT + 240 + 40 + 36);
    Rectangle bars = new Rectangle(left + 4, 2 * Canvas.TOP, 600, 2 * 240);
    assertThat(figure.box(Pixels.BLUE, bars).width).isEqualTo(450 - 4);
    assertThat(figure.count(Pixels.ORANGE)).isZero();
    assertThat(figure.box(Pixels.INK))
        .isEqualTo(new Rectangle(2 * Canvas.LEFT + 240, 2 * Canvas.TOP, 240, 240));
  }

  @Test
  void probabilities_wrongOne_hasItsBarInOrange() {
    Tensor x = Tensor.of(new float[4], 1, 4);
    Predictions wrong = Predictions.of(Tensor.of(new float[] {0.9f}, 1, 1), new int[] {0});
    Pixels figure = new Pixels(DigitProbabilities.of("run", "sample", x, LAYOUT, wrong));
    assertThat(figure.count(Pixels.ORANGE)).isGreaterThan(figure.count(Pixels.BLUE));
    assertThat(figure.count(Pixels.BLUE)).isPositive();
  }

  @ParameterizedTest
  @ValueSource(ints = {2, 3, 10, 100})
  void probabilities_anyNumberOfClasses_fit(int classes) {
    Tensor x = Tensor.of(new float[4], 1, 4);
    Predictions one = predictions(classes, 0).choose(new int[] {classes - 1});
    Pixels figure = new Pixels(DigitProbabilities.of("run", "sample", x, LAYOUT, one));
    assertThat(figure.box(Pixels.BLUE).getMaxY()).isLessThan(figure.figure().getHeight() - 50);
    assertThat(figure.count(Pixels.BLUE)).isGreaterThan(600 * 20);
  }
}
