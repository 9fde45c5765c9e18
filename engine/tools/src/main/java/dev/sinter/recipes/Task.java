package dev.sinter.recipes;

import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.data.ImageLayout;
import dev.sinter.data.Tensor;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import java.util.List;
import java.util.Map;

/** What the command line trains: a recipe, or a network that a user describes. */
public interface Task {
  /** Returns the name. */
  String name();

  /**
   * Creates the model without compiling it.
   *
   * @param hidden units of the first layer; 0 for the default
   */
  Model model(int hidden);

  /**
   * Creates a model with the width of trained weights, by their Keras names; does not set the
   * weights.
   */
  Model model(Map<String, Tensor> weights);

  /** Returns the optimizer, unless the user names another. */
  Optimizer defaultOptimizer();

  /** Returns the loss. */
  Loss loss();

  /** Returns what is reported beside the loss. */
  default List<Metric> metrics() {
    return List.of(Metric.ACCURACY);
  }

  /** Returns the number of epochs, unless the user says another. */
  int epochs();

  /** Returns how to train for a number of epochs, unless the user says otherwise. */
  Fit fit(int number);

  /** Returns how the features of a sample form an image; null if they do not. */
  ImageLayout layout();

  /** Returns the names of the classes; empty if they are called by their numbers. */
  default List<String> classes() {
    return List.of();
  }

  /** Returns whether a number is predicted, not a class. */
  default boolean predictsNumbers() {
    return false;
  }

  /** Finds and prepares the data. */
  RecipeData data(DataChoice choice);
}
