package dev.sinter.formats;

import com.google.gson.JsonArray;
import com.google.gson.JsonElement;
import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.sinter.errors.InputException;
import dev.sinter.optimizers.CosineDecay;
import dev.sinter.optimizers.CosineDecayRestarts;
import dev.sinter.optimizers.ExponentialDecay;
import dev.sinter.optimizers.InverseTimeDecay;
import dev.sinter.optimizers.PiecewiseConstantDecay;
import dev.sinter.optimizers.PolynomialDecay;
import dev.sinter.optimizers.Schedule;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Learning rate schedules in Keras's JSON. Source: Keras, schedules/learning_rate_schedule.py. */
final class KerasSchedules {
  private static final String INITIAL = "initial_learning_rate";
  private static final String STEPS = "decay_steps";
  private static final String RATE = "decay_rate";
  private static final String STAIRCASE = "staircase";
  private static final String ALPHA = "alpha";

  private KerasSchedules() {}

  /** Returns a schedule in JSON; null for one that Keras lacks. */
  static @Nullable JsonObject write(Schedule schedule) {
    JsonObject config = new JsonObject();
    if (schedule instanceof ExponentialDecay decay) {
      config.addProperty(INITIAL, decay.initialLearningRate());
      config.addProperty(STEPS, decay.decaySteps());
      config.addProperty(RATE, decay.decayRate());
      config.addProperty(STAIRCASE, decay.staircase());
    } else if (schedule instanceof InverseTimeDecay decay) {
      config.addProperty(INITIAL, decay.initialLearningRate());
      config.addProperty(STEPS, decay.decaySteps());
      config.addProperty(RATE, decay.decayRate());
      config.addProperty(STAIRCASE, decay.staircase());
    } else if (schedule instanceof PolynomialDecay decay) {
      config.addProperty(INITIAL, decay.initialLearningRate());
      config.addProperty(STEPS, decay.decaySteps());
      config.addProperty("end_learning_rate", decay.endLearningRate());
      config.addProperty("power", decay.power());
      config.addProperty("cycle", decay.cycle());
    } else if (schedule instanceof PiecewiseConstantDecay decay) {
      JsonArray boundaries = new JsonArray();
      decay.boundaries().forEach(boundaries::add);
      JsonArray values = new JsonArray();
      decay.values().forEach(values::add);
      config.add("boundaries", boundaries);
      config.add("values", values);
    } else if (schedule instanceof CosineDecay decay) {
      config.addProperty(INITIAL, decay.initialLearningRate());
      config.addProperty(STEPS, decay.decaySteps());
      config.addProperty(ALPHA, decay.alpha());
      if (decay.warmupSteps() > 0) {
        config.addProperty("warmup_target", decay.warmupTarget());
        config.addProperty("warmup_steps", decay.warmupSteps());
      }
    } else if (schedule instanceof CosineDecayRestarts decay) {
      config.addProperty(INITIAL, decay.initialLearningRate());
      config.addProperty("first_decay_steps", decay.firstDecaySteps());
      config.addProperty("t_mul", decay.timesMultiplier());
      config.addProperty("m_mul", decay.heightMultiplier());
      config.addProperty(ALPHA, decay.alpha());
    } else {
      return null;
    }
    String type = schedule.getClass().getSimpleName();
    config.addProperty("name", type);
    JsonObject json = new JsonObject();
    json.addProperty("module", "keras.optimizers.schedules");
    json.addProperty("class_name", type);
    json.add("config", config);
    json.add("registered_name", JsonNull.INSTANCE);
    return json;
  }

  /**
   * Reads a schedule.
   *
   * @throws InputException for one that Sinter lacks, or without a number that it needs
   */
  static Schedule read(String where, JsonElement json) {
    String type = String.valueOf(StrictJson.text(json, "class_name"));
    JsonObject config = StrictJson.object(json, "config");
    JsonObject settings = config == null ? new JsonObject() : config;
    return switch (type) {
      case "ExponentialDecay" ->
          new ExponentialDecay(
              number(where, settings, INITIAL),
              number(where, settings, STEPS),
              number(where, settings, RATE),
              StrictJson.flag(settings, STAIRCASE, false));
      case "InverseTimeDecay" ->
          new InverseTimeDecay(
              number(where, settings, INITIAL),
              number(where, settings, STEPS),
              number(where, settings, RATE),
              StrictJson.flag(settings, STAIRCASE, false));
      case "PolynomialDecay" ->
          new PolynomialDecay(
              number(where, settings, INITIAL),
              number(where, settings, STEPS),
              number(settings, "end_learning_rate", 0.0001),
              number(settings, "power", 1),
              StrictJson.flag(settings, "cycle", false));
      case "PiecewiseConstantDecay" ->
          new PiecewiseConstantDecay(
              numbers(where, settings, "boundaries").stream().map(Double::longValue).toList(),
              numbers(where, settings, "values"));
      case "CosineDecay" -> cosine(where, settings);
      case "CosineDecayRestarts" ->
          new CosineDecayRestarts(
              number(where, settings, INITIAL),
              number(where, settings, "first_decay_steps"),
              number(settings, "t_mul", 2),
              number(settings, "m_mul", 1),
              number(settings, ALPHA, 0));
      default ->
          throw refused(where, "a schedule of Keras, or a number, as the learning rate", type);
    };
  }

  private static CosineDecay cosine(String where, JsonObject settings) {
    double initial = number(where, settings, INITIAL);
    Double target = StrictJson.number(settings, "warmup_target");
    long warmup = target == null ? 0 : (long) number(settings, "warmup_steps", 0);
    double first = target != null && warmup == 0 ? target : initial; // Keras starts at the target
    CosineDecay decay =
        new CosineDecay(first, number(where, settings, STEPS)).alpha(number(settings, ALPHA, 0));
    return warmup > 0 ? decay.warmup(target, warmup) : decay;
  }

  private static List<Double> numbers(String where, JsonObject settings, String name) {
    if (!(StrictJson.member(settings, name) instanceof JsonArray list)) {
      throw refused(where, "a list of " + name, StrictJson.member(settings, name));
    }
    List<Double> numbers = new ArrayList<>();
    for (int i = 0; i < list.size(); i++) {
      JsonObject one = new JsonObject();
      one.add(name, list.get(i));
      numbers.add(number(where, one, name));
    }
    return numbers;
  }

  private static double number(String where, JsonObject settings, String name) {
    Double value = StrictJson.number(settings, name);
    if (value == null) {
      throw refused(where, "a number as " + name, "none");
    }
    return value;
  }

  private static double number(JsonObject settings, String name, double otherwise) {
    Double value = StrictJson.number(settings, name);
    return value == null ? otherwise : value;
  }

  private static InputException refused(String where, String expected, @Nullable Object received) {
    return InputException.of(where + ", optimizer", expected, received, "Compile the model anew");
  }
}
