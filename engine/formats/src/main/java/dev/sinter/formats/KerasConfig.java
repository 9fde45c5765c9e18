package dev.sinter.formats;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Initializer;
import dev.sinter.layers.WeightSettings;
import dev.sinter.program.ActivationFunction;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The config of a layer in a file: its settings by Keras's names, refused by file and layer where
 * Sinter lacks them.
 *
 * @param where the file
 * @param name of the layer
 * @param json an object, if the file is right
 */
record KerasConfig(String where, String name, @Nullable JsonElement json) {
  /** Returns a number; the other one where it is missing. */
  double number(String setting, double otherwise) {
    Double number = optional(setting);
    return number == null ? otherwise : number;
  }

  /** Returns a number, or null where it is missing or null. */
  @Nullable Double optional(String setting) {
    JsonElement value = StrictJson.member(json, setting);
    Double number = StrictJson.number(json, setting);
    if (value != null && number == null) {
      throw refused("a number for " + setting, value);
    }
    return number;
  }

  /** Returns a whole number of at least 1. */
  int count(String setting) {
    Double number = StrictJson.number(json, setting);
    if (number == null || number < 1 || number != Math.rint(number) || number > Integer.MAX_VALUE) {
      throw refused(setting + ", a whole number of at least 1", number);
    }
    return number.intValue();
  }

  boolean flag(String setting, boolean otherwise) {
    return StrictJson.flag(json, setting, otherwise);
  }

  /** Returns all numbers of a list, nested or not, or of a single number; null where missing. */
  @Nullable List<Double> numbers(String setting) {
    JsonElement value = StrictJson.member(json, setting);
    if (value == null) {
      return null;
    }
    List<Double> numbers = new ArrayList<>();
    collect(setting, value, numbers);
    return numbers;
  }

  private void collect(String setting, JsonElement value, List<Double> numbers) {
    if (value instanceof JsonArray array) {
      array.forEach(each -> collect(setting, each, numbers));
    } else if (value instanceof JsonPrimitive number && number.isNumber()) {
      numbers.add(number.getAsDouble());
    } else {
      throw refused("numbers for " + setting, value);
    }
  }

  /** Refuses another value than this one; missing and null are fine. */
  void requirePlain(String setting, Object plain) {
    JsonElement value = StrictJson.member(json, setting);
    if (value != null && !value.toString().equals(plain.toString())) {
      throw refused(setting + " " + plain, value);
    }
  }

  /** Refuses settings that Sinter lacks: they must be missing or null. */
  void requireNone(List<String> settings) {
    for (String setting : settings) {
      JsonElement value = StrictJson.member(json, setting);
      if (value != null) {
        throw refused("no " + setting, value);
      }
    }
  }

  /**
   * Refuses another axis than the last.
   *
   * @param rank the number of axes of a sample; the batch is axis 0
   */
  void requireLastAxis(int rank) {
    List<Double> axes = numbers("axis");
    if (axes != null && !axes.equals(List.of(-1.0)) && !axes.equals(List.of((double) rank))) {
      throw refused("the last axis, -1", axes);
    }
  }

  ActivationFunction activation() {
    JsonElement given = StrictJson.member(json, "activation");
    JsonElement text = given instanceof JsonObject object ? object.get("config") : given;
    if (text == null) {
      return ActivationFunction.LINEAR;
    }
    if (text instanceof JsonPrimitive word && word.isString()) {
      for (ActivationFunction known : ActivationFunction.values()) {
        if (known.toString().equals(word.getAsString())) {
          return known;
        }
      }
    }
    throw refused("an activation of " + List.of(ActivationFunction.values()), given);
  }

  Initializer initializer(String setting, Initializer otherwise) {
    return KerasInitializers.read(StrictJson.member(json, setting), otherwise);
  }

  /** Returns the settings of a weight, kernel or bias. */
  WeightSettings weight(String weight, Initializer otherwise) {
    String place = where + ", layer " + name + ", " + weight;
    return new WeightSettings(
        initializer(weight + "_initializer", otherwise),
        KerasPenalties.regularizer(place, StrictJson.member(json, weight + "_regularizer")),
        KerasPenalties.constraint(place, StrictJson.member(json, weight + "_constraint")));
  }

  InputException refused(String expected, @Nullable Object received) {
    return refused(where, "layer " + name, expected, received);
  }

  static InputException refused(
      String where, String place, String expected, @Nullable Object received) {
    String text = String.valueOf(received);
    return InputException.of(
        where + ", " + place,
        expected,
        text.length() > 80 ? text.substring(0, 80) + "..." : text,
        "Sinter has no more so far: change the model in Keras");
  }
}
