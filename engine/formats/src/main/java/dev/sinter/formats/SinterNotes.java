package dev.sinter.formats;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.sinter.data.InputScale;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.saving.SavedModel;
import dev.sinter.saving.TrainingProgress;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What Sinter keeps beside Keras's own parts of a file, in JSON that Keras ignores: exact counters,
 * the seed, the inputs' scale, notes.
 */
final class SinterNotes {
  private SinterNotes() {}

  static JsonObject write(SavedModel model) {
    JsonObject json = new JsonObject();
    TrainingProgress progress = model.progress();
    if (progress != null) {
      json.addProperty("seed", "" + progress.seed()); // texts: numbers here are doubles
      json.addProperty("iterations", "" + progress.iterations());
      json.addProperty("epochs", progress.epochs());
      json.addProperty("learning_rate", progress.learningRate());
      if (progress.inputScale() != null) {
        JsonArray scale = new JsonArray();
        scale.add(progress.inputScale().factor());
        scale.add(progress.inputScale().offset());
        json.add("input_scale", scale);
      }
    }
    JsonObject notes = new JsonObject();
    model.notes().forEach(notes::addProperty);
    json.add("notes", notes);
    return json;
  }

  /** Returns the notes. */
  static Map<String, String> notes(@Nullable JsonObject json) {
    Map<String, String> notes = new LinkedHashMap<>();
    JsonObject object = StrictJson.object(json, "notes");
    if (object != null) {
      for (String name : object.keySet()) {
        String text = StrictJson.text(object, name);
        if (text != null) {
          notes.put(name, text);
        }
      }
    }
    return notes;
  }

  /**
   * Returns what a training has reached.
   *
   * @param json null where Sinter did not write the file: defaults then
   * @param slots of the optimizer
   * @param iterations as the optimizer's variables say
   * @param learningRate as the optimizer's variables say
   */
  static TrainingProgress progress(
      String where,
      @Nullable JsonObject json,
      Map<String, Tensor> slots,
      long iterations,
      double learningRate) {
    try {
      String seed = StrictJson.text(json, "seed");
      String exact = StrictJson.text(json, "iterations");
      Double epochs = StrictJson.number(json, "epochs");
      Double rate = StrictJson.number(json, "learning_rate");
      long steps = exact == null ? iterations : Long.parseLong(exact);
      double exactRate = rate == null ? learningRate : rate;
      double counted = epochs == null ? 0 : epochs;
      if (steps < 0
          || !(exactRate >= 0)
          || Double.isInfinite(exactRate)
          || !(counted >= 0 && counted < Integer.MAX_VALUE)) {
        throw new NumberFormatException("a number below 0, or not finite");
      }
      return new TrainingProgress(
          slots,
          steps,
          exactRate,
          (int) counted,
          seed == null ? 1 : Long.parseLong(seed),
          scale(json));
    } catch (NumberFormatException malformed) {
      throw InputException.of(
          where,
          "counters and a learning rate of at least 0",
          malformed.getMessage(),
          "Get the file again, or save it again",
          malformed);
    }
  }

  private static @Nullable InputScale scale(@Nullable JsonObject json) {
    if (json == null || !(json.get("input_scale") instanceof JsonArray pair) || pair.size() != 2) {
      return null;
    }
    float[] numbers = new float[2];
    for (int i = 0; i < 2; i++) {
      if (!(pair.get(i) instanceof JsonPrimitive number) || !number.isNumber()) {
        return null;
      }
      numbers[i] = number.getAsFloat();
    }
    boolean finite = Float.isFinite(numbers[0]) && Float.isFinite(numbers[1]);
    return finite ? new InputScale(numbers[0], numbers[1]) : null;
  }
}
