package dev.sinter.callbacks;

import dev.sinter.Model;
import dev.sinter.errors.InputException;
import dev.sinter.errors.KnownNames;
import dev.sinter.metrics.Metric;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * A value in the logs that is watched for improvement.
 *
 * <p>Falling: {@code value + minDelta < best}; rising: {@code value - minDelta > best}; the first
 * value improves on none, NaN never improves. Source: Keras, callbacks/monitor_callback.py.
 */
final class Monitor {
  private static final String VALIDATION = "val_";
  private static final List<String> ALIASES = List.of("acc", "mse", "mae"); // of metrics

  private final String callback;
  private final String asked;
  private final Mode mode;
  private final double minDelta;
  private String name; // its key in the logs, valid from resolve on
  private boolean rising; // valid from resolve on
  private boolean warned;
  private boolean seen; // in this training

  /**
   * Creates a monitor.
   *
   * @param callback who watches, for messages
   * @param name key in the logs; {@code val_acc} is short for val_accuracy
   */
  Monitor(String callback, String name) {
    this(callback, name, Mode.AUTO, 0);
  }

  private Monitor(String callback, String name, Mode mode, double minDelta) {
    this.callback = callback;
    this.asked = Objects.requireNonNull(name, "monitor");
    this.name = asked;
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
    return new Monitor(callback, asked, value, minDelta);
  }

  /** Returns this with the least change that counts; its sign is ignored, as in Keras. */
  Monitor minDelta(double value) {
    double checked = Math.abs(Arguments.finite(callback + ", min delta", value));
    return new Monitor(callback, asked, mode, checked);
  }

  /** Begins a training: settles name and direction for a compiled model. */
  void resolve(Model model) {
    warned = false;
    seen = false;
    KnownNames<String> known = keys(model);
    name = known.find(asked).orElse(asked);
    rising =
        switch (mode) {
          case MIN -> false;
          case MAX -> true;
          case AUTO -> risesByName(model, known);
        };
  }

  /** Returns what the model itself logs, by all names for it. */
  private static KnownNames<String> keys(Model model) {
    List<String> logged = model.resultNames();
    KnownNames<String> keys = KnownNames.of("monitor");
    for (String key : logged) {
      keys = keys.with(key, key).with(VALIDATION + key, VALIDATION + key);
    }
    for (String alias : ALIASES) {
      String key = Metric.of(alias).name();
      if (logged.contains(key)) {
        keys = keys.with(alias, key).with(VALIDATION + alias, VALIDATION + key);
      }
    }
    return keys;
  }

  private boolean risesByName(Model model, KnownNames<String> known) {
    String plain = name.startsWith(VALIDATION) ? name.substring(VALIDATION.length()) : name;
    Metric metric = model.namedMetrics().get(plain);
    if (metric != null) {
      return metric.higherIsBetter();
    }
    if (model.resultNames().contains(plain)) {
      return false; // a loss
    }
    String remedy =
        "Pass mode(Mode.MAX) to go by the highest value, or mode(Mode.MIN) to go by the lowest";
    throw InputException.of(
        callback + ", monitor " + name,
        "loss or a metric of the model, %s, whose direction is known"
            .formatted(model.namedMetrics().keySet()),
        "another name, in mode auto",
        known.nearest(name).map(near -> "Monitor " + near + ", which is nearest").orElse(remedy));
  }

  /**
   * Returns the value in the logs. Returns null without one: with a warning of its name and theirs,
   * once, unless an earlier epoch had it, since an epoch that is cut has no validation.
   */
  @Nullable Double in(Map<String, Double> logs, Logger log, String warning) {
    seen |= logs.containsKey(name);
    if (!warned && !seen) {
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
  boolean improves(double value, @Nullable Double reference) {
    if (reference == null) {
      return !Double.isNaN(value);
    }
    return rising ? value - minDelta > reference : value + minDelta < reference;
  }
}
