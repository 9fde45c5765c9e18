package dev.sinter.formats;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.sinter.errors.InputException;
import dev.sinter.metrics.Metric;
import dev.sinter.metrics.Weighted;
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
    if (optimizer == null) {
      return lacking(where, KerasOptimizers.lacking(compilation.optimizer()));
    }
    if (compilation.goals().size() != 1) {
      return lacking(where, "compilation of several outputs");
    }
    JsonElement loss = KerasObjectives.write(compilation.loss());
    if (loss == null) {
      return lacking(where, "loss " + compilation.loss().name());
    }
    JsonArray metrics = new JsonArray();
    JsonArray weighted = new JsonArray();
    for (Metric metric : compilation.metrics()) {
      Metric inner = metric instanceof Weighted own ? own.metric() : metric;
      JsonElement json = KerasObjectives.write(inner, compilation.loss());
      if (json == null) {
        return lacking(where, "metric " + metric.name());
      }
      (metric instanceof Weighted ? weighted : metrics).add(json);
    }
    JsonObject json = new JsonObject();
    json.add("optimizer", optimizer);
    json.add("loss", loss);
    json.add("loss_weights", JsonNull.INSTANCE);
    json.add("metrics", metrics);
    json.add("weighted_metrics", weighted.isEmpty() ? JsonNull.INSTANCE : weighted);
    json.addProperty("run_eagerly", false);
    json.addProperty("steps_per_execution", 1);
    json.addProperty("jit_compile", false);
    return json;
  }

  private static @Nullable JsonObject lacking(String where, String what) {
    LOG.warn(
        "{}: saved without its compilation and optimizer state, as Keras lacks the {}; compile it after loading",
        where,
        what);
    return null;
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
      for (String setting : List.of("loss_weights", "sample_weight_mode")) {
        JsonElement value = StrictJson.member(config, setting);
        if (value != null && !(value instanceof JsonArray list && list.isEmpty())) {
          throw InputException.of(
              where + ", compilation", "no " + setting, value, "Call compile to train it");
        }
      }
      List<Metric> metrics = new ArrayList<>();
      collect(where, StrictJson.member(config, "metrics"), metrics);
      List<Metric> weighted = new ArrayList<>();
      collect(where, StrictJson.member(config, "weighted_metrics"), weighted);
      weighted.forEach(metric -> metrics.add(metric.weighted()));
      Optimizer read = KerasOptimizers.read(where, optimizer);
      return new Compilation(read, KerasObjectives.loss(where, loss), metrics);
    } catch (InputException lacking) {
      LOG.warn("{} It is loaded without its compilation.", lacking.getMessage());
      return null;
    }
  }

  private static void collect(String where, @Nullable JsonElement metrics, List<Metric> found) {
    if (metrics instanceof JsonArray list) {
      list.forEach(each -> collect(where, each, found));
    } else if (metrics != null && !metrics.isJsonNull()) {
      found.add(KerasObjectives.metric(where, metrics));
    }
  }
}
