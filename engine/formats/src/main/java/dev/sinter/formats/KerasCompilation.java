package dev.sinter.formats;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.sinter.compile.Goal;
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

  /** The settings that Keras has for each output. */
  private static final List<String> GOALS =
      List.of("loss", "loss_weights", "metrics", "weighted_metrics");

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
    JsonObject json = new JsonObject();
    json.add("optimizer", optimizer);
    for (String setting : GOALS) {
      json.add(setting, new JsonObject());
    }
    for (Goal goal : compilation.goals()) {
      String lacking = addGoal(json, goal);
      if (lacking != null) {
        return lacking(where, lacking);
      }
    }
    if (compilation.goals().size() == 1) {
      onlyOutput(json, compilation.goal());
    }
    json.addProperty("run_eagerly", false);
    json.addProperty("steps_per_execution", 1);
    json.addProperty("jit_compile", false);
    return json;
  }

  /** Adds what is for one output, by its name; returns what Keras lacks, or null. */
  private static @Nullable String addGoal(JsonObject json, Goal goal) {
    JsonElement loss = KerasObjectives.write(goal.loss());
    if (loss == null) {
      return "loss " + goal.loss().name();
    }
    JsonArray metrics = new JsonArray();
    JsonArray weighted = new JsonArray();
    for (Metric metric : goal.metrics()) {
      Metric inner = metric instanceof Weighted own ? own.metric() : metric;
      JsonElement written = KerasObjectives.write(inner, goal.loss());
      if (written == null) {
        return "metric " + metric.name();
      }
      (metric instanceof Weighted ? weighted : metrics).add(written);
    }
    String output = String.valueOf(goal.output());
    json.getAsJsonObject("loss").add(output, loss);
    json.getAsJsonObject("loss_weights").addProperty(output, goal.weight());
    json.getAsJsonObject("metrics").add(output, metrics);
    json.getAsJsonObject("weighted_metrics").add(output, weighted);
    return null;
  }

  /** Writes what is for the only output without its name, as Keras does. */
  private static void onlyOutput(JsonObject json, Goal goal) {
    for (String setting : GOALS) {
      json.add(setting, json.getAsJsonObject(setting).get(String.valueOf(goal.output())));
    }
    JsonArray weights = new JsonArray();
    weights.add(goal.weight());
    json.add("loss_weights", goal.weight() == 1 ? JsonNull.INSTANCE : weights);
    if (json.getAsJsonArray("weighted_metrics").isEmpty()) {
      json.add("weighted_metrics", JsonNull.INSTANCE);
    }
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
   *
   * @param outputs the names of the model's outputs
   */
  static @Nullable Compilation read(
      String where, @Nullable JsonElement json, List<String> outputs) {
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
      JsonElement mode = StrictJson.member(config, "sample_weight_mode");
      if (mode != null && !(mode instanceof JsonArray list && list.isEmpty())) {
        throw refused(where, "no sample_weight_mode", mode);
      }
      Optimizer read = KerasOptimizers.read(where, optimizer);
      List<Goal> goals = new ArrayList<>();
      for (int i = 0; i < outputs.size(); i++) {
        goals.add(goal(where, config, outputs, i));
      }
      return new Compilation(read, goals);
    } catch (InputException lacking) {
      LOG.warn("{} It is loaded without its compilation.", lacking.getMessage());
      return null;
    }
  }

  private static InputException refused(String where, String expected, Object received) {
    return InputException.of(
        where + ", compilation", expected, received, "Call compile to train it");
  }

  private static Goal goal(String where, JsonObject config, List<String> outputs, int index) {
    boolean only = outputs.size() == 1;
    JsonElement loss = ofOutput(config.get("loss"), outputs, index);
    if (loss == null || loss.isJsonNull()) {
      throw refused(where, "a loss for output " + outputs.get(index), config.get("loss"));
    }
    List<Metric> metrics = new ArrayList<>();
    JsonElement plain = StrictJson.member(config, "metrics");
    collect(where, only ? plain : ofOutput(plain, outputs, index), metrics);
    List<Metric> weighted = new ArrayList<>();
    JsonElement other = StrictJson.member(config, "weighted_metrics");
    collect(where, only ? other : ofOutput(other, outputs, index), weighted);
    weighted.forEach(metric -> metrics.add(metric.weighted()));
    JsonElement factor = ofOutput(StrictJson.member(config, "loss_weights"), outputs, index);
    double weight =
        factor instanceof JsonPrimitive number && number.isNumber() ? number.getAsDouble() : 1;
    String output = only ? null : outputs.get(index);
    return new Goal(output, KerasObjectives.loss(where, loss), weight, metrics);
  }

  /** Returns what is for one output: of a list by place, of an object by name, or all of it. */
  private static @Nullable JsonElement ofOutput(
      @Nullable JsonElement element, List<String> outputs, int index) {
    if (element instanceof JsonArray list) {
      return index < list.size() ? list.get(index) : null;
    }
    if (element instanceof JsonObject object && outputs.containsAll(object.keySet())) {
      return object.get(outputs.get(index));
    }
    return element;
  }

  private static void collect(String where, @Nullable JsonElement metrics, List<Metric> found) {
    if (metrics instanceof JsonArray list) {
      list.forEach(each -> collect(where, each, found));
    } else if (metrics != null && !metrics.isJsonNull()) {
      found.add(KerasObjectives.metric(where, metrics));
    }
  }
}
