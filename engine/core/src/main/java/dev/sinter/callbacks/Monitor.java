package dev.sinter.callbacks;

import dev.sinter.Model;
import dev.sinter.errors.InputException;
import dev.sinter.metrics.Metric;
import java.util.Objects;

/**
 * A value in the logs that is watched for improvement.
 *
 * <p>Falling: {@code value + minDelta < best}; rising: {@code value - minDelta > best}; the first
 * value improves on none, NaN never improves. Source: Keras, callbacks/monitor_callback.py.
 */
final class Monitor {
  private static final String VALIDATION = "val_";

  private final String callback;
  private final String name;
  private Mode mode = Mode.AUTO;
  private double minDelta;
  private boolean rising; // valid from resolve on

  /**
   * Creates a monitor.
   *
   * @param callback who watches, for messages
   * @param name key in the logs
   */
  Monitor(String callback, String name) {
    this.callback = callback;
    this.name = Objects.requireNonNull(name, "monitor");
  }

  String name() {
    return name;
  }

  void mode(Mode value) {
    mode = Objects.requireNonNull(value, "mode");
  }

  /** Sets the least change that counts; its sign is ignored, as in Keras. */
  void minDelta(double value) {
    minDelta = Math.abs(Arguments.finite(callback + ", min delta", value));
  }

  /** Settles the direction for a compiled model. */
  void resolve(Model model) {
    rising =
        switch (mode) {
          case MIN -> false;
          case MAX -> true;
          case AUTO -> risesByName(model);
        };
  }

  private boolean risesByName(Model model) {
    String plain = name.startsWith(VALIDATION) ? name.substring(VALIDATION.length()) : name;
    if (plain.equals("loss")) {
      return false;
    }
    for (Metric metric : model.metrics()) {
      if (metric.toString().equals(plain)) {
        return true; // each is an accuracy
      }
    }
    throw InputException.of(
        callback + ", monitor " + name,
        "loss or a metric of the model, " + model.metrics() + ", whose direction is known",
        "another name, in mode auto",
        "Pass mode(Mode.MAX) to go by the highest value, or mode(Mode.MIN) to go by the lowest");
  }

  /**
   * Returns whether a value is better than another.
   *
   * @param reference null for none
   */
  boolean improves(double value, Double reference) {
    if (reference == null) {
      return !Double.isNaN(value);
    }
    return rising ? value - minDelta > reference : value + minDelta < reference;
  }
}
