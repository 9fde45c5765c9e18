package dev.sinter.benchmarks.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.errors.InputException;
import dev.sinter.io.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
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
 * @param rows of all entries and cold starts; measurements of the same key are one row
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
      return MAPPER.readTree(Files.readString(file));
    } catch (JsonProcessingException damaged) {
      throw wrong(file.toString(), "damaged JSON (" + firstLine(damaged.getMessage()) + ")");
    } catch (IOException problem) {
      throw InputException.of(
          file.toString(),
          "a result file that can be read",
          Files.isDirectory(file) ? "a folder" : problem.toString(),
          "Correct the path: it ends in result.json, or in the name of JMH's own file");
    }
  }

  /** Reads the JSON of a result file, or JMH's own list. */
  static ResultFile parse(String name, JsonNode json) {
    JsonNode results = json.isArray() ? json : json.path("results");
    if (!results.isArray()) {
      throw wrong(name, "JSON without a list of results");
    }
    int version = json.path("version").asInt(VERSION);
    if (version > VERSION) {
      throw InputException.of(
          name,
          "a result file of version " + VERSION,
          "version " + version,
          "Use the scripts/bench that wrote it, or a newer one");
    }
    Map<Row.Key, Row> rows = new LinkedHashMap<>();
    for (int i = 0; i < results.size(); i++) {
      addEntry(name + ", result " + (i + 1), results.get(i), rows);
    }
    json.path("cold").forEach(entry -> add(coldRow(entry), rows));
    List<String> missing = new ArrayList<>();
    json.path("missing").forEach(line -> missing.add(line.asText()));
    return new ResultFile(name, json.path("machine"), List.copyOf(rows.values()), missing);
  }

  private static void addEntry(String where, JsonNode entry, Map<Row.Key, Row> rows) {
    String benchmark = entry.path("benchmark").asText();
    if (benchmark.isEmpty() || !entry.path("primaryMetric").isObject()) {
      throw wrong(where, "an entry without benchmark or primaryMetric");
    }
    SortedMap<String, String> params = new TreeMap<>();
    entry.path("params").properties().forEach(p -> params.put(p.getKey(), p.getValue().asText()));
    String name = shortName(benchmark);
    add(row(where, name, params, entry.path("primaryMetric")), rows);
    for (Map.Entry<String, JsonNode> metric : entry.path("secondaryMetrics").properties()) {
      // JMH marks its profilers' metrics with a dot, in UTF-8 or what a terminal made of it
      String label = metric.getKey().replaceFirst("^[^A-Za-z]+", "");
      add(row(where, name + ":" + label, params, metric.getValue()), rows);
    }
  }

  private static Row row(
      String where, String benchmark, SortedMap<String, String> params, JsonNode metric) {
    List<Double> values = new ArrayList<>();
    metric.path("rawData").forEach(fork -> fork.forEach(value -> values.add(number(where, value))));
    if (values.isEmpty()) { // JMH's histograms of single calls have no rawData
      values.add(number(where, metric.path("score")));
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
  private static double number(String where, JsonNode value) {
    if (!value.isNumber() && !value.asText().equals("NaN")) {
      throw wrong(where, "a score that is no number: " + firstLine(value.toString()));
    }
    return value.isNumber() ? value.asDouble() : Double.NaN;
  }

  /** Reads an entry of a time from the start of a process. */
  static Row coldRow(JsonNode entry) {
    SortedMap<String, String> params = new TreeMap<>();
    for (String name : List.of(Row.RECIPE, Row.TRAINER, "data")) {
      params.put(name, entry.path(name).asText());
    }
    List<Double> seconds = new ArrayList<>();
    entry.path("seconds").forEach(value -> seconds.add(value.asDouble()));
    String kind = "start to " + entry.path("kind").asText();
    return new Row(kind, params, "s", seconds, entry.path("note").asText());
  }

  private static void add(Row row, Map<Row.Key, Row> rows) {
    rows.merge(
        row.key(),
        row,
        (old, more) -> {
          List<Double> samples = new ArrayList<>(old.samples());
          samples.addAll(more.samples());
          return new Row(row.benchmark(), row.params(), row.unit(), samples, old.note());
        });
  }

  /**
   * Shortens a benchmark's name: {@code dev.sinter.benchmarks.StepBenchmark.train} to {@code
   * step.train}.
   */
  static String shortName(String fullName) {
    String[] parts = fullName.split("\\.");
    String method = parts[parts.length - 1];
    String type = parts.length < 2 ? "" : parts[parts.length - 2].replaceFirst("Benchmark$", "");
    return type.isEmpty() || type.equalsIgnoreCase(method)
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

  /** Returns what writes JSON, indented, with a final line feed. */
  static AtomicFile.Content content(JsonNode json) {
    String text = json.toPrettyString() + "\n";
    return out -> out.write(text.getBytes(StandardCharsets.UTF_8));
  }

  private static InputException wrong(String where, String received) {
    String expected = "JSON as scripts/bench or JMH writes it";
    return InputException.of(where, expected, received, "Copy the file again, or measure again");
  }

  private static String firstLine(String text) {
    String line = text.lines().findFirst().orElse("");
    return line.length() > 120 ? line.substring(0, 120) + "..." : line;
  }
}
