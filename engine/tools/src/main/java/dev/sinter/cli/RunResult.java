package dev.sinter.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.Evaluation;
import dev.sinter.Fit;
import dev.sinter.History;
import dev.sinter.backend.Backend;
import dev.sinter.cluster.ClusterResult;
import java.util.List;

/**
 * The results of {@code sinter train}; {@code --json} writes {@link #toJson}.
 *
 * @param test null if there is no test data
 * @param source "mnist", "generated" or "npy"; of a user's network "table", "images" or "idx"
 * @param setupSeconds opening the backend, compiling, translating, uploading: everything before the
 *     first step, except loading the data
 * @param cluster who trained in place of this process, or null
 */
record RunResult(
    String recipe,
    Backend backend,
    long seed,
    Fit fit,
    History history,
    Evaluation test,
    String source,
    double setupSeconds,
    ClusterResult cluster) {

  ObjectNode toJson() {
    ObjectNode json = Json.object();
    json.put("recipe", recipe);
    json.put("backend", cluster == null ? backend.name() : cluster.backend());
    json.put("device", cluster == null ? backend.device() : cluster.device());
    json.put("precision", backend.precision().toString());
    json.put("threads", cluster == null ? backend.threads() : cluster.threads());
    json.put("seed", seed);
    json.put("epochs", fit.epochs());
    json.put("batch_size", fit.batchSize());
    json.put("samples", history.samples());
    json.set("loss", Json.of(series("loss")));
    json.set("accuracy", Json.of(series("accuracy")));
    json.set("epoch_seconds", Json.of(history.epochSeconds()));
    json.put("test_loss", test == null ? null : test.loss());
    json.put("test_accuracy", test == null ? null : test.values().get("accuracy"));
    json.put("train_seconds", history.trainSeconds());
    json.put("setup_seconds", setupSeconds);
    json.put("samples_per_second", history.samplesPerSecond());
    json.put("data", source);
    if (cluster != null) {
      json.put("workers", cluster.workers());
      json.put("transport", cluster.transport());
      json.put("average_every", cluster.averageEvery());
    }
    addFurther(json);
    return json;
  }

  /** Adds what a network of the user measures beside the accuracy. */
  private void addFurther(ObjectNode json) {
    for (String name : test == null ? List.<String>of() : List.copyOf(test.values().keySet())) {
      if (!name.equals("loss") && !name.equals("accuracy")) {
        json.set(name, Json.of(series(name)));
        json.put("test_" + name, test.get(name));
      }
    }
  }

  private List<Double> series(String name) {
    return history.names().contains(name) ? history.get(name) : List.of();
  }
}
