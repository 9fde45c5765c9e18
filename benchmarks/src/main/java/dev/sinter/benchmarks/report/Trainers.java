package dev.sinter.benchmarks.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.backend.Backends;
import dev.sinter.benchmarks.SinterTrainer;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.errors.SinterException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Which of Sinter's backends and their variants can be measured here, and why the others cannot.
 *
 * @param usable best first
 * @param refused each of the others with its provider's reason
 */
record Trainers(List<String> usable, Map<String, String> refused) {
  private static final long SECONDS = 120;

  /** Answers whether trainers can be opened, in a process of its own: a line of JSON each. */
  static final class Probe {
    private Probe() {}

    /** Takes the names of trainers. */
    public static void main(String[] trainers) {
      for (String trainer : trainers) {
        System.out.println(open(trainer));
      }
    }

    /** Opens a trainer's backend; says on what, or why not. */
    static ObjectNode open(String name) {
      SinterTrainer trainer = SinterTrainer.of(name);
      ObjectNode answer = ResultFile.newObject();
      answer.put("name", name);
      try {
        String device = Backends.open(trainer.backend(), trainer.options(0)).device();
        return answer.put("usable", true).put("detail", device);
      } catch (SinterException refusal) {
        return answer.put("usable", false).put("detail", refusal.getMessage());
      }
    }
  }

  /**
   * Finds out.
   *
   * @param backends what {@code sinter info --json} said
   * @throws RunException when no backend runs
   */
  static Trainers find(JsonNode backends, Path root, Path log) {
    List<String> usable = new ArrayList<>();
    Map<String, String> refused = new LinkedHashMap<>();
    for (JsonNode backend : backends) {
      String name = backend.path("name").asText();
      List<String> variants = SinterTrainer.variants(name);
      if (backend.path("usable").asBoolean()) {
        usable.add(name);
        for (JsonNode answer : probe(variants, root, log)) {
          if (answer.path("usable").asBoolean()) {
            usable.add(answer.path("name").asText());
          } else {
            refused.put(answer.path("name").asText(), answer.path("detail").asText());
          }
        }
      } else {
        String reason =
            "backend " + name + " cannot run here: " + backend.path("detail").asText() + ".";
        refused.put(name, reason);
        variants.forEach(variant -> refused.put(variant, reason));
      }
    }
    if (usable.isEmpty()) {
      throw new RunException(
          "scripts/bench: expected a backend that runs, found none. See scripts/sinter info.");
    }
    return new Trainers(usable, refused);
  }

  private static List<JsonNode> probe(List<String> trainers, Path root, Path log) {
    List<JsonNode> answers = new ArrayList<>();
    if (!trainers.isEmpty()) {
      List<String> command = ChildProcess.java(root, trainers.get(0));
      command.add(Probe.class.getName());
      command.addAll(trainers);
      ChildProcess.run(command, trainers.get(0), log, SECONDS, line -> parse(line, answers));
    }
    return answers;
  }

  /** What a library prints besides is no answer. */
  private static void parse(String line, List<JsonNode> answers) {
    try {
      if (line.startsWith("{")) {
        answers.add(new ObjectMapper().readTree(line));
      }
    } catch (JsonProcessingException other) {
      return;
    }
  }

  /** Returns a line for each reason why trainers of this build are left out. */
  List<String> leftOut() {
    Map<String, List<String>> byReason = new LinkedHashMap<>();
    refused.forEach(
        (name, reason) -> {
          if (SinterTrainer.isInBuild(SinterTrainer.of(name).backend())) {
            byReason.computeIfAbsent(reason, key -> new ArrayList<>()).add(name);
          }
        });
    List<String> lines = new ArrayList<>();
    byReason.forEach((reason, names) -> lines.add(String.join(", ", names) + ": " + reason));
    return lines;
  }

  /**
   * Returns the trainers to measure.
   *
   * @param named by the user; empty for all
   * @param peers who are measured as well
   * @throws InputException when one that was named cannot be measured
   */
  List<String> choose(List<String> named, List<String> peers) {
    List<String> all = new ArrayList<>(usable);
    all.addAll(peers);
    for (String trainer : named) {
      if (refused.containsKey(trainer)) {
        throw new InputException("--trainers " + trainer + ": " + refused.get(trainer));
      }
      if (!all.contains(trainer)) {
        throw InputException.of(
            "--trainers",
            "some of " + String.join(", ", all),
            "\"" + trainer + "\"",
            MeasureCommand.PEERS.contains(trainer) ? "Add --peers" : "Correct the name");
      }
    }
    return named.isEmpty() ? all : named;
  }
}
