package dev.sinter.cli;

import dev.sinter.Model;
import dev.sinter.figures.EpochSeries;
import dev.sinter.figures.ModelFigures;
import dev.sinter.figures.TrainingCurves;
import dev.sinter.recipes.RecipeData;
import dev.sinter.recipes.Task;
import java.awt.image.BufferedImage;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The figures of a run by file name, the same for {@code train --out} and {@code plot}.
 *
 * @param task of the run
 * @param name of the run in the titles, or null for none
 * @param sample index of the test sample drawn with its probabilities
 */
record RunFigures(Task task, String name, int sample) {
  private String title() {
    boolean named = name != null && !name.equals(task.name());
    return named ? name + " (" + task.name() + ")" : task.name();
  }

  /** Returns the curves; none before the end of the first epoch. */
  Map<String, Supplier<BufferedImage>> ofHistory(EpochSeries history) {
    return history.epochs().isEmpty()
        ? Map.of()
        : Map.of("curves.png", () -> TrainingCurves.of(title(), history));
  }

  /** Returns the figures of the model on its data. */
  Map<String, Supplier<BufferedImage>> ofModel(Model model, RecipeData data) {
    String run = title() + (data.source().equals("generated") ? ", generated digits" : "");
    return ModelFigures.of(
        model,
        new ModelFigures.Subject(
            run,
            data.train(),
            data.test(),
            task.layout(),
            sample,
            task.classes(),
            task.predictsNumbers()));
  }

  Map<String, Supplier<BufferedImage>> of(EpochSeries history, Model model, RecipeData data) {
    Map<String, Supplier<BufferedImage>> figures = new LinkedHashMap<>(ofHistory(history));
    figures.putAll(ofModel(model, data));
    return figures;
  }
}
