package dev.sinter.benchmarks.report;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.errors.InputException;
import dev.sinter.io.AtomicFile;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
 * @param rows of all entries; measurements of the same key are one row
 * @param missing what was planned and gave no result, one line each
 */
record ResultFile(
    String name, JsonNode machine, List<Row> rows, List<ColdRow> cold, List<String> missing) {
  private static final int VERSION = 1;
  private static final ObjectMapper MAPPER = new ObjectMapper();

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
      JsonNode json = MAPPER.readTree(Files.readString(file));
      if (json.isMissingNode()) {
        throw wrong(file.toString(), "an empty file");
      }
      return json;
    } catch (NoSuchFileException missing) {
      throw InputException.of(file.toString(), "a result file", "no such file", "Correct the path");
    } catch (JsonProcessingException damaged) {
      String place =
          damaged.getLocation() == null
              ? ""
              : " at line "
                  + damaged.getLocation().getLineNr()
                  + ", column "
                  + damaged.getLocation().getColumnNr();
      throw wrong(
          file.toString(),
          "damaged JSON" + place + " (" + firstLine(damaged.getOriginalMessage()) + ")");
    } catch (CharacterCodingException binary) {
      throw wrong(file.toString(), "bytes that are no UTF-8 text");
    } catch (IOException problem) {
      throw InputException.of(
          file.toString(),
          "a result file that can be read",
          Files.isDirectory(file) ? "a folder" : problem.toString(),
          "Name the file result.json in it, or check its permissions");
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
    Map<Row.Key, List<Double>> samples = new LinkedHashMap<>();
    for (int i = 0; i < results.size(); i++) {
      addRows(name + ", result " + (i + 1), results.get(i), samples);
    }
    List<Row> rows = new ArrayList<>();
    samples.forEach(
        (key, values) ->
            rows.add(new Row(key.benchmark(), key.params(), key.unit(), List.copyOf(values))));
    List<ColdRow> cold = new ArrayList<>();
    json.path("cold").forEach(entry -> cold.add(coldRow(entry)));
    List<String> missing = new ArrayList<>();
    json.path("missing").forEach(line -> missing.add(line.asText()));
    return new ResultFile(name, json.path("machine"), rows, cold, missing);
  }

  private static void addRows(String where, JsonNode entry, Map<Row.Key, List<Double>> samples) {
    String benchmark = entry.path("benchmark").asText();
    if (benchmark.isEmpty() || !entry.path("primaryMetric").isObject()) {
      throw wrong(where, "an entry without benchmark or primaryMetric");
    }
    SortedMap<String, String> params = new TreeMap<>();
    entry
        .path("params")
        .properties()
        .forEach(param -> params.put(param.getKey(), param.getValue().asText()));
    String name = Row.shortName(benchmark);
    add(where, name, params, entry.path("primaryMetric"), samples);
    entry
        .path("secondaryMetrics")
        .properties()
        .forEach(
            metric -> {
              // JMH marks its profilers' metrics with a dot, in UTF-8 or what a terminal made of it
              String label = metric.getKey().replaceFirst("^[^A-Za-z]+", "");
              add(where, name + ":" + label, params, metric.getValue(), samples);
            });
  }

  private static void add(
      String where,
      String benchmark,
      SortedMap<String, String> params,
      JsonNode metric,
      Map<Row.Key, List<Double>> samples) {
    List<Double> values = new ArrayList<>();
    metric.path("rawData").forEach(fork -> fork.forEach(value -> values.add(number(where, value))));
    if (values.isEmpty()) { // JMH's histograms of single calls have no rawData
      values.add(number(where, metric.path("score")));
    }
    String unit = metric.path("scoreUnit").asText();
    if (unit.equals(Row.SPEED)) {
      unit = Row.unitOf(benchmark);
    }
    samples
        .computeIfAbsent(new Row.Key(benchmark, params, unit), key -> new ArrayList<>())
        .addAll(values);
  }

  /** JMH writes NaN as a text. */
  private static double number(String where, JsonNode value) {
    if (value.isNumber()) {
      return value.asDouble();
    }
    if (value.asText().equals("NaN")) {
      return Double.NaN;
    }
    throw wrong(where, "a score that is no number: " + firstLine(value.toString()));
  }

  private static ColdRow coldRow(JsonNode entry) {
    List<Double> seconds = new ArrayList<>();
    entry.path("seconds").forEach(value -> seconds.add(value.asDouble()));
    return new ColdRow(
        entry.path("kind").asText(),
        entry.path("recipe").asText(),
        entry.path("trainer").asText(),
        entry.path("data").asText(),
        seconds,
        entry.path("note").asText());
  }

  /** Puts a result file together. */
  static ObjectNode json(
      ObjectNode machine, ArrayNode results, List<ColdRow> cold, List<String> missing) {
    ObjectNode json = MAPPER.createObjectNode();
    json.put("version", VERSION);
    json.set("machine", machine);
    json.set("results", results);
    json.set("cold", MAPPER.valueToTree(cold));
    json.set("missing", MAPPER.valueToTree(missing));
    return json;
  }

  static ObjectNode newObject() {
    return MAPPER.createObjectNode();
  }

  static ArrayNode newArray() {
    return MAPPER.createArrayNode();
  }

  /** Returns what writes JSON, indented, with a final line feed. */
  static AtomicFile.Content content(JsonNode json) {
    return out ->
        out.write(
            (MAPPER.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n")
                .getBytes(StandardCharsets.UTF_8));
  }

  private static InputException wrong(String where, String received) {
    return InputException.of(
        where,
        "JSON as scripts/bench or JMH writes it",
        received,
        "Copy the file again, or measure again");
  }

  private static String firstLine(String text) {
    String line = text.lines().findFirst().orElse("");
    return line.length() > 120 ? line.substring(0, 120) + "..." : line;
  }
}
