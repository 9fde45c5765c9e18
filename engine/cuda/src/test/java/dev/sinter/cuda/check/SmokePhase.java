package dev.sinter.cuda.check;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.bench.Child.Ended;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;

/**
 * Runs small cases in one process, and in another one after a case that lost the device. Then runs
 * those that failed once more, recorded.
 */
final class SmokePhase {
  /** A device that is lost again and again is not asked for ever. */
  private static final int MOST_PROCESSES = 8;

  /** Tells whether a process was ended because there is no time, and says so. */
  interface Cut {
    boolean test(Result result, String name, Ended ended);
  }

  private final Cut cut;
  private final BiFunction<Path, List<String>, Ended> processes;
  private final Path failures;

  /**
   * Runs nothing yet.
   *
   * @param cut tells whether the time was over
   * @param processes runs cases in a process that records into a folder, or in none if it is null
   * @param failures the folder of the recorded cases; null to record none
   */
  SmokePhase(Cut cut, BiFunction<Path, List<String>, Ended> processes, Path failures) {
    this.cut = cut;
    this.processes = processes;
    this.failures = failures;
  }

  void run(Result result, List<String> cases) {
    Map<String, JsonNode> lines = rounds(result, null, cases);
    List<String> failed = new ArrayList<>();
    Map<String, Integer> counts = new LinkedHashMap<>();
    lines.forEach(
        (name, line) -> {
          counts.merge(line.path("status").asText(), 1, Integer::sum);
          if (line.path("status").asText().equals("failed")) {
            failed.add(name);
          }
        });
    result.details().set("cases", Benchmarks.MAPPER.valueToTree(lines));
    counts.forEach(result.details()::put);
    result.say(
        "%s cases passed, %s skipped"
            .formatted(counts.getOrDefault("passed", 0), counts.getOrDefault("skipped", 0)));
    lines.forEach(
        (name, line) -> {
          if (line.path("status").asText().equals("skipped")) {
            result.say("skipped " + name + ": " + line.path("text").asText());
          }
        });
    List<String> missing = cases.stream().filter(name -> !lines.containsKey(name)).toList();
    if (!missing.isEmpty() && result.status() == Result.Status.CUT) {
      result.say("not run: " + String.join(", ", missing));
    } else if (!missing.isEmpty()) {
      result.fail("not run, no process got that far: " + String.join(", ", missing));
    }
    Map<String, JsonNode> recorded =
        failed.isEmpty() || failures == null ? Map.of() : rounds(result, failures, failed);
    for (String name : failed) {
      result.fail(name + ": " + lines.get(name).path("text").asText());
      JsonNode line = recorded.get(name);
      if (line == null) {
        continue;
      }
      result.say(
          switch (line.path("status").asText()) {
            case "failed" -> "  kept in " + line.path("file").asText() + "; see --replay";
            case "passed" ->
                "  passes where each launch runs by itself: look at graphs, copies and streams";
            default -> "  not recorded: " + line.path("text").asText();
          });
    }
  }

  /** Returns the last line of each case that ran. */
  private Map<String, JsonNode> rounds(Result result, Path record, List<String> cases) {
    Map<String, JsonNode> lines = new LinkedHashMap<>();
    List<String> left = new ArrayList<>(cases);
    for (int i = 0; i < MOST_PROCESSES && !left.isEmpty(); i++) {
      Ended ended = processes.apply(record, List.copyOf(left));
      boolean over = cut.test(result, "small cases", ended);
      for (JsonNode line : Benchmarks.lines(ended)) {
        String name = line.path("case").asText();
        boolean begun = line.path("status").asText().equals("begun");
        lines.put(name, begun && !over ? died(line, ended) : line);
      }
      if (over || !left.removeAll(lines.keySet())) {
        break; // it does not even begin
      }
    }
    return lines;
  }

  /** Returns the line of a case whose process ended in the middle of it. */
  private static JsonNode died(JsonNode begun, Ended ended) {
    return ((ObjectNode) begun.deepCopy())
        .put("status", "failed")
        .put("text", "its process ended: " + ended.reason());
  }
}
