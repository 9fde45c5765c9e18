package dev.sinter.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;

/**
 * How fast one backend trains one recipe.
 *
 * @param threads CPU threads in use
 * @param samples of an epoch: all the recipe has, or as many as fit the time
 * @param epochs timed
 * @param samplesPerSecond the median of the timed epochs; 0 where there was a problem before them
 * @param slowest samples per second of the slowest epoch
 * @param fastest samples per second of the fastest epoch
 * @param firstLoss mean of the first epoch of the warm-up
 * @param lastLoss mean of the last epoch of the warm-up's first training
 * @param problem why the figures are missing or not to be trusted; empty where they are good
 */
record BenchCell(
    String backend,
    String recipe,
    int threads,
    int samples,
    int epochs,
    double samplesPerSecond,
    double slowest,
    double fastest,
    double firstLoss,
    double lastLoss,
    String problem) {

  static BenchCell failed(String backend, String recipe, String problem) {
    return new BenchCell(backend, recipe, 0, 0, 0, 0, 0, 0, 0, 0, problem);
  }

  boolean good() {
    return problem.isEmpty();
  }

  ObjectNode toJson() {
    return Json.of(this);
  }

  static BenchCell fromJson(JsonNode json) {
    return Json.to(BenchCell.class, json);
  }
}
