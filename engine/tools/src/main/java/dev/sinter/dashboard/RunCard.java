package dev.sinter.dashboard;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.data.Tensor;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Supplier;

/**
 * One run as the page gets it, made once and not changed.
 *
 * @param id its name in addresses: the folder's, or the training's
 * @param summary what the table of runs shows
 * @param detail the summary, the numbers by epoch, and what it was trained with
 * @param weights what answers to a drawn digit, or null while there are none
 * @param figures PNG files by name
 */
record RunCard(
    String id, ObjectNode summary, ObjectNode detail, Weights weights, Map<String, Path> figures) {

  /**
   * Trained weights of a recipe's network.
   *
   * @param stamp differs where the weights do
   * @param arrays reads them, by Keras's names
   */
  record Weights(String recipe, String stamp, Supplier<Map<String, Tensor>> arrays) {}

  /** Returns this run with the numbers and the weights of a training that is further. */
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
