package dev.sinter.formats;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.sinter.errors.InputException;
import dev.sinter.losses.BinaryFocalCrossentropy;
import dev.sinter.losses.CrossEntropy;
import dev.sinter.losses.Huber;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Auc;
import dev.sinter.metrics.CosineSimilarity;
import dev.sinter.metrics.F1Score;
import dev.sinter.metrics.Metric;
import dev.sinter.metrics.Precision;
import dev.sinter.metrics.R2Score;
import dev.sinter.metrics.Recall;
import dev.sinter.metrics.RootMeanSquaredError;
import dev.sinter.metrics.TopKCategoricalAccuracy;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Losses and metrics in Keras's JSON. Source: Keras, losses/losses.py and metrics/*.py. */
final class KerasObjectives {
  private static final String REDUCTION = "sum_over_batch_size";

  private KerasObjectives() {}

  /** Returns a loss: its name, or its class with options; null for one that Keras lacks. */
  static @Nullable JsonElement write(Loss loss) {
    if (isKnown(loss)) {
      return new JsonPrimitive(loss.name());
    }
    JsonObject config = new JsonObject();
    config.addProperty("name", loss.name());
    config.addProperty("reduction", REDUCTION);
    if (loss instanceof Huber huber) {
      config.addProperty("delta", huber.delta());
      return object("keras.losses", "Huber", config);
    } else if (loss instanceof CrossEntropy entropy) {
      config.addProperty("from_logits", entropy.fromLogits());
      if (entropy.labels() != CrossEntropy.Labels.CLASS_INDICES) {
        config.addProperty("label_smoothing", entropy.labelSmoothing());
      }
      String type =
          switch (entropy.labels()) {
            case CLASS_INDICES -> "SparseCategoricalCrossentropy";
            case DISTRIBUTIONS -> "CategoricalCrossentropy";
            case SHARES -> "BinaryCrossentropy";
          };
      return object("keras.losses", type, config);
    } else if (loss instanceof BinaryFocalCrossentropy focal) {
      Double alpha = focal.alpha();
      config.addProperty("apply_class_balancing", alpha != null);
      config.addProperty("alpha", alpha == null ? 0.25 : alpha);
      config.addProperty("gamma", focal.gamma());
      config.addProperty("from_logits", focal.fromLogits());
      config.addProperty("label_smoothing", focal.labelSmoothing());
      return object("keras.losses", "BinaryFocalCrossentropy", config);
    }
    return null;
  }

  private static boolean isKnown(Loss loss) {
    try {
      return Loss.of(loss.name()).equals(loss);
    } catch (InputException own) {
      return false;
    }
  }

  private static JsonObject object(String module, String type, JsonObject config) {
    JsonObject json = new JsonObject();
    json.addProperty("module", module);
    json.addProperty("class_name", type);
    json.add("config", config);
    json.add("registered_name", JsonNull.INSTANCE);
    return json;
  }

  /**
   * Returns a metric: its name, or its class with options; null for one that Keras lacks.
   *
   * @param loss beside it, which says how labels look
   */
  static @Nullable JsonElement write(Metric metric, Loss loss) {
    JsonObject config = new JsonObject();
    config.addProperty("name", metric.name());
    config.addProperty("dtype", "float32");
    String type = settings(config, metric, loss);
    if (type != null) {
      return object("keras.metrics", type, config);
    }
    return isKnown(metric) ? new JsonPrimitive(metric.name()) : null;
  }

  private static boolean isKnown(Metric metric) {
    try {
      return Metric.of(metric.name()).equals(metric);
    } catch (InputException own) {
      return false;
    }
  }

  /** Adds the settings of a metric; returns its class, null where a name may do. */
  private static @Nullable String settings(JsonObject config, Metric metric, Loss loss) {
    if (metric instanceof TopKCategoricalAccuracy topK) {
      config.addProperty("k", topK.k());
      boolean indices = loss.labelColumns(2) == 1;
      return indices ? "SparseTopKCategoricalAccuracy" : "TopKCategoricalAccuracy";
    } else if (metric instanceof Precision precision) {
      config.addProperty("thresholds", precision.threshold());
      config.addProperty("class_id", precision.classId());
      return "Precision";
    } else if (metric instanceof Recall recall) {
      config.addProperty("thresholds", recall.threshold());
      config.addProperty("class_id", recall.classId());
      return "Recall";
    } else if (metric instanceof F1Score f1) {
      config.addProperty("average", f1.average().name().toLowerCase(Locale.ROOT));
      config.addProperty("threshold", f1.threshold());
      return "F1Score";
    } else if (metric instanceof Auc auc) {
      config.addProperty("num_thresholds", auc.thresholds());
      config.addProperty("curve", auc.curve().name());
      config.addProperty("summation_method", "interpolation");
      config.addProperty("multi_label", false);
      config.addProperty("from_logits", auc.fromLogits());
      return "AUC";
    } else if (metric instanceof R2Score) {
      config.addProperty("class_aggregation", "uniform_average");
      return "R2Score";
    } else if (metric.equals(Metric.LOG_COSH_ERROR)) {
      return "LogCoshError";
    }
    return metric instanceof RootMeanSquaredError
        ? "RootMeanSquaredError"
        : metric instanceof CosineSimilarity ? "CosineSimilarity" : null;
  }

  /**
   * Reads a loss.
   *
   * @throws InputException for one, or an option, that Sinter lacks
   */
  static Loss loss(String where, JsonElement json) {
    Loss loss = Loss.of(function(where, json));
    JsonObject config = StrictJson.object(json, "config");
    requireNeutral(where, config, "ignore_class");
    boolean fromLogits = StrictJson.flag(config, "from_logits", false);
    double smoothing = number(config, "label_smoothing", 0);
    if (loss instanceof CrossEntropy entropy) {
      return entropy.fromLogits(fromLogits).labelSmoothing(smoothing);
    } else if (loss instanceof BinaryFocalCrossentropy focal) {
      boolean balances = StrictJson.flag(config, "apply_class_balancing", false);
      Double alpha = balances ? Double.valueOf(number(config, "alpha", 0.25)) : null;
      double gamma = number(config, "gamma", focal.gamma());
      return new BinaryFocalCrossentropy(gamma, alpha, fromLogits, smoothing);
    } else if (loss instanceof Huber huber) {
      return new Huber(number(config, "delta", huber.delta()));
    }
    return loss;
  }

  private static double number(@Nullable JsonElement config, String name, double otherwise) {
    Double value = StrictJson.number(config, name);
    return value == null ? otherwise : value;
  }

  /** Refuses options that are set. */
  private static void requireNeutral(String where, @Nullable JsonObject config, String... names) {
    for (String name : names) {
      JsonElement value = StrictJson.member(config, name);
      boolean off =
          value == null
              || value.equals(new JsonPrimitive(false))
              || value.equals(new JsonPrimitive(0.0));
      if (!off) {
        throw lacking(where, "no " + name, value);
      }
    }
  }

  private static void require(
      String where, @Nullable JsonObject config, String option, String expected) {
    String value = StrictJson.text(config, option);
    if (value != null && !value.equalsIgnoreCase(expected)) {
      throw lacking(where, option + " " + expected, value);
    }
  }

  /**
   * Reads a metric.
   *
   * @throws InputException for one, or an option, that Sinter lacks
   */
  static Metric metric(String where, JsonElement json) {
    JsonObject config = StrictJson.object(json, "config");
    String name = StrictJson.text(config, "name");
    if (name != null && (name.equals("accuracy") || name.equals("acc"))) {
      return Metric.ACCURACY; // its own name matters: it may be any of three
    }
    Metric metric = Metric.of(function(where, json));
    if (config == null) {
      return metric;
    }
    String own = name == null ? metric.name() : name;
    requireNeutral(
        where,
        config,
        "label_smoothing",
        "ignore_class",
        "top_k",
        "multi_label",
        "num_regressors",
        "label_weights");
    if (!(metric instanceof Auc)) {
      requireNeutral(where, config, "from_logits");
    }
    if (metric instanceof TopKCategoricalAccuracy topK) {
      return new TopKCategoricalAccuracy(own, (int) number(config, "k", topK.k()));
    } else if (metric instanceof Precision precision) {
      return new Precision(own, threshold(where, config, precision.threshold()), classId(config));
    } else if (metric instanceof Recall recall) {
      return new Recall(own, threshold(where, config, recall.threshold()), classId(config));
    } else if (metric instanceof F1Score) {
      return f1(where, own, config);
    } else if (metric instanceof Auc auc) {
      require(where, config, "summation_method", "interpolation");
      requireNeutral(where, config, "thresholds");
      String curve = StrictJson.text(config, "curve");
      boolean fromLogits = StrictJson.flag(config, "from_logits", false);
      int thresholds = (int) number(config, "num_thresholds", auc.thresholds());
      Auc read = new Auc(own, auc.curve(), thresholds, fromLogits);
      return curve == null ? read : read.curve(curve(where, curve));
    } else if (metric instanceof R2Score) {
      require(where, config, "class_aggregation", "uniform_average");
      return new R2Score(own);
    }
    return metric instanceof RootMeanSquaredError
        ? new RootMeanSquaredError(own)
        : metric instanceof CosineSimilarity ? new CosineSimilarity(own) : metric;
  }

  private static double threshold(String where, JsonObject config, double otherwise) {
    JsonElement value = StrictJson.member(config, "thresholds");
    if (value instanceof JsonArray list && list.size() == 1) {
      value = list.get(0);
    }
    if (value instanceof JsonPrimitive number && number.isNumber()) {
      return number.getAsDouble();
    } else if (value != null) {
      throw lacking(where, "one threshold", value);
    }
    return otherwise;
  }

  private static @Nullable Integer classId(JsonObject config) {
    Double value = StrictJson.number(config, "class_id");
    return value == null ? null : Integer.valueOf(value.intValue());
  }

  private static F1Score f1(String where, String name, JsonObject config) {
    String average = StrictJson.text(config, "average");
    for (F1Score.Average each : F1Score.Average.values()) {
      if (each.name().equalsIgnoreCase(average)) {
        return new F1Score(name, each, StrictJson.number(config, "threshold"));
      }
    }
    throw lacking(where, "one average of " + List.of(F1Score.Average.values()), average);
  }

  private static Auc.Curve curve(String where, String name) {
    for (Auc.Curve each : Auc.Curve.values()) {
      if (each.name().equalsIgnoreCase(name)) {
        return each;
      }
    }
    throw lacking(where, "one curve of " + List.of(Auc.Curve.values()), name);
  }

  /** Returns the name of a loss or metric: itself, or that of its class or function. */
  private static String function(String where, JsonElement json) {
    if (json instanceof JsonPrimitive name && name.isString()) {
      return name.getAsString();
    }
    JsonObject config = StrictJson.object(json, "config");
    String reduction = StrictJson.text(config, "reduction");
    if (reduction != null && !reduction.equals(REDUCTION) && !reduction.equals("auto")) {
      throw lacking(where, "the reduction " + REDUCTION, reduction);
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
