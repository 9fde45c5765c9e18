package dev.sinter.dashboard;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.figures.EpochSeries;
import dev.sinter.report.Progress;
import dev.sinter.runs.Run;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Runs and progress as JSON for the page; numbers that are not finite become null. */
final class RunJson {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;
  private static final List<String> SERIES =
      List.of("loss", "accuracy", "val_loss", "val_accuracy");
  private static final List<String> ADVANCING =
      List.of(
          "changed", "epochs_trained", "loss", "accuracy", "val_loss", "val_accuracy", "history");
  private static final List<String> RESULTS =
      List.of("test_loss", "test_accuracy", "train_seconds", "samples_per_second", "samples");

  private RunJson() {}

  static RunCard card(
      String id, Run run, RunCard.Weights weights, Map<String, Path> figures, String version) {
    ObjectNode summary = NODES.objectNode();
    summary.put("id", id);
    summary.put("version", version);
    summary.put("name", run.name());
    summary.put("status", run.status().toString());
    summary.put("reason", run.reason());
    summary.put("started", run.started().toEpochMilli());
    summary.put("changed", run.changed().toEpochMilli());
    summary.put("recipe", run.recipe());
    summary.put("backend", run.backend());
    summary.put("parameters", run.parameters());
    summary.put("epochs", run.epochsPlanned());
    summary.put("epochs_trained", run.epochsTrained());
    SERIES.forEach(name -> number(summary, name, run.history().last(name)));
    RESULTS.forEach(name -> number(summary, name, run.result(name)));
    summary.set("configuration", run.configuration());
    ArrayNode names = summary.putArray("figures");
    figures.keySet().forEach(names::add);
    summary.put("weights", weights == null ? null : weights.stamp());

    ObjectNode detail = NODES.objectNode().setAll(summary);
    detail.set("history", history(run.history()));
    detail.set("network", run.network());
    detail.set("machine", run.machine());
    detail.set("versions", run.versions());
    detail.put("device", run.results().path("device").asText());
    detail.put("data", run.results().path("data").asText());
    return new RunCard(id, summary, detail, weights, figures);
  }

  /** Returns a card for an unreadable folder: its name and the reason. */
  static RunCard unreadable(String id, String reason, String version) {
    ObjectNode summary = NODES.objectNode();
    summary.put("id", id);
    summary.put("version", version);
    summary.put("name", id);
    summary.put("status", "unreadable");
    summary.put("reason", reason);
    return new RunCard(id, summary, summary, null, Map.of());
  }

  /** Returns a card with the changing fields of a training taken from a newer one. */
  static ObjectNode advanced(ObjectNode card, ObjectNode further, RunCard.Weights weights) {
    ObjectNode advanced = card.deepCopy();
    ADVANCING.stream().filter(further::has).forEach(name -> advanced.set(name, further.get(name)));
    advanced.put("version", card.path("version").asText() + further.path("version").asText());
    return advanced.put("weights", weights == null ? null : weights.stamp());
  }

  /** Returns all runs, in the order of the page. */
  static ObjectNode listing(String folder, List<RunCard> cards) {
    ObjectNode listing = NODES.objectNode();
    listing.put("folder", folder);
    ArrayNode runs = listing.putArray("runs");
    cards.forEach(card -> runs.add(card.summary()));
    return listing;
  }

  static ObjectNode progress(String id, Progress progress) {
    ObjectNode json = NODES.objectNode();
    json.put("id", id);
    json.put("epoch", progress.epoch() + 1);
    json.put("epochs", progress.epochs());
    json.put("step", progress.step());
    json.put("steps", progress.steps());
    number(json, "seconds_left", progress.secondsLeft());
    number(json, "samples_per_second", progress.samplesPerSecond());
    progress.logs().forEach((name, value) -> number(json, name, value));
    return json;
  }

  private static ObjectNode history(EpochSeries history) {
    ObjectNode json = NODES.objectNode();
    ArrayNode epochs = json.putArray("epoch");
    history.epochs().forEach(epoch -> epochs.add(epoch + 1));
    for (String name : SERIES) {
      ArrayNode values = json.putArray(name);
      history.values().getOrDefault(name, List.of()).forEach(value -> values.add(node(value)));
    }
    return json;
  }

  private static void number(ObjectNode target, String name, double value) {
    target.set(name, node(value));
  }

  private static JsonNode node(double value) {
    return Double.isFinite(value) ? NODES.numberNode(value) : NODES.nullNode();
  }
}
