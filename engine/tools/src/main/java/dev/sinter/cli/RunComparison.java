package dev.sinter.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.report.BoxTable;
import dev.sinter.report.Numbers;
import dev.sinter.report.Terminal;
import dev.sinter.runs.Run;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.DoubleFunction;
import java.util.function.ToDoubleFunction;

/** Compares runs: the differences in their configurations, and their results. */
final class RunComparison {
  private static final String NONE = "-";
  private static final int COLUMN = 12; // minimum width of the column of a run, in characters

  /** Results from the history: the numbers of the last epoch, which failed runs also have. */
  private static final List<String> SERIES =
      List.of("loss", "accuracy", "val_loss", "val_accuracy");

  private static final List<String> RESULTS =
      List.of("test_loss", "test_accuracy", "setup_seconds", "train_seconds", "samples_per_second");

  private final List<Run> runs;
  private final Instant now;

  // One value per run, by field.
  private final Map<String, List<String>> differences;
  private final Map<String, List<String>> results;

  RunComparison(List<Run> runs, Instant now) {
    this.runs = runs;
    this.now = now;
    this.differences = differencesOf(runs);
    this.results = results();
  }

  /** Returns one table, or several if the terminal has no room for all runs in one. */
  List<String> lines(Terminal terminal) {
    int label =
        Math.max(longest(differences.keySet()), longest(results.keySet()))
            + 4; // including its frame
    int together = Math.max(1, (terminal.columns() - label) / (COLUMN + 3));
    List<String> lines = new ArrayList<>();
    for (int from = 0; from < runs.size(); from += together) {
      lines.addAll(table(terminal, from, Math.min(runs.size(), from + together)));
    }
    if (differences.isEmpty() && runs.size() > 1) {
      lines.add("configuration, machine and versions: the same");
    }
    return lines;
  }

  private List<String> table(Terminal terminal, int from, int to) {
    List<List<String>> rows = new ArrayList<>();
    differences.forEach((field, values) -> rows.add(row(field, values.subList(from, to))));
    if (!rows.isEmpty()) {
      rows.add(BoxTable.LINE);
    }
    results.forEach((field, values) -> rows.add(row(field, values.subList(from, to))));
    return BoxTable.fitting(terminal, row("", names().subList(from, to)), rows, 1);
  }

  private static int longest(Set<String> texts) {
    return texts.stream().mapToInt(String::length).max().orElse(0);
  }

  private static List<String> row(String field, List<String> values) {
    List<String> row = new ArrayList<>(List.of(field));
    row.addAll(values);
    return row;
  }

  /** Returns the names of the runs, with their folders if names repeat. */
  private List<String> names() {
    List<String> names = runs.stream().map(Run::name).toList();
    boolean unique = names.stream().distinct().count() == names.size();
    return runs.stream()
        .map(run -> Names.printable(unique ? run.name() : run.folder().toString()))
        .toList();
  }

  /** Returns the fields that differ between the runs; all fields for a single run. */
  private static Map<String, List<String>> differencesOf(List<Run> runs) {
    List<Map<String, String>> fields = runs.stream().map(RunComparison::fields).toList();
    Set<String> names = new LinkedHashSet<>();
    fields.forEach(each -> names.addAll(each.keySet()));
    Map<String, List<String>> differences = new LinkedHashMap<>();
    for (String name : names) {
      List<String> values = fields.stream().map(each -> each.getOrDefault(name, NONE)).toList();
      if (runs.size() == 1 || values.stream().distinct().count() > 1) {
        differences.put(name, values);
      }
    }
    return differences;
  }

  private static Map<String, String> fields(Run run) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("recipe", Names.printable(run.recipe()));
    flatten("", run.configuration(), fields);
    flatten("", run.machine(), fields);
    flatten("version of ", run.versions(), fields);
    return fields;
  }

  /** Writes nested fields such as "optimizer learning_rate"; null counts as no value. */
  private static void flatten(String prefix, JsonNode object, Map<String, String> fields) {
    object
        .properties()
        .forEach(
            field -> {
              String name = Names.printable(prefix + field.getKey());
              if (field.getValue().isObject()) {
                flatten(name + " ", field.getValue(), fields);
              } else if (!field.getValue().isNull()) {
                JsonNode value = field.getValue();
                fields.put(
                    name, Names.printable(value.isValueNode() ? value.asText() : value.toString()));
              }
            });
  }

  private Map<String, List<String>> results() {
    Map<String, List<String>> results = new LinkedHashMap<>();
    results.put("status", runs.stream().map(run -> run.statusText(now)).toList());
    results.put("epochs trained", runs.stream().map(run -> "" + run.epochsTrained()).toList());
    for (String series : SERIES) {
      results.put(series, numbers(run -> run.history().last(series), Numbers::metric));
    }
    for (String field : RESULTS) {
      results.put(field, numbers(run -> run.result(field), value -> formatted(field, value)));
    }
    results.values().removeIf(values -> values.stream().allMatch(NONE::equals));
    return results;
  }

  private List<String> numbers(ToDoubleFunction<Run> value, DoubleFunction<String> format) {
    return runs.stream()
        .map(run -> value.applyAsDouble(run))
        .map(number -> number.isNaN() ? NONE : format.apply(number))
        .toList();
  }

  private static String formatted(String field, double value) {
    if (field.startsWith("test_")) {
      return Numbers.metric(value);
    }
    boolean speed = field.equals("samples_per_second");
    return speed ? Numbers.count(Math.round(value)) : String.format(Locale.ROOT, "%.2f", value);
  }

  ObjectNode toJson() {
    ObjectNode json = Json.object();
    ArrayNode compared = json.putArray("runs");
    runs.forEach(
        run -> {
          ObjectNode node = RunTable.toJson(run);
          for (String series : SERIES) {
            double value = run.history().last(series);
            node.put(series, Double.isFinite(value) ? (Double) value : null);
          }
          compared.add(node);
        });
    ObjectNode fields = json.putObject("differences");
    differences.forEach(
        (field, values) -> {
          ArrayNode array = fields.putArray(field);
          values.forEach(value -> array.add(value.equals(NONE) ? null : value));
        });
    return json;
  }
}
