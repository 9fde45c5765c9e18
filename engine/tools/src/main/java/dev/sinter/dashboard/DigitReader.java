package dev.sinter.dashboard;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.Model;
import dev.sinter.data.Dataset;
import dev.sinter.data.ImageLayout;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.recipes.Recipe;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * Predicts drawn digits. Keeps a separate model for each of the runs used last, never the model in
 * training, on the reference backend, which shares no threads with a training.
 */
final class DigitReader implements AutoCloseable {
  private static final int MODELS = 4;
  private static final int MAX_STROKES = 200;
  private static final int MAX_POINTS = 2000;
  private static final ObjectMapper JSON =
      new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

  private record Loaded(String stamp, Recipe recipe, Model model) {}

  private final Map<String, Loaded> models = new LinkedHashMap<>(16, 0.75f, true); // by run id
  private boolean closed;

  /**
   * Returns the prediction of the network of a run, and its input image.
   *
   * @param body JSON: {@code strokes}, an array of arrays x, y, x, y, ...; and the width of the
   *     {@code pen}, relative to the side of the pad
   */
  synchronized JsonNode read(RunCard run, byte[] body) {
    byte[] image = image(body);
    if (run.weights() == null || closed) {
      throw new HttpError(409, "this run has no weights yet");
    }
    try {
      Loaded loaded = load(run.id(), run.weights());
      Dataset one =
          loaded.recipe.fromImages(Tensor.ofBytes(image, 1, DrawnDigit.SIDE, DrawnDigit.SIDE));
      return answer(loaded.model.predict(one), one.x(), loaded.recipe.layout());
    } catch (InputException problem) {
      throw new HttpError(409, "the weights of this run cannot be used: " + problem.getMessage());
    }
  }

  private Loaded load(String id, RunCard.Weights weights) {
    Loaded loaded = models.get(id);
    if (loaded != null && loaded.stamp.equals(weights.stamp())) {
      return loaded;
    }
    Map<String, Tensor> arrays = weights.arrays().get();
    Recipe recipe = Recipe.of(weights.recipe());
    Model model = recipe.model(arrays);
    try {
      model.backend("reference").setNamedWeights(arrays);
    } catch (InputException problem) {
      model.close();
      throw problem;
    }
    Loaded fresh = new Loaded(weights.stamp(), recipe, model);
    forget(models.put(id, fresh));
    if (models.size() > MODELS) {
      forget(models.remove(models.keySet().iterator().next()));
    }
    return fresh;
  }

  private static void forget(Loaded loaded) {
    if (loaded != null) {
      loaded.model.close();
    }
  }

  private static JsonNode answer(Tensor outputs, Tensor input, ImageLayout layout) {
    ObjectNode answer = JSON.createObjectNode();
    ArrayNode probabilities = answer.putArray("probabilities");
    for (int i = 0; i < outputs.size(); i++) {
      probabilities.add(Float.isFinite(outputs.get(i)) ? outputs.get(i) : 0);
    }
    answer.put("rows", layout.rows());
    answer.put("columns", layout.columns());
    double white = IntStream.range(0, input.size()).mapToDouble(input::get).max().getAsDouble();
    ArrayNode image = answer.putArray("image"); // 0 to 255, row by row
    for (int row = 0; row < layout.rows(); row++) {
      for (int column = 0; column < layout.columns(); column++) {
        float level = input.get(layout.index(row, column)) / (float) white;
        image.add(Math.round(255 * Math.max(0, level)));
      }
    }
    return answer;
  }

  private static byte[] image(byte[] body) {
    JsonNode drawing;
    try {
      drawing = JSON.readTree(body);
    } catch (JsonProcessingException problem) {
      throw malformed("JSON");
    } catch (IOException problem) {
      throw malformed("a complete body");
    }
    JsonNode pen = drawing.path("pen");
    JsonNode strokes = drawing.path("strokes");
    if (!pen.isNumber() || !(pen.asDouble() >= 0.001 && pen.asDouble() <= 0.5)) {
      throw malformed("a pen from 0.001 to 0.5");
    }
    if (!strokes.isArray() || strokes.isEmpty() || strokes.size() > MAX_STROKES) {
      throw malformed("1 to " + MAX_STROKES + " strokes");
    }
    List<double[]> points = new ArrayList<>();
    int total = 0;
    for (JsonNode stroke : strokes) {
      total += stroke.size() / 2;
      if (!stroke.isArray() || stroke.isEmpty() || stroke.size() % 2 != 0 || total > MAX_POINTS) {
        throw malformed("strokes of x, y, x, y, ..., at most " + MAX_POINTS + " points");
      }
      points.add(coordinates(stroke));
    }
    return DrawnDigit.image(points, pen.asDouble());
  }

  private static double[] coordinates(JsonNode stroke) {
    double[] values = new double[stroke.size()];
    for (int i = 0; i < values.length; i++) {
      JsonNode value = stroke.get(i);
      values[i] = value.asDouble();
      if (!value.isNumber() || !(values[i] >= -1 && values[i] <= 2)) {
        throw malformed("coordinates from 0 to 1");
      }
    }
    return values;
  }

  private static HttpError malformed(String expected) {
    return new HttpError(400, "expected " + expected);
  }

  @Override
  public synchronized void close() {
    closed = true;
    models.values().forEach(DigitReader::forget);
    models.clear();
  }
}
