package dev.sinter.formats;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Constraint;
import dev.sinter.layers.L1L2;
import dev.sinter.layers.Regularizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Regularizers and constraints in Keras's JSON. Source: Keras, regularizers/regularizers.py and
 * constraints/constraints.py.
 */
final class KerasPenalties {
  private KerasPenalties() {}

  /** Returns a regularizer in JSON, null in JSON for none. */
  static JsonElement write(String where, @Nullable Regularizer regularizer) {
    if (regularizer == null) {
      return JsonNull.INSTANCE;
    }
    if (!(regularizer instanceof L1L2 factors)) {
      throw lacking(where, "a regularizer that Keras has: l1, l2 or both", regularizer);
    }
    JsonObject config = new JsonObject();
    config.addProperty("l1", factors.l1());
    config.addProperty("l2", factors.l2());
    return json("L1L2", config);
  }

  /** Returns a constraint in JSON, null in JSON for none. */
  static JsonElement write(String where, @Nullable Constraint constraint) {
    JsonObject config = new JsonObject();
    if (constraint == null) {
      return JsonNull.INSTANCE;
    } else if (constraint instanceof Constraint.NonNegative) {
      return json("NonNeg", config);
    } else if (constraint instanceof Constraint.MaxNorm limit) {
      config.addProperty("max_value", limit.max());
      config.add("axis", axes(limit.axes()));
      return json("MaxNorm", config);
    } else if (constraint instanceof Constraint.UnitNorm) {
      config.add("axis", axes(constraint.axes()));
      return json("UnitNorm", config);
    }
    throw lacking(
        where, "a constraint that Keras has: non-negative, max norm or unit norm", constraint);
  }

  private static JsonObject json(String type, JsonObject config) {
    JsonObject json = new JsonObject();
    json.addProperty("class_name", type);
    json.add("config", config);
    return json;
  }

  private static JsonElement axes(List<Integer> axes) {
    if (axes.size() == 1) {
      return new JsonPrimitive(axes.get(0));
    }
    JsonArray list = new JsonArray();
    axes.forEach(list::add);
    return list;
  }

  /** Reads a regularizer, its name or its class; null for none. */
  static @Nullable Regularizer regularizer(String where, @Nullable JsonElement json) {
    if (json == null) {
      return null;
    }
    if (json instanceof JsonPrimitive name && name.isString()) {
      return Regularizer.of(name.getAsString());
    }
    String type = String.valueOf(StrictJson.text(json, "class_name"));
    JsonObject config = StrictJson.object(json, "config");
    if (!List.of("L1", "L2", "L1L2").contains(type)) {
      throw lacking(where, "a regularizer of L1, L2, L1L2", type);
    }
    double l1 = type.equals("L2") ? 0 : number(config, "l1", type.equals("L1") ? 0.01 : 0);
    double l2 = type.equals("L1") ? 0 : number(config, "l2", type.equals("L2") ? 0.01 : 0);
    return Regularizer.l1l2(l1, l2);
  }

  /** Reads a constraint, its name or its class; null for none. */
  static @Nullable Constraint constraint(String where, @Nullable JsonElement json) {
    if (json == null) {
      return null;
    }
    boolean named = json instanceof JsonPrimitive name && name.isString();
    String type = named ? json.getAsString() : StrictJson.text(json, "class_name");
    JsonObject config = named ? null : StrictJson.object(json, "config");
    return switch (String.valueOf(type).toLowerCase(Locale.ROOT).replace("_", "")) {
      case "nonneg" -> Constraint.NON_NEGATIVE;
      case "maxnorm" -> new Constraint.MaxNorm(number(config, "max_value", 2), axes(where, config));
      case "unitnorm" -> new Constraint.UnitNorm(axes(where, config));
      default -> throw lacking(where, "a constraint of NonNeg, MaxNorm, UnitNorm", type);
    };
  }

  private static double number(@Nullable JsonObject config, String name, double otherwise) {
    Double value = StrictJson.number(config, name);
    return value == null ? otherwise : value;
  }

  private static List<Integer> axes(String where, @Nullable JsonObject config) {
    JsonElement axis = StrictJson.member(config, "axis");
    if (axis == null) {
      return List.of(0);
    }
    JsonArray list = new JsonArray();
    if (axis instanceof JsonArray several) {
      list = several;
    } else {
      list.add(axis);
    }
    List<Integer> axes = new ArrayList<>();
    for (JsonElement each : list) {
      double number = each instanceof JsonPrimitive p && p.isNumber() ? p.getAsDouble() : -1;
      if (number < 0 || number > 10 || number != Math.rint(number)) {
        throw lacking(where, "axes from 0", axis);
      }
      axes.add((int) number);
    }
    return axes;
  }

  private static InputException lacking(String where, String expected, @Nullable Object received) {
    return InputException.of(
        where, expected, received, "Sinter and Keras have to share it: change the layer");
  }
}
