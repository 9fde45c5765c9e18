package dev.sinter.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.data.Tensor;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

/**
 * An immutable run for the page.
 *
 * @param id its name in addresses: that of the folder or of the training
 * @param summary the row in the table of runs
 * @param detail the summary, the numbers by epoch, and the settings
 * @param weights for predicting drawn digits, or null if there are none yet
 * @param figures PNG files by name
 */
record RunCard(
    String id, ObjectNode summary, ObjectNode detail, Weights weights, Map<String, Path> figures) {

  /**
   * Trained weights of the network of a recipe.
   *
   * @param stamp changes when the weights change
   * @param arrays reads them, by their Keras names
   */
  record Weights(String recipe, String stamp, Supplier<Map<String, Tensor>> arrays) {}

  /** Returns whether a run has a recipe, whose network reads drawn digits. */
  static boolean drawsDigits(JsonNode configuration) {
    return !configuration.has("network");
  }

  /** Returns this run with the newer numbers and weights of a training. */
  RunCard with(RunCard further) {
    Weights newer = weights == null ? further.weights : weights;
    return new RunCard(
        id,
        RunJson.advanced(summary, further.summary, newer),
        RunJson.advanced(detail, further.detail, newer),
        newer,
        figures);
  }
}
