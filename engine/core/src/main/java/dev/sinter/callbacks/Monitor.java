package dev.sinter.callbacks;

import dev.sinter.Model;
import dev.sinter.errors.InputException;
import java.util.Map;
import java.util.Objects;
import org.slf4j.Logger;

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
  private final Mode mode;
  private final double minDelta;
  private boolean rising; // valid from resolve on
  private boolean warned;

  /**
   * Creates a monitor.
   *
   * @param callback who watches, for messages
   * @param name key in the logs
   */
  Monitor(String callback, String name) {
    this(callback, name, Mode.AUTO, 0);
  }

  private Monitor(String callback, String name, Mode mode, double minDelta) {
    this.callback = callback;
    this.name = Objects.requireNonNull(name, "monitor");
    this.mode = Objects.requireNonNull(mode, "mode");
    this.minDelta = minDelta;
  }

  String name() {
    return name;
  }

  Mode mode() {
    return mode;
  }

  Monitor mode(Mode value) {
    return new Monitor(callback, name, value, minDelta);
  }

  /** Returns this with the least change that counts; its sign is ignored, as in Keras. */
  Monitor minDelta(double value) {
    double checked = Math.abs(Arguments.finite(callback + ", min delta", value));
    return new Monitor(callback, name, mode, checked);
  }

  /** Begins a training: settles the direction for a compiled model. */
  void resolve(Model model) {
    warned = false;
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
    if (model.metrics().stream().anyMatch(metric -> metric.toString().equals(plain))) {
      return true; // each is an accuracy
    }
    throw InputException.of(
        callback + ", monitor " + name,
        "loss or a metric of the model, " + model.metrics() + ", whose direction is known",
        "another name, in mode auto",
        "Pass mode(Mode.MAX) to go by the highest value, or mode(Mode.MIN) to go by the lowest");
  }

  /** Returns the value in the logs; null without, with a warning of its name and theirs, once. */
  Double in(Map<String, Double> logs, Logger log, String warning) {
    if (!warned && !logs.containsKey(name)) {
      warned = true;
      log.warn(warning, name, String.join(",", logs.keySet()));
    }
    return logs.get(name);
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
