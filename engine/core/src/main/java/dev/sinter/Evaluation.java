package dev.sinter;

import dev.sinter.errors.InputException;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;

/**
 * Loss and metrics of a model on a dataset. Immutable: any number of threads may use it.
 *
 * @param values by name: {@code loss}, {@code accuracy}, ...; sorted
 */
public record Evaluation(Map<String, Double> values) {
  public Evaluation {
    values = Collections.unmodifiableMap(new TreeMap<>(values));
  }

  /** Returns the mean loss. */
  public double loss() {
    return get("loss");
  }

  /** Returns the accuracy from 0 to 1. */
  public double accuracy() {
    return get("accuracy");
  }

  /** Returns one value by its name. */
  public double get(String name) {
    Double value = values.get(name);
    if (value == null) {
      throw InputException.of(
          "evaluation",
          "one of " + values.keySet(),
          name,
          "Name the metric when you compile the model");
    }
    return value;
  }
}
