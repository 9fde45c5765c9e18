package dev.sinter.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.data.ImageLayout;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.awt.Rectangle;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Images of samples: each at its place, in the right orientation, mistakes in their colour. */
class DigitGridTest {
  private static final ImageLayout MNIST = ImageLayout.byRows(28, 28);
  private static final int CONTENT_LEFT = Canvas.LEFT * Canvas.SCALE;

  /** White samples with one black pixel in one of them. */
  private static Tensor onePixel(int count, int sample, ImageLayout layout, int row, int column) {
    float[] x = new float[count * layout.features()];
    x[sample * layout.features() + layout.index(row, column)] = 255;
    return Tensor.of(x, count, layout.features());
  }

  @ParameterizedTest
  @CsvSource({"64, 0", "64, 9", "64, 63", "20, 19", "5, 4", "1, 0"})
  void samples_each_isDrawnInItsCell(int count, int sample) {
    Pixels figure =
        new Pixels(
            DigitGrid.samples(
                "run", onePixel(count, sample, MNIST, 14, 14), MNIST, new int[count]));
    Rectangle dot = figure.box(Pixels.INK);
    assertThat(dot.width).isEqualTo(dot.height).isEqualTo(4);
    Pixels first =
        new Pixels(
            DigitGrid.samples("run", onePixel(count, 0, MNIST, 14, 14), MNIST, new int[count]));
    Rectangle start = first.box(Pixels.INK);
    int columns = Math.min(8, count);
    int cell = 150; // physical: an image of 112 with its frame, plus the gap
    assertThat(dot.x - start.x).isEqualTo(sample % columns * cell);
    int lines = (count + columns - 1) / columns;
    int line = lines == 1 ? 0 : (dot.y - start.y) / Math.max(1, sample / columns);
    assertThat(dot.y - start.y).isEqualTo(sample / columns * line);
    assertThat(line > 112 || sample < columns).isTrue();
    assertThat(figure.figure().getHeight()).isGreaterThan(dot.y + 14 * 4);
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void sample_pixel_isAtItsRowAndColumn(boolean byColumns) {
    ImageLayout layout = new ImageLayout(20, 20, byColumns);
    Tensor x = onePixel(1, 0, layout, 3, 17);
    Rectangle dot = new Pixels(DigitGrid.samples("run", x, layout, new int[1])).box(Pixels.INK);
    Rectangle corner =
        new Pixels(DigitGrid.samples("run", onePixel(1, 0, layout, 0, 0), layout, new int[1]))
            .box(Pixels.INK);
    assertThat(dot.x - corner.x).isEqualTo(17 * 6);
    assertThat(dot.y - corner.y).isEqualTo(3 * 6);
  }

  @Test
  void sample_notSquare_keepsItsShape() {
    ImageLayout layout = ImageLayout.byRows(2, 30);
    float[] x = new float[60];
    x[0] = 1;
    x[59] = 1;
    Rectangle dots =
        new Pixels(DigitGrid.samples("", Tensor.of(x, 1, 60), layout, new int[1])).box(Pixels.INK);
    assertThat(dots.width).isEqualTo(30 * 4);
    assertThat(dots.height).isEqualTo(2 * 4);
  }

  @Test
  void sample_aroundZeroWithUndershoot_hasAWhitePage() {
    Tensor x = Tensor.of(new float[] {0, 0, -0.1f, 1}, 1, 4);
    ImageLayout layout = ImageLayout.byRows(2, 2);
    assertThat(Ink.of(x)).isEqualTo(new Ink(0, 1));
    assertThat(Ink.of(Tensor.of(new float[] {-1, 1}, 1, 2))).isEqualTo(new Ink(-1, 1));
    Pixels figure = new Pixels(DigitGrid.samples("", x, layout, new int[1]));
    assertThat(figure.count(Pixels.INK)).isEqualTo(60 * 60);
  }

  @Test
  void samples_constant_areWhite() {
    Tensor x = Tensor.of(new float[784], 1, 784);
    Pixels figure = new Pixels(DigitGrid.samples("run", x, MNIST, new int[1]));
    assertThat(figure.count(Pixels.INK)).isZero();
  }

  @Test
  void predictions_wrongOne_isFramedInOrangeAtItsPlace() {
    Tensor x = onePixel(16, 10, MNIST, 14, 14);
    int[] labels = new int[16];
    float[] outputs = new float[16 * 2];
    for (int i = 0; i < 16; i++) {
      outputs[i * 2 + (i == 10 ? 1 : 0)] = 1;
    }
    Predictions predictions = Predictions.of(Tensor.of(outputs, 16, 2), labels);
    Pixels figure = new Pixels(DigitGrid.predictions("run", x, MNIST, predictions));
    Rectangle frame = figure.box(Pixels.ORANGE);
    Rectangle dot = figure.box(Pixels.INK);
    assertThat(frame.contains(dot)).isTrue();
    assertThat(frame.width).isEqualTo(112 + 2 * 5);
    assertThat(frame.x + 5 + 14 * 4).isEqualTo(dot.x);
  }

  @Test
  void predictions_allRight_haveNoOrange() {
    Predictions right = Predictions.of(Tensor.of(new float[] {1, 0}, 1, 2), new int[1]);
    Tensor x = onePixel(1, 0, MNIST, 14, 14);
    assertThat(new Pixels(DigitGrid.predictions("run", x, MNIST, right)).count(Pixels.ORANGE))
        .isZero();
  }

  @Test
  void mistakes_none_saysSo() {
    Predictions right = Predictions.of(Tensor.of(new float[] {0.9f}, 1, 1), new int[] {1});
    Tensor x = onePixel(1, 0, MNIST, 14, 14);
    Pixels figure = new Pixels(DigitGrid.mistakes("run", x, MNIST, right));
    assertThat(figure.count(Pixels.INK)).as("pictures").isZero();
    assertThat(figure.count(Pixels.BLUE)).as("words in blue").isPositive();
    assertThat(figure.count(Pixels.ORANGE)).isZero();
  }

  @Test
  void mistakes_several_startWithTheMostConfident() {
    float[] outputs = {0.6f, 0.99f, 0.2f, 0.8f};
    Predictions predictions = Predictions.of(Tensor.of(outputs, 4, 1), new int[4]);
    Rectangle dot =
        new Pixels(DigitGrid.mistakes("", onePixel(4, 1, MNIST, 14, 14), MNIST, predictions))
            .box(Pixels.INK);
    assertThat(dot.x).as("the first of three").isLessThan(CONTENT_LEFT + 150);
    Rectangle last =
        new Pixels(DigitGrid.mistakes("", onePixel(4, 0, MNIST, 14, 14), MNIST, predictions))
            .box(Pixels.INK);
    assertThat(last.x).as("the third of three").isGreaterThan(CONTENT_LEFT + 300);
  }

  @Test
  void samples_none_refused() {
    assertThatThrownBy(
            () -> DigitGrid.samples("", Tensor.of(new float[0], 0, 784), MNIST, new int[0]))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("samples: expected at least one");
  }

  @Test
  void samples_ofAnotherSize_namePictureAndFeatures() {
    assertThatThrownBy(
            () -> DigitGrid.samples("", Tensor.of(new float[400], 1, 400), MNIST, new int[1]))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(
            "samples: expected 784 features, an image of 28 x 28, received 400.");
  }

  @Test
  void samples_otherNumberOfLabels_refused() {
    assertThatThrownBy(() -> DigitGrid.samples("", onePixel(3, 0, MNIST, 0, 0), MNIST, new int[2]))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected 3 labels, one per sample, received 2");
  }
}
