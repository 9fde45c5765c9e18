package dev.sinter.formats;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.AdamW;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.optimizers.RmsProp;
import dev.sinter.optimizers.Sgd;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Optimizers in Keras's JSON, and their arrays in the order of Keras's variables: iteration,
 * learning rate, then slots. Source: Keras, optimizers/*.py.
 */
final class KerasOptimizers {
  /** Settings that change nothing where they have one of these values. */
  private static final Map<String, Set<JsonElement>> NEUTRAL =
      Map.ofEntries(
          Map.entry("clipnorm", Set.of()),
          Map.entry("global_clipnorm", Set.of()),
          Map.entry("clipvalue", Set.of()),
          Map.entry("use_ema", Set.of(new JsonPrimitive(false))),
          Map.entry("loss_scale_factor", Set.of(new JsonPrimitive(1.0))),
          Map.entry("gradient_accumulation_steps", Set.of(new JsonPrimitive(1.0))),
          Map.entry("decay", Set.of(new JsonPrimitive(0.0))));

  private KerasOptimizers() {}

  /** Returns the optimizer in JSON; null for one that Keras lacks. */
  static @Nullable JsonObject write(Optimizer optimizer) {
    JsonObject config = new JsonObject();
    config.addProperty("name", optimizer.name());
    config.addProperty("learning_rate", optimizer.learningRate());
    String type;
    if (optimizer instanceof Sgd sgd) {
      type = "SGD";
      config.addProperty("momentum", sgd.momentum());
      config.addProperty("nesterov", sgd.nesterov());
    } else if (optimizer instanceof RmsProp rmsProp) {
      type = "RMSprop";
      config.addProperty("rho", rmsProp.rho());
      config.addProperty("momentum", rmsProp.momentum());
      config.addProperty("epsilon", rmsProp.epsilon());
      config.addProperty("centered", rmsProp.centered());
    } else if (optimizer instanceof Adam adam) {
      type = "Adam";
      adam(config, adam);
    } else if (optimizer instanceof AdamW adamW) {
      type = "AdamW";
      config.addProperty("weight_decay", adamW.weightDecay());
      adam(config, adamW.adam());
    } else {
      return null;
    }
    JsonObject json = new JsonObject();
    json.addProperty("module", "keras.optimizers");
    json.addProperty("class_name", type);
    json.add("config", config);
    json.add("registered_name", com.google.gson.JsonNull.INSTANCE);
    return json;
  }

  private static void adam(JsonObject config, Adam adam) {
    config.addProperty("beta_1", adam.beta1());
    config.addProperty("beta_2", adam.beta2());
    config.addProperty("epsilon", adam.epsilon());
    config.addProperty("amsgrad", adam.amsgrad());
  }

  /**
   * Reads an optimizer: its name, or its class with a configuration.
   *
   * @throws InputException for one, or a setting, that Sinter lacks
   */
  static Optimizer read(String where, JsonElement json) {
    if (json instanceof JsonPrimitive name && name.isString()) {
      return Optimizer.of(name.getAsString());
    }
    String type = String.valueOf(StrictJson.text(json, "class_name"));
    type = type.substring(type.indexOf('>') + 1);
    JsonObject config = StrictJson.object(json, "config");
    JsonObject settings = config == null ? new JsonObject() : config;
    NEUTRAL.forEach(
        (name, neutral) -> {
          JsonElement value = StrictJson.member(settings, name);
          if (value != null && !neutral.contains(value)) {
            throw lacking(where, "no " + name, value);
          }
        });
    Double decay = StrictJson.number(settings, "weight_decay");
    if (!type.equals("AdamW") && decay != null && decay != 0) {
      throw lacking(where, type + " without weight_decay", decay);
    }
    JsonElement rate = StrictJson.member(settings, "learning_rate");
    rate = rate == null ? StrictJson.member(settings, "lr") : rate;
    if (rate != null && !(rate instanceof JsonPrimitive number && number.isNumber())) {
      throw lacking(where, "a learning rate that is a number", rate);
    }
    Optimizer plain =
        switch (type) {
          case "SGD" ->
              new Sgd(
                  0.01,
                  number(settings, "momentum", 0),
                  StrictJson.flag(settings, "nesterov", false));
          case "RMSprop" ->
              new RmsProp(
                  0.001,
                  number(settings, "rho", 0.9),
                  number(settings, "momentum", 0),
                  number(settings, "epsilon", 1e-7),
                  StrictJson.flag(settings, "centered", false));
          case "Adam" -> adam(settings);
          case "AdamW" -> new AdamW(decay == null ? 0.004 : decay, adam(settings));
          default -> throw lacking(where, "SGD, RMSprop, Adam or AdamW", type);
        };
    return rate == null ? plain : plain.learningRate(rate.getAsDouble());
  }

  private static Adam adam(JsonObject settings) {
    return new Adam(
        0.001,
        number(settings, "beta_1", 0.9),
        number(settings, "beta_2", 0.999),
        number(settings, "epsilon", 1e-7),
        StrictJson.flag(settings, "amsgrad", false));
  }

  private static double number(JsonObject settings, String name, double otherwise) {
    Double value = StrictJson.number(settings, name);
    return value == null ? otherwise : value;
  }

  private static InputException lacking(String where, String expected, Object received) {
    return InputException.of(where + ", optimizer", expected, received, "Compile the model anew");
  }

  /**
   * Returns the names of the slots' arrays in the order of Keras's variables.
   *
   * @param weights the names of the trained weights, in order
   */
  static List<String> slots(Optimizer optimizer, List<String> weights) {
    List<List<String>> together =
        optimizer instanceof Adam || optimizer instanceof AdamW
            ? List.of(List.of("momentum", "velocity"), List.of("velocity_hat"))
            : List.of(List.of("velocity"), List.of("momentum"), List.of("average_gradient"));
    List<String> has = optimizer.rule().slots();
    List<String> names = new ArrayList<>();
    for (List<String> group : together) {
      List<String> used = group.stream().filter(has::contains).toList();
      weights.forEach(weight -> used.forEach(slot -> names.add(weight + "." + slot)));
    }
    return names;
  }

  /** Returns the names slot by slot, as Keras had them before 2.11, after the iteration alone. */
  static List<String> slotsOfOldKeras(Optimizer optimizer, List<String> weights) {
    List<String> names = new ArrayList<>();
    for (String slot : optimizer.rule().slots()) {
      weights.forEach(weight -> names.add(weight + "." + slot));
    }
    return names;
  }

  /**
   * Gives arrays their names; null where they do not fit the weights.
   *
   * @param arrays without iteration and learning rate
   */
  static @Nullable Map<String, Tensor> named(
      List<String> names, List<Tensor> arrays, Map<String, Tensor> weights) {
    if (names.size() != arrays.size()) {
      return null;
    }
    Map<String, Tensor> named = new LinkedHashMap<>();
    for (int i = 0; i < names.size(); i++) {
      String name = names.get(i);
      Tensor weight = weights.get(name.substring(0, name.lastIndexOf('.')));
      if (weight == null || !Arrays.equals(weight.shape(), arrays.get(i).shape())) {
        return null;
      }
      named.put(name, arrays.get(i));
    }
    return named;
  }
}
