package dev.sinter.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.data.ImageLayout;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.figures.ModelFigures.Subject;
import dev.sinter.layers.Dense;
import java.awt.image.BufferedImage;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** All figures of a model: their names, and that each can be drawn. */
class ModelFiguresTest {
  /** Returns samples of 2 x 3 pixels with labels 0, 1, ..., classes - 1, 0, ... */
  private static Dataset data(int samples, int classes) {
    float[] x = new float[samples * 6];
    int[] labels = new int[samples];
    for (int i = 0; i < samples; i++) {
      labels[i] = i % classes;
      x[i * 6 + i % 6] = 1;
    }
    return Dataset.of(Tensor.of(x, samples, 6), Tensor.of(labels));
  }

  private static List<String> drawn(Map<String, Supplier<BufferedImage>> figures) {
    List<String> names = new ArrayList<>();
    figures.forEach(
        (name, figure) -> {
          assertThat(figure.get().getWidth()).as(name).isBetween(300, 4200);
          names.add(name);
        });
    return names;
  }

  private static List<String> names(
      Dense output, Dataset train, Dataset test, ImageLayout layout, int sample) {
    Map<String, Supplier<BufferedImage>> figures;
    try (Model model = Sequential.of(new Dense(1).sigmoid(), output)) {
      model.backend("reference");
      figures = ModelFigures.of(model, new Subject("run", train, test, layout, sample));
    }
    return drawn(figures); // after the model was closed
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "63, 1", "64, 10", "65, 3", "300, 2"})
  void figures_anyNumberOfSamples_areDrawn(int samples, int classes) {
    Dataset data = data(samples, classes);
    assertThat(names(new Dense(10).softmax(), data, data, ImageLayout.byRows(2, 3), samples - 1))
        .containsExactly(
            "samples.png",
            "predictions.png",
            "mistakes.png",
            "sample-" + (samples - 1) + ".png",
            "confusion.png",
            "accuracy-by-label.png",
            "weights-dense.png",
            "weights-dense_1.png");
  }

  @Test
  void figures_oneOutputAndNoTestData_areDrawnOnTheTrainingData() {
    assertThat(names(new Dense(1).sigmoid(), data(10, 2), null, ImageLayout.byColumns(2, 3), 9))
        .contains("predictions.png", "sample-9.png");
  }

  @Test
  void figures_withoutLayout_haveNoPicturesButStrips() {
    assertThat(names(new Dense(3).softmax(), data(10, 3), null, null, 0))
        .containsExactly(
            "confusion.png", "accuracy-by-label.png", "weights-dense.png", "weights-dense_1.png");
  }

  @Test
  void figures_veryManyClasses_leaveOutWhatHasNoRoom() {
    assertThat(names(new Dense(1200).softmax(), data(10, 5), null, ImageLayout.byRows(2, 3), 0))
        .contains("accuracy-by-label.png", "weights-dense_1.png")
        .doesNotContain("confusion.png", "sample-0.png");
  }

  @Test
  void sample_outside_refused() {
    assertThatThrownBy(
            () -> names(new Dense(3).softmax(), data(10, 3), null, ImageLayout.byRows(2, 3), 10))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("sample: expected 0 to 9, an index into the training set");
  }

  @Test
  void chosen_areDistinctAndTheSameEachTime() {
    assertThat(ModelFigures.chosen(1000))
        .hasSize(64)
        .doesNotHaveDuplicates()
        .isEqualTo(ModelFigures.chosen(1000));
    assertThat(ModelFigures.chosen(3)).containsExactly(0, 1, 2);
  }
}
