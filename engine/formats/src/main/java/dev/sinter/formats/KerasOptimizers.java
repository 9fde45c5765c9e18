package dev.sinter.formats;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.optimizers.Adadelta;
import dev.sinter.optimizers.Adagrad;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.AdamW;
import dev.sinter.optimizers.Adamax;
import dev.sinter.optimizers.ExtendedOptimizer;
import dev.sinter.optimizers.Lion;
import dev.sinter.optimizers.Nadam;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.optimizers.OptimizerOptions;
import dev.sinter.optimizers.RmsProp;
import dev.sinter.optimizers.Schedule;
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
  /** Settings that Sinter lacks, with the values that change nothing. */
  private static final Map<String, Set<JsonElement>> NEUTRAL =
      Map.of(
          "loss_scale_factor", Set.of(new JsonPrimitive(1.0)),
          "decay", Set.of(new JsonPrimitive(0.0)));

  private static final String HAT = "velocity_hat"; // Keras makes it behind the others

  private KerasOptimizers() {}

  /** Returns the optimizer in JSON; null for one that Keras lacks. */
  static @Nullable JsonObject write(Optimizer optimizer) {
    JsonObject config = new JsonObject();
    config.addProperty("name", optimizer.name());
    OptimizerOptions options = optimizer.options();
    config.addProperty("learning_rate", optimizer.learningRate());
    if (options.schedule() != null) {
      JsonObject schedule = KerasSchedules.write(options.schedule());
      if (schedule == null) {
        return null;
      }
      config.add("learning_rate", schedule);
    }
    options(config, options);
    String type = settings(config, base(optimizer));
    if (type == null) {
      return null;
    }
    JsonObject json = new JsonObject();
    json.addProperty("module", "keras.optimizers");
    json.addProperty("class_name", type);
    json.add("config", config);
    json.add("registered_name", com.google.gson.JsonNull.INSTANCE);
    return json;
  }

  /** Returns what Keras lacks of an optimizer that {@link #write} returns null for. */
  static String lacking(Optimizer optimizer) {
    Schedule schedule = optimizer.options().schedule();
    return schedule != null && KerasSchedules.write(schedule) == null
        ? "schedule " + schedule
        : "optimizer " + optimizer.name();
  }

  /** Returns the optimizer without options. */
  private static Optimizer base(Optimizer optimizer) {
    return optimizer instanceof ExtendedOptimizer extended ? extended.base() : optimizer;
  }

  /** Adds the options that are not Keras's defaults. */
  private static void options(JsonObject config, OptimizerOptions options) {
    addPositive(config, "clipnorm", options.clipNorm());
    addPositive(config, "global_clipnorm", options.globalClipNorm());
    addPositive(config, "clipvalue", options.clipValue());
    addPositive(config, "weight_decay", options.weightDecay());
    if (options.accumulationSteps() > 1) {
      config.addProperty("gradient_accumulation_steps", options.accumulationSteps());
    }
    if (options.average() != null) {
      config.addProperty("use_ema", true);
      config.addProperty("ema_momentum", options.average().momentum());
      if (options.average().overwriteFrequency() > 0) {
        config.addProperty("ema_overwrite_frequency", options.average().overwriteFrequency());
      }
    }
  }

  private static void addPositive(JsonObject config, String name, double value) {
    if (value > 0) {
      config.addProperty(name, value);
    }
  }

  /** Adds the settings of an optimizer; returns its class, null for one that Keras lacks. */
  private static @Nullable String settings(JsonObject config, Optimizer optimizer) {
    if (optimizer instanceof Sgd sgd) {
      config.addProperty("momentum", sgd.momentum());
      config.addProperty("nesterov", sgd.nesterov());
      return "SGD";
    } else if (optimizer instanceof RmsProp rmsProp) {
      config.addProperty("rho", rmsProp.rho());
      config.addProperty("momentum", rmsProp.momentum());
      config.addProperty("epsilon", rmsProp.epsilon());
      config.addProperty("centered", rmsProp.centered());
      return "RMSprop";
    } else if (optimizer instanceof Adam adam) {
      adam(config, adam);
      return "Adam";
    } else if (optimizer instanceof AdamW adamW) {
      config.addProperty("weight_decay", adamW.weightDecay());
      adam(config, adamW.adam());
      return "AdamW";
    } else if (optimizer instanceof Adagrad adagrad) {
      config.addProperty("initial_accumulator_value", adagrad.initialAccumulatorValue());
      config.addProperty("epsilon", adagrad.epsilon());
      return "Adagrad";
    } else if (optimizer instanceof Adadelta adadelta) {
      config.addProperty("rho", adadelta.rho());
      config.addProperty("epsilon", adadelta.epsilon());
      return "Adadelta";
    } else if (optimizer instanceof Adamax adamax) {
      betas(config, adamax.beta1(), adamax.beta2());
      config.addProperty("epsilon", adamax.epsilon());
      return "Adamax";
    } else if (optimizer instanceof Nadam nadam) {
      betas(config, nadam.beta1(), nadam.beta2());
      config.addProperty("epsilon", nadam.epsilon());
      return "Nadam";
    } else if (optimizer instanceof Lion lion) {
      betas(config, lion.beta1(), lion.beta2());
      return "Lion";
    }
    return null;
  }

  private static void betas(JsonObject config, double beta1, double beta2) {
    config.addProperty("beta_1", beta1);
    config.addProperty("beta_2", beta2);
  }

  private static void adam(JsonObject config, Adam adam) {
    betas(config, adam.beta1(), adam.beta2());
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
    JsonElement rate = StrictJson.member(settings, "learning_rate");
    rate = rate == null ? StrictJson.member(settings, "lr") : rate;
    Optimizer plain = of(where, type, settings);
    OptimizerOptions options = options(settings, type.equals("AdamW"));
    if (rate instanceof JsonObject) {
      options = options.schedule(KerasSchedules.read(where, rate));
    } else if (rate instanceof JsonPrimitive number && number.isNumber()) {
      plain = plain.learningRate(rate.getAsDouble());
    } else if (rate != null) {
      throw lacking(where, "a learning rate that is a number or a schedule", rate);
    }
    return plain.options(options);
  }

  private static OptimizerOptions options(JsonObject settings, boolean decays) {
    OptimizerOptions.Average average =
        StrictJson.flag(settings, "use_ema", false)
            ? new OptimizerOptions.Average(
                number(settings, "ema_momentum", 0.99),
                (int) number(settings, "ema_overwrite_frequency", 0))
            : null;
    return new OptimizerOptions(
        null,
        number(settings, "clipnorm", 0),
        number(settings, "global_clipnorm", 0),
        number(settings, "clipvalue", 0),
        decays ? 0 : number(settings, "weight_decay", 0),
        average,
        (int) number(settings, "gradient_accumulation_steps", 1));
  }

  /** Returns an optimizer of a class, with its default learning rate. */
  private static Optimizer of(String where, String type, JsonObject settings) {
    return switch (type) {
      case "SGD" ->
          new Sgd(
              0.01, number(settings, "momentum", 0), StrictJson.flag(settings, "nesterov", false));
      case "RMSprop" ->
          new RmsProp(
              0.001,
              number(settings, "rho", 0.9),
              number(settings, "momentum", 0),
              epsilon(settings),
              StrictJson.flag(settings, "centered", false));
      case "Adam" -> adam(settings);
      case "AdamW" -> new AdamW(number(settings, "weight_decay", 0.004), adam(settings));
      case "Adagrad" ->
          new Adagrad(0.001, number(settings, "initial_accumulator_value", 0.1), epsilon(settings));
      case "Adadelta" -> new Adadelta(0.001, number(settings, "rho", 0.95), epsilon(settings));
      case "Adamax" ->
          new Adamax(0.001, beta1(settings), number(settings, "beta_2", 0.999), epsilon(settings));
      case "Nadam" ->
          new Nadam(0.001, beta1(settings), number(settings, "beta_2", 0.999), epsilon(settings));
      case "Lion" -> new Lion(0.001, beta1(settings), number(settings, "beta_2", 0.99));
      default ->
          throw lacking(
              where, "SGD, RMSprop, Adam, AdamW, Adagrad, Adadelta, Adamax, Nadam or Lion", type);
    };
  }

  private static Adam adam(JsonObject settings) {
    return new Adam(
        0.001,
        beta1(settings),
        number(settings, "beta_2", 0.999),
        epsilon(settings),
        StrictJson.flag(settings, "amsgrad", false));
  }

  private static double beta1(JsonObject settings) {
    return number(settings, "beta_1", 0.9);
  }

  private static double epsilon(JsonObject settings) {
    return number(settings, "epsilon", 1e-7);
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
    List<String> has = optimizer.rule().slots();
    List<String> own = base(optimizer).rule().slots();
    List<List<String>> together =
        new ArrayList<>(
            List.of(List.of(ExtendedOptimizer.AVERAGE), List.of(ExtendedOptimizer.ACCUMULATOR)));
    together.addAll(
        base(optimizer) instanceof RmsProp
            ? List.of(List.of("velocity"), List.of("momentum"), List.of("average_gradient"))
            : List.of(own.stream().filter(slot -> !slot.equals(HAT)).toList(), List.of(HAT)));
    List<String> names = new ArrayList<>();
    for (List<String> group : together) {
      List<String> used = group.stream().filter(has::contains).toList();
      weights.forEach(weight -> used.forEach(slot -> names.add(weight + "." + slot)));
    }
    return names;
  }

  /** Returns Nadam's product of factors after so many steps, which Keras keeps last; else null. */
  static @Nullable Double product(Optimizer optimizer, long steps) {
    return base(optimizer) instanceof Nadam nadam
        ? nadam.product(steps / optimizer.options().accumulationSteps())
        : null;
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
   * @param variables with single numbers, such as the iteration, which no slot is
   */
  static @Nullable Map<String, Tensor> named(
      List<String> names, List<Tensor> variables, Map<String, Tensor> weights) {
    List<Tensor> arrays = variables.stream().filter(variable -> variable.rank() > 0).toList();
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
