package dev.sinter.formats;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.sinter.errors.InputException;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.saving.Compilation;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a model is compiled for, in Keras's JSON. */
final class KerasCompilation {
  private static final Logger LOG = LoggerFactory.getLogger(KerasCompilation.class);

  private KerasCompilation() {}

  /**
   * Returns compile_config of a .keras file; null with a warning where Keras lacks something.
   *
   * @param where the file, for the warning
   */
  static @Nullable JsonObject write(String where, @Nullable Compilation compilation) {
    if (compilation == null) {
      return null;
    }
    JsonObject optimizer = KerasOptimizers.write(compilation.optimizer());
    String lacking = null;
    if (optimizer == null) {
      lacking = KerasOptimizers.lacking(compilation.optimizer());
    } else if (!isKnown(compilation.loss())) {
      lacking = "loss " + compilation.loss().name();
    } else {
      lacking =
          compilation.metrics().stream()
              .filter(metric -> !isKnown(metric))
              .map(metric -> "metric " + metric.name())
              .findFirst()
              .orElse(null);
    }
    if (lacking != null) {
      LOG.warn(
          "{}: saved without its compilation and optimizer state, as Keras lacks the {}; compile it after loading",
          where,
          lacking);
      return null;
    }
    JsonObject json = new JsonObject();
    json.add("optimizer", optimizer);
    json.addProperty("loss", compilation.loss().name());
    json.add("loss_weights", JsonNull.INSTANCE);
    JsonArray metrics = new JsonArray();
    compilation.metrics().forEach(metric -> metrics.add(metric.name()));
    json.add("metrics", metrics);
    json.add("weighted_metrics", JsonNull.INSTANCE);
    json.addProperty("run_eagerly", false);
    json.addProperty("steps_per_execution", 1);
    json.addProperty("jit_compile", false);
    return json;
  }

  private static boolean isKnown(Loss loss) {
    try {
      return Loss.of(loss.name()).equals(loss);
    } catch (InputException own) {
      return false;
    }
  }

  private static boolean isKnown(Metric metric) {
    try {
      return Metric.of(metric.name()).equals(metric);
    } catch (InputException own) {
      return false;
    }
  }

  /**
   * Reads compile_config, or training_config of a .h5 file; null where there is none, and with a
   * warning where it holds what Sinter lacks: the model can predict all the same.
   */
  static @Nullable Compilation read(String where, @Nullable JsonElement json) {
    if (!(json instanceof JsonObject config)) {
      return null;
    }
    try {
      JsonElement optimizer = StrictJson.member(config, "optimizer");
      optimizer = optimizer == null ? StrictJson.member(config, "optimizer_config") : optimizer;
      JsonElement loss = StrictJson.member(config, "loss");
      if (optimizer == null || loss == null) {
        return null;
      }
      for (String setting : List.of("loss_weights", "weighted_metrics", "sample_weight_mode")) {
        JsonElement value = StrictJson.member(config, setting);
        if (value != null && !(value instanceof JsonArray list && list.isEmpty())) {
          throw lacking(where, "no " + setting, value);
        }
      }
      List<Metric> metrics = new ArrayList<>();
      collect(where, StrictJson.member(config, "metrics"), metrics);
      Optimizer read = KerasOptimizers.read(where, optimizer);
      return new Compilation(read, Loss.of(function(where, loss)), metrics);
    } catch (InputException lacking) {
      LOG.warn("{} It is loaded without its compilation.", lacking.getMessage());
      return null;
    }
  }

  private static void collect(String where, @Nullable JsonElement metrics, List<Metric> found) {
    if (metrics instanceof JsonArray list) {
      list.forEach(each -> collect(where, each, found));
    } else if (metrics != null && !metrics.isJsonNull()) {
      found.add(metric(where, metrics));
    }
  }

  /** A metric's own name matters: accuracy may be any of three. */
  private static Metric metric(String where, JsonElement json) {
    if (json instanceof JsonObject object) {
      String name = StrictJson.text(StrictJson.object(object, "config"), "name");
      if (name != null && (name.equals("accuracy") || name.equals("acc"))) {
        return Metric.ACCURACY;
      }
    }
    return Metric.of(function(where, json));
  }

  /** Returns the name of a loss or metric: itself, or that of its class or function. */
  private static String function(String where, JsonElement json) {
    if (json instanceof JsonPrimitive name && name.isString()) {
      return name.getAsString();
    }
    JsonObject config = StrictJson.object(json, "config");
    for (String plain : List.of("from_logits", "label_smoothing", "ignore_class")) {
      JsonElement value = StrictJson.member(config, plain);
      boolean off =
          value == null
              || value.equals(new JsonPrimitive(false))
              || value.equals(new JsonPrimitive(0.0));
      if (!off) {
        throw lacking(where, "no " + plain, value);
      }
    }
    String reduction = StrictJson.text(config, "reduction");
    if (reduction != null
        && !reduction.equals("sum_over_batch_size")
        && !reduction.equals("auto")) {
      throw lacking(where, "the reduction sum_over_batch_size", reduction);
    }
    String type = StrictJson.text(json, "class_name");
    String name = StrictJson.text(config, "fn"); // of Keras 2's MeanMetricWrapper
    if (name == null && "function".equals(type)) {
      name = StrictJson.text(json, "config");
    }
    name = name == null ? type : name;
    if (name == null) {
      throw lacking(where, "a loss or metric by its name", json);
    }
    return name;
  }

  private static InputException lacking(String where, String expected, @Nullable Object received) {
    return InputException.of(
        where + ", compilation", expected, received, "Call compile to train it");
  }
}
