package dev.sinter.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import dev.sinter.figures.TrainingCurves.Panel;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Curves by epoch: through their points, shaded where the model overfits. */
class TrainingCurvesTest {
  private static final double NONE = Double.NaN;

  private static EpochSeries series(Map<String, List<Double>> values) {
    int epochs = values.values().iterator().next().size();
    return new EpochSeries(IntStream.range(0, epochs).boxed().toList(), values);
  }

  private static EpochSeries loss(Double... values) {
    return series(Map.of("loss", List.of(values)));
  }

  private static Pixels draw(EpochSeries series) {
    return new Pixels(TrainingCurves.of("run", series));
  }

  private static int colour(Pixels figure, Panel panel, double epoch, double value) {
    return figure.atLogical(panel.axes().toX(epoch), panel.axes().toY(value));
  }

  @Test
  void curves_eachPoint_hasItsColour() {
    Map<String, List<Double>> values = new LinkedHashMap<>();
    values.put("loss", List.of(0.9, 0.5, 0.2));
    values.put("val_loss", List.of(0.8, 0.6, 0.5));
    values.put("accuracy", List.of(0.6, 0.8, 0.95));
    values.put("val_accuracy", List.of(0.65, 0.75, 0.8));
    EpochSeries series = series(values);
    Pixels figure = draw(series);
    List<Panel> panels = TrainingCurves.panels(series);
    assertThat(panels).extracting(Panel::name).containsExactly("loss", "accuracy");
    for (Panel panel : panels) {
      for (int row = 0; row < 3; row++) {
        double training = values.get(panel.name()).get(row);
        double validation = values.get("val_" + panel.name()).get(row);
        assertThat(colour(figure, panel, row + 1, training)).isEqualTo(Pixels.BLUE);
        assertThat(colour(figure, panel, row + 1, validation)).isEqualTo(Pixels.ORANGE);
        assertThat(colour(figure, panel, row + 1, validation + 0.03)).isNotEqualTo(Pixels.ORANGE);
      }
    }
  }

  @Test
  void curve_equalSteps_areEquallyHighAndStartAtTheAxisOfZero() {
    Panel panel = TrainingCurves.panels(loss(1.0, 0.5, 0.0)).get(0);
    Pixels figure = draw(loss(1.0, 0.5, 0.0));
    double top = panel.axes().toY(1);
    double bottom = panel.axes().toY(0);
    assertThat(panel.axes().toY(0.5)).isEqualTo((top + bottom) / 2);
    assertThat(bottom).as("a loss is read against 0").isEqualTo(panel.axes().bottom());
    assertThat(figure.atLogical(panel.axes().toX(1.5), (3 * top + bottom) / 4))
        .as("halfway between two epochs")
        .isEqualTo(Pixels.BLUE);
  }

  @Test
  void gap_isShadedWhereValidationIsWorseAlone() {
    Map<String, List<Double>> values = new LinkedHashMap<>();
    values.put("loss", List.of(0.9, 0.1));
    values.put("val_loss", List.of(0.3, 0.7)); // they cross halfway
    EpochSeries series = series(values);
    Panel panel = TrainingCurves.panels(series).get(0);
    Pixels figure = draw(series);
    assertThat(colour(figure, panel, 1.1, 0.47)).isEqualTo(Pixels.WHITE);
    assertThat(colour(figure, panel, 1.9, 0.47))
        .isNotIn(Pixels.WHITE, Pixels.ORANGE, Pixels.BLUE, Palette.GRID.getRGB() & 0xFFFFFF);
  }

  @Test
  void oneEpoch_isADot() {
    EpochSeries series = loss(0.5);
    Panel panel = TrainingCurves.panels(series).get(0);
    assertThat(colour(draw(series), panel, 1, 0.5)).isEqualTo(Pixels.BLUE);
  }

  @Test
  void noValidation_hasNoOrange() {
    Pixels figure = draw(loss(0.5, 0.4, 0.3));
    assertThat(figure.count(Pixels.ORANGE)).isZero();
    assertThat(figure.count(Pixels.BLUE)).isPositive();
  }

  @Test
  void missingValue_leavesAHole() {
    EpochSeries series = loss(0.5, 0.5, NONE, 0.5, Double.POSITIVE_INFINITY, 0.5);
    Panel panel = TrainingCurves.panels(series).get(0);
    Pixels figure = draw(series);
    assertThat(colour(figure, panel, 1.5, 0.5)).isEqualTo(Pixels.BLUE);
    assertThat(colour(figure, panel, 3, 0.5)).isNotEqualTo(Pixels.BLUE);
    assertThat(colour(figure, panel, 4, 0.5)).as("alone").isEqualTo(Pixels.BLUE);
    assertThat(colour(figure, panel, 6, 0.5)).isEqualTo(Pixels.BLUE);
  }

  @Test
  void manyEpochs_curveWithoutDots_staysOnItsValues() {
    EpochSeries series = series(Map.of("accuracy", Collections.nCopies(1000, 0.9)));
    Panel panel = TrainingCurves.panels(series).get(0);
    Pixels figure = draw(series);
    for (int epoch = 5; epoch <= 1000; epoch += 111) {
      assertThat(colour(figure, panel, epoch, 0.9)).isEqualTo(Pixels.BLUE);
    }
  }

  @Test
  void extremeValues_areDrawn() {
    for (double value : new double[] {0, 1e-30, 1e30, -5, 1}) {
      assertThat(draw(loss(value, value)).count(Pixels.BLUE)).as("%s", value).isPositive();
    }
    assertThat(draw(loss(1e12, 1e-12)).count(Pixels.BLUE)).isPositive();
  }

  @Test
  void accuracyOfOne_isNotCutOff() {
    EpochSeries series = series(Map.of("accuracy", List.of(0.5, 1.0)));
    Panel panel = TrainingCurves.panels(series).get(0);
    assertThat(panel.axes().y().high()).isEqualTo(1);
    assertThat(colour(draw(series), panel, 2, 1)).isEqualTo(Pixels.BLUE);
  }

  @Test
  void nothingFinite_refused() {
    assertThatThrownBy(() -> draw(loss(NONE)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("at least one epoch with a finite loss or accuracy");
    assertThatThrownBy(() -> draw(new EpochSeries(List.of(), Map.of())))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("received 0 epochs");
  }
}
