package dev.sinter.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.data.ImageLayout;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.awt.Rectangle;
import java.awt.image.BufferedImage;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Images of weights: one tile per neuron, negative blue, positive orange, 0 white. */
class WeightGridTest {
  private static final int MOST_NEGATIVE = 0x08306B;
  private static final int MOST_POSITIVE = 0x7F2704;
  private static final int BAR = (64 + 24) * Canvas.SCALE; // it contains both colours as well

  /** Returns a kernel [I, U] of zeros except for one neuron. */
  private static Tensor oneNeuron(int inputs, int units, int unit, float value) {
    float[] kernel = new float[inputs * units];
    for (int input = 0; input < inputs; input++) {
      kernel[input * units + unit] = value;
    }
    return Tensor.of(kernel, inputs, units);
  }

  private static Rectangle box(BufferedImage figure, int colour) {
    return new Pixels(figure)
        .box(colour, new Rectangle(figure.getWidth(), figure.getHeight() - BAR));
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "2, 2, 1", "10, 4, 3", "25, 5, 5", "100, 10, 10", "1000, 32, 32"})
  void pictures_anyNumberOfNeurons_fillASquareGridRowByRow(int units, int columns, int rows) {
    ImageLayout layout = ImageLayout.byRows(28, 28);
    Rectangle first =
        box(WeightGrid.pictures("r", "l", oneNeuron(784, units, 0, 1), layout), MOST_POSITIVE);
    Rectangle last =
        box(
            WeightGrid.pictures("r", "l", oneNeuron(784, units, units - 1, 1), layout),
            MOST_POSITIVE);
    assertThat(first.width).isEqualTo(first.height).isPositive().matches(width -> width % 28 == 0);
    assertThat(last.getSize()).isEqualTo(first.getSize());
    int tile = first.width + 8;
    assertThat(last.x - first.x).isEqualTo((units - 1) % columns * tile);
    assertThat(last.y - first.y).isEqualTo((rows - 1) * tile);
    assertThat((units - 1) / columns).isEqualTo(rows - 1);
  }

  @Test
  void pictures_negativeNeuron_isBlueAndNothingElse() {
    Tensor kernel = oneNeuron(4, 4, 2, -3);
    BufferedImage figure = WeightGrid.pictures("r", "l", kernel, ImageLayout.byRows(2, 2));
    assertThat(box(figure, MOST_NEGATIVE).width).isPositive();
    assertThat(box(figure, MOST_POSITIVE).isEmpty()).isTrue();
  }

  @Test
  void pictures_byColumns_areTurnedBack() {
    float[] kernel = new float[400];
    ImageLayout layout = ImageLayout.byColumns(20, 20);
    for (int row = 0; row < 20; row++) {
      kernel[5 * 20 + row] = 1; // column 5, unrolled by columns
    }
    Rectangle stroke =
        box(WeightGrid.pictures("r", "l", Tensor.of(kernel, 400, 1), layout), MOST_POSITIVE);
    assertThat(stroke.height).isEqualTo(20 * stroke.width);
  }

  @Test
  void pictures_notSquare_keepTheirShape() {
    Tensor kernel = oneNeuron(60, 3, 1, 1);
    Rectangle tile =
        box(WeightGrid.pictures("r", "l", kernel, ImageLayout.byRows(6, 10)), MOST_POSITIVE);
    assertThat(tile.width * 6).isEqualTo(tile.height * 10);
  }

  @Test
  void pictures_tooManyNeurons_showTheFirst() {
    ImageLayout layout = ImageLayout.byRows(1000, 1000);
    Tensor kernel = oneNeuron(1_000_000, 12, 0, 1);
    BufferedImage figure = WeightGrid.pictures("r", "l", kernel, layout);
    assertThat(figure.getWidth()).isLessThan(4200);
    assertThat(box(figure, MOST_POSITIVE).width).isEqualTo(1000);
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "15, 1", "512, 10", "100, 300", "5000, 3"})
  void strips_each_areALineANeuron(int inputs, int units) {
    BufferedImage first = WeightGrid.strips("r", "l", oneNeuron(inputs, units, 0, 1));
    BufferedImage last = WeightGrid.strips("r", "l", oneNeuron(inputs, units, units - 1, 1));
    Rectangle top = box(first, MOST_POSITIVE);
    Rectangle bottom = box(last, MOST_POSITIVE);
    assertThat(top.getSize()).isEqualTo(bottom.getSize());
    assertThat(bottom.x).isEqualTo(top.x);
    assertThat(bottom.y - top.y).isEqualTo((units - 1) * top.height);
    assertThat(top.width % Math.min(inputs, 4000)).isZero();
  }

  @Test
  void scale_isSymmetricAndIgnoresFewOutliers() {
    float[] kernel = new float[10_000];
    for (int i = 0; i < kernel.length; i++) {
      kernel[i] = i % 2 == 0 ? 0.5f : -0.5f;
    }
    kernel[7] = -100;
    assertThat(WeightGrid.scale(Tensor.of(kernel, 100, 100))).isEqualTo(0.5, within(1e-6));
  }

  @Test
  void scale_zerosAlone_isAboveZero() {
    Tensor zeros = Tensor.of(new float[4], 4, 1);
    assertThat(WeightGrid.scale(zeros)).isPositive().isFinite();
    BufferedImage figure = WeightGrid.pictures("r", "l", zeros, ImageLayout.byRows(2, 2));
    assertThat(box(figure, MOST_POSITIVE).isEmpty()).isTrue();
  }

  @Test
  void weights_notFinite_refused() {
    float[] kernel = new float[4];
    Arrays.fill(kernel, Float.NaN);
    assertThatThrownBy(() -> WeightGrid.strips("r", "dense", Tensor.of(kernel, 4, 1)))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("weights of dense, element 0: expected a finite number");
  }

  @Test
  void weights_bias_refused() {
    assertThatThrownBy(() -> WeightGrid.strips("r", "dense", Tensor.of(new float[4], 4)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected a kernel [inputs, units], received float32[4]");
  }
}
