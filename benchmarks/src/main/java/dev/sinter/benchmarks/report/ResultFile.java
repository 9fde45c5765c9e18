package dev.sinter.benchmarks.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.errors.InputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one run of {@code scripts/bench} measured, as a JSON file.
 *
 * <pre>
 * {"version": 1, "machine": {...}, "results": [JMH's entries], "cold": [...], "missing": [...]}
 * </pre>
 *
 * <p>JMH's entries are kept as JMH wrote them. A bare list of them, JMH's own file, can be read as
 * well; its machine is unknown.
 *
 * @param name the file's name, for messages and labels
 * @param rows of all entries and cold starts
 * @param missing what was planned and gave no result, one line each
 */
record ResultFile(String name, JsonNode machine, List<Row> rows, List<String> missing) {
  static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int VERSION = 1;

  /**
   * Reads a result file.
   *
   * @throws InputException when it is missing, no such JSON, or written by a newer version
   */
  static ResultFile read(Path file) {
    return parse(file.toString(), json(file));
  }

  /** Reads a file's JSON. */
  static JsonNode json(Path file) {
    try {
      return json(file.toString(), Files.readString(file));
    } catch (IOException problem) {
      throw wrong(file.toString(), Files.isDirectory(file) ? "a folder" : problem.toString());
    }
  }

  /** Reads JSON; the name is for messages. */
  static JsonNode json(String name, String text) {
    try {
      return MAPPER.readTree(text);
    } catch (JsonProcessingException damaged) {
      throw wrong(name, "damaged JSON (" + damaged.getOriginalMessage() + ")");
    }
  }

  /** Reads the JSON of a result file, or JMH's own list. */
  static ResultFile parse(String name, JsonNode json) {
    JsonNode results = json.isArray() ? json : json.path("results");
    int version = json.path("version").asInt(VERSION);
    if (!results.isArray() || version > VERSION) {
      throw wrong(name, version > VERSION ? "version " + version : "JSON without results");
    }
    List<Row> rows = new ArrayList<>();
    results.forEach(entry -> addEntry(name, entry, rows));
    json.path("cold").forEach(entry -> rows.add(coldRow(entry)));
    List<String> missing = new ArrayList<>();
    json.path("missing").forEach(line -> missing.add(line.asText()));
    return new ResultFile(name, json.path("machine"), rows, missing);
  }

  private static void addEntry(String file, JsonNode entry, List<Row> rows) {
    String benchmark = shortName(entry.path("benchmark").asText());
    if (benchmark.isEmpty() || !entry.path("primaryMetric").isObject()) {
      throw wrong(file, "an entry without benchmark or primaryMetric");
    }
    SortedMap<String, String> params = new TreeMap<>();
    entry.path("params").properties().forEach(p -> params.put(p.getKey(), p.getValue().asText()));
    rows.add(row(benchmark, params, entry.path("primaryMetric")));
    for (Map.Entry<String, JsonNode> metric : entry.path("secondaryMetrics").properties()) {
      // JMH marks its profilers' metrics with a dot, in UTF-8 or what a terminal made of it
      String label = metric.getKey().replaceFirst("^[^A-Za-z]+", "");
      rows.add(row(benchmark + ":" + label, params, metric.getValue()));
    }
  }

  private static Row row(String benchmark, SortedMap<String, String> params, JsonNode metric) {
    List<Double> values = new ArrayList<>();
    metric.path("rawData").forEach(fork -> fork.forEach(value -> values.add(number(value))));
    if (values.isEmpty()) { // JMH's histograms of single calls have no rawData
      values.add(number(metric.path("score")));
    }
    String unit = metric.path("scoreUnit").asText();
    return new Row(benchmark, params, unit.equals("ops/s") ? unitOf(benchmark) : unit, values, "");
  }

  /** Returns what JMH's operations a second are: it calls whatever is counted an operation. */
  private static String unitOf(String benchmark) {
    return switch (benchmark.split(":", 2)[0]) {
      case "ceiling.bandwidth", "ceiling.deviceMemory" -> "bytes/s";
      case "ceiling.replay" -> "graphs/s";
      default -> Row.SPEED;
    };
  }

  /** JMH writes NaN as a text. */
  private static double number(JsonNode value) {
    return value.asDouble(Double.NaN);
  }

  /** Reads an entry of a time from the start of a process. */
  static Row coldRow(JsonNode entry) {
    SortedMap<String, String> params = new TreeMap<>();
    for (String name : List.of(Row.RECIPE, Row.TRAINER, "data")) {
      params.put(name, entry.path(name).asText());
    }
    List<Double> seconds = new ArrayList<>();
    entry.path("seconds").forEach(value -> seconds.add(number(value)));
    String kind = "start to " + entry.path("kind").asText();
    return new Row(kind, params, "s", seconds, entry.path("note").asText());
  }

  /**
   * Shortens a benchmark's name: {@code dev.sinter.benchmarks.StepBenchmark.train} to {@code
   * step.train}.
   */
  static String shortName(String fullName) {
    String[] parts = fullName.split("\\.");
    String method = parts[parts.length - 1];
    String type = parts.length < 2 ? "" : parts[parts.length - 2].replaceFirst("Benchmark$", "");
    return type.isEmpty()
        ? method
        : Character.toLowerCase(type.charAt(0)) + type.substring(1) + "." + method;
  }

  /** Puts a result file together. */
  static ObjectNode json(
      ObjectNode machine, ArrayNode results, ArrayNode cold, List<String> missing) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("version", VERSION);
    json.set("machine", machine);
    json.set("results", results);
    json.set("cold", cold);
    json.set("missing", MAPPER.valueToTree(missing));
    return json;
  }

  private static InputException wrong(String file, String received) {
    return InputException.of(
        file,
        "JSON as this scripts/bench or JMH writes it",
        received,
        "Correct the path, or measure again");
  }
}
