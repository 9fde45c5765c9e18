package dev.sinter.optimizers;

import dev.sinter.errors.InputException;
import java.util.List;

/**
 * The first value up to the first boundary, inclusive, then the next one. Immutable: any number of
 * threads may use it. Source: Keras, schedules/learning_rate_schedule.py.
 *
 * @param boundaries the last step of each value but the last, increasing
 * @param values one more than boundaries
 */
public record PiecewiseConstantDecay(List<Long> boundaries, List<Double> values)
    implements Schedule {
  public PiecewiseConstantDecay {
    boundaries = List.copyOf(boundaries);
    values = List.copyOf(values);
    values.forEach(value -> Ranges.notNegative("PiecewiseConstantDecay", "value", value));
    for (int i = 1; i < boundaries.size(); i++) {
      if (boundaries.get(i) <= boundaries.get(i - 1)) {
        throw InputException.of(
            "PiecewiseConstantDecay", "increasing boundaries", boundaries, "Correct the order");
      }
    }
    if (boundaries.isEmpty() || values.size() != boundaries.size() + 1) {
      throw InputException.of(
          "PiecewiseConstantDecay",
          "a boundary or more, and one value more than boundaries",
          boundaries.size() + " boundaries and " + values.size() + " values",
          "Correct the lists");
    }
  }

  @Override
  public double at(long step) {
    int piece = 0;
    while (piece < boundaries.size() && step > boundaries.get(piece)) {
      piece++;
    }
    return values.get(piece);
  }
}
