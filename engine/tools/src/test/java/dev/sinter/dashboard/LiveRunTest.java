package dev.sinter.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.Model;
import dev.sinter.data.Tensor;
import dev.sinter.recipes.Recipe;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A training in this process, alone and together with its folder. */
@Timeout(60)
class LiveRunTest {
  private static final JsonNode NOTHING = Page.json("{}");
  private static final String SEVEN =
      "{\"pen\": 0.08, \"strokes\": [[0.25,0.2,0.72,0.19,0.6,0.5,0.48,0.85]]}";

  @TempDir Path runs;

  private static LiveRun live(Path folder) {
    return new LiveRun(folder, "a", "mnist-dense", Page.json("{\"epochs\": 3}"));
  }

  private static Model model() {
    Model model = Recipe.of("mnist-dense").model(2);
    model.backend("reference");
    return model;
  }

  @Test
  void epochs_withOtherNumbers_haveNullsBetween() {
    LiveRun live = live(null);
    try (Model model = model()) {
      live.onTrainBegin(model);
      live.onEpochEnd(model, 0, Map.of("loss", 2.0));
      live.onEpochEnd(model, 1, Map.of("loss", 1.0, "val_loss", 3.0));
      live.onEpochEnd(model, 2, Map.of("val_loss", 2.5));
    }
    assertThat(live.card().summary().get("parameters").asInt()).isEqualTo(784 * 2 + 2 + 30);
    JsonNode history = live.card().detail().get("history");
    assertThat(history.get("epoch")).hasToString("[1,2,3]");
    assertThat(history.get("loss")).hasToString("[2.0,1.0,null]");
    assertThat(history.get("val_loss")).hasToString("[null,3.0,2.5]");
  }

  @Test
  void weights_afterAnEpoch_areACopyOfTheirOwn() {
    LiveRun live = live(null);
    try (Model model = model()) {
      assertThat(live.card().weights()).isNull();
      live.onEpochEnd(model, 0, Map.of("loss", 2.0));
      Map<String, Tensor> copy = live.card().weights().arrays().get();
      Tensor before = model.getNamedWeights().get("dense/kernel");
      model.setWeights(
          model.getWeights().stream()
              .map(weight -> Tensor.of(new float[weight.size()], weight.shape()))
              .toList());
      assertThat(copy.get("dense/kernel")).isEqualTo(before);
    }
  }

  /** The weights of the last epoch are copied even shortly after the previous copy. */
  @Test
  void weights_ofTheLastEpoch_areAlwaysCopied() {
    LiveRun live = live(null);
    try (Model model = model()) {
      live.onEpochEnd(model, 0, Map.of("loss", 2.0));
      String first = live.weights().stamp();
      live.onEpochEnd(model, 1, Map.of("loss", 1.0));
      assertThat(live.weights().stamp()).as("within a second").isEqualTo(first);
      live.onEpochEnd(model, 2, Map.of("loss", 0.5));
      assertThat(live.weights().stamp()).isNotEqualTo(first);
    }
  }

  @Test
  void pad_duringATraining_isAnsweredByItsCopy() throws Exception {
    LiveRun live = live(null);
    try (Model model = model();
        Dashboard dashboard = Dashboard.start(0, null, live);
        Page page = new Page(dashboard)) {
      assertThat(page.predict("a", SEVEN).statusCode()).as("before the first epoch").isEqualTo(409);
      live.onEpochEnd(model, 0, Map.of("loss", 2.0));
      int status = 409;
      while (status == 409) {
        status = page.predict("a", SEVEN).statusCode();
      }
      assertThat(status).isEqualTo(200);
    }
  }

  /** The folder lags behind and has the weights only at the end. */
  @Test
  void run_inTheFolderAndLive_isOneAndTheFurther() throws Exception {
    Path folder = TestRuns.write(runs, "a", "mnist-dense", "running", 1);
    LiveRun live = live(folder);
    try (Model model = model();
        Dashboard dashboard = Dashboard.start(0, runs, live);
        Page page = new Page(dashboard)) {
      for (int epoch = 0; epoch < 3; epoch++) {
        live.onEpochEnd(model, epoch, Map.of("loss", 2.0));
      }
      JsonNode list = page.json(page.get("/api/runs")).get("runs");
      assertThat(list).hasSize(1);
      assertThat(list.get(0).get("epochs_trained").asInt()).isEqualTo(3);
      assertThat(list.get(0).get("parameters").asInt()).as("from the folder").isEqualTo(1);
      assertThat(list.get(0).get("weights").asText()).startsWith("live");
      assertThat(page.json(page.get("/api/runs/a")).get("history").get("loss")).hasSize(3);

      TestRuns.weights(folder, 784, 2, 10);
      TestRuns.write(runs, "a", "mnist-dense", "finished", 3);
      live.finished(NOTHING);
      JsonNode run = list.get(0);
      while (!run.get("status").asText().equals("finished")) {
        run = page.json(page.get("/api/runs")).get("runs").get(0);
      }
      assertThat(run.get("weights").asText()).doesNotStartWith("live");
      Files.delete(folder.resolve("run.json"));
    }
  }
}
