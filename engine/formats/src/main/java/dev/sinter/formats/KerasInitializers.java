package dev.sinter.formats;

import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Constant;
import dev.sinter.layers.Initializer;
import dev.sinter.layers.Orthogonal;
import dev.sinter.layers.RandomNormal;
import dev.sinter.layers.RandomUniform;
import dev.sinter.layers.TruncatedNormal;
import dev.sinter.layers.VarianceScaling;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Initializers in Keras's JSON. Weights are in the file: what drew them matters only to a copy that
 * starts anew, so that one which the other side lacks becomes the layer's default. Source: Keras,
 * initializers/random_initializers.py.
 */
final class KerasInitializers {
  private KerasInitializers() {}

  static Initializer read(@Nullable JsonElement given, Initializer otherwise) {
    JsonObject config = StrictJson.object(given, "config");
    String name = given instanceof JsonObject ? StrictJson.text(given, "class_name") : null;
    name = given instanceof JsonPrimitive word && word.isString() ? word.getAsString() : name;
    try {
      return name == null ? otherwise : of(name, config == null ? new JsonObject() : config);
    } catch (InputException unknown) {
      return otherwise;
    }
  }

  private static Initializer of(String name, JsonObject config) {
    double mean = number(config, "mean", 0);
    double deviation = number(config, "stddev", 0.05);
    Initializer drawn =
        switch (name) {
          case "Constant" -> new Constant(number(config, "value", 0));
          case "Orthogonal" -> new Orthogonal(number(config, "gain", 1));
          case "RandomUniform" ->
              new RandomUniform(number(config, "minval", -0.05), number(config, "maxval", 0.05));
          case "RandomNormal" -> new RandomNormal(mean, deviation);
          case "TruncatedNormal" -> new TruncatedNormal(mean, deviation);
          case "VarianceScaling" ->
              new VarianceScaling(
                  number(config, "scale", 1),
                  VarianceScaling.Mode.valueOf(word(config, "mode", "FAN_IN")),
                  VarianceScaling.Distribution.valueOf(
                      word(config, "distribution", "TRUNCATED_NORMAL")));
          default -> Initializer.of(name);
        };
    return isDefault(drawn) ? Initializer.of(name) : drawn;
  }

  /** Returns whether an initializer with settings is one that Sinter has by name. */
  private static boolean isDefault(Initializer drawn) {
    return drawn.equals(new RandomUniform(-0.05, 0.05))
        || drawn.equals(new RandomNormal(0, 0.05))
        || drawn.equals(new TruncatedNormal(0, 0.05));
  }

  private static double number(JsonObject config, String setting, double otherwise) {
    Double number = StrictJson.number(config, setting);
    return number == null ? otherwise : number;
  }

  private static String word(JsonObject config, String setting, String otherwise) {
    String text = StrictJson.text(config, setting);
    return text == null ? otherwise : text.toUpperCase(Locale.ROOT);
  }

  /** Returns an initializer as JSON; one of the user's own is written as the default. */
  static JsonObject write(Initializer initializer, String otherwise) {
    JsonObject config = new JsonObject();
    String type = initializer.getClass().getSimpleName();
    if (initializer instanceof Constant constant) {
      config.addProperty("value", constant.value());
    } else if (initializer instanceof Orthogonal orthogonal) {
      config.addProperty("gain", orthogonal.gain());
    } else if (initializer instanceof RandomUniform uniform) {
      config.addProperty("minval", uniform.minval());
      config.addProperty("maxval", uniform.maxval());
    } else if (initializer instanceof RandomNormal normal) {
      config.addProperty("mean", normal.mean());
      config.addProperty("stddev", normal.stddev());
    } else if (initializer instanceof TruncatedNormal normal) {
      config.addProperty("mean", normal.mean());
      config.addProperty("stddev", normal.stddev());
    } else if (initializer instanceof VarianceScaling scaling) {
      config.addProperty("scale", scaling.scale());
      config.addProperty("mode", scaling.mode().name().toLowerCase(Locale.ROOT));
      config.addProperty("distribution", scaling.distribution().name().toLowerCase(Locale.ROOT));
    } else {
      type = named(initializer, otherwise);
    }
    if (!type.equals("Zeros") && !type.equals("Ones") && !type.equals("Constant")) {
      config.add("seed", JsonNull.INSTANCE);
    }
    JsonObject json = new JsonObject();
    json.addProperty("class_name", type);
    json.add("config", config);
    return json;
  }

  private static String named(Initializer initializer, String otherwise) {
    try {
      boolean known = Initializer.of(initializer.toString()).equals(initializer);
      return known ? camel(initializer.toString()) : otherwise;
    } catch (InputException own) {
      return otherwise;
    }
  }

  private static String camel(String name) {
    StringBuilder camel = new StringBuilder();
    for (String word : name.split("_")) {
      camel.append(Character.toUpperCase(word.charAt(0))).append(word, 1, word.length());
    }
    return camel.toString();
  }
}
