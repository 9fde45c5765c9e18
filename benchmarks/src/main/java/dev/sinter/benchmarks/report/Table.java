package dev.sinter.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.benchmarks.SinterTrainer;
import dev.sinter.errors.InputException;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The table of a result file, or of two, in Markdown: a row a measurement. */
final class Table {
  /** Stands where there is no number. */
  static final String NONE = "-";

  private static final int DIGITS = 3;

  /** Who is compared with, unless the user says: the first of these that was measured. */
  private static final List<String> BASELINES = List.of("dl4j", "nd4j", "reference");

  private static final List<String> ORDER = List.of("step", "epoch", "inference", "ceiling");

  /** The same measurement side by side: benchmark, recipe, then numbers by their size. */
  static final Comparator<Row> BY_MEASUREMENT =
      Comparator.comparing((Row row) -> order(row.benchmark()))
          .thenComparing(Row::benchmark)
          .thenComparing(row -> row.param(Row.RECIPE))
          .thenComparing(Row::optimizer)
          .thenComparing(row -> row.number(Row.BATCH))
          .thenComparing(row -> row.number(Row.THREADS));

  private static final List<String> PARAMETERS =
      List.of("what", "recipe", "optimizer", "batch", "threads", "others", "trainer", "precision");

  private Table() {}

  private static int order(String benchmark) {
    int place = ORDER.indexOf(benchmark.split("[:.]", 2)[0]);
    return place < 0 ? ORDER.size() : place;
  }

  /**
   * Returns the table of a result, with the machine above it and what has no result below.
   *
   * @param baseline the trainer that ratios are taken against; null for a usual one
   */
  static String of(ResultFile result, String baseline) {
    StringBuilder text = new StringBuilder("# Benchmark results\n\n");
    machine(result.machine()).forEach((name, value) -> text.append(item(name + ": " + value)));
    if (result.machine().isEmpty()) {
      text.append("The file does not say on which machine it was measured.\n");
    }
    Map<Row.Key, Row> byKey =
        result.rows().stream().collect(Collectors.toMap(Row::key, Function.identity()));
    String against = baseline(result, baseline);
    List<List<String>> lines = new ArrayList<>();
    lines.add(
        line(
            PARAMETERS,
            "median",
            "quartiles",
            "values",
            "unit",
            "against " + against,
            "of its ceiling",
            "note"));
    Comparator<Row> order = BY_MEASUREMENT.thenComparing(row -> -row.median()); // NaN last
    for (Row row : result.rows().stream().sorted(order).toList()) {
      double quarter = Row.quantile(row.samples(), 0.25);
      double threeQuarters = Row.quantile(row.samples(), 0.75);
      lines.add(
          line(
              parameters(row),
              number(row.median()),
              row.samples().size() < 2 ? "" : number(quarter) + " - " + number(threeQuarters),
              "" + row.samples().size(),
              row.unit(),
              row.isCeiling() || !row.isSpeed() ? "" : ratio(row, byKey, against),
              shareOfCeiling(row, byKey),
              row.note()));
    }
    text.append('\n').append(markdown(lines));
    if (!result.missing().isEmpty()) {
      text.append("\n## Without a result\n\n");
      result.missing().forEach(line -> text.append(item(line)));
    }
    return text.toString();
  }

  /**
   * Returns whom ratios are taken against.
   *
   * @throws InputException when the user chose one that was not measured
   */
  static String baseline(ResultFile result, String chosen) {
    List<String> trainers =
        result.rows().stream()
            .map(Row::trainer)
            .filter(name -> !name.isEmpty())
            .distinct()
            .toList();
    if (chosen == null) {
      return BASELINES.stream().filter(trainers::contains).findFirst().orElse("none");
    } else if (!trainers.contains(chosen)) {
      throw InputException.of(
          "--baseline",
          "a trainer in the results: " + String.join(", ", trainers),
          "\"" + chosen + "\"",
          "Correct the name");
    }
    return chosen;
  }

  private static String ratio(Row row, Map<Row.Key, Row> byKey, String baseline) {
    for (Row other : byKey.values()) {
      if (other.trainer().equals(baseline)
          && other.keyWithout(Row.TRAINER).equals(row.keyWithout(Row.TRAINER))) {
        return number(row.median() / other.median());
      }
    }
    return "";
  }

  /** Iterations of the same place were measured in turns: the median of their quotients. */
  private static String shareOfCeiling(Row row, Map<Row.Key, Row> byKey) {
    Row ceiling = byKey.get(new Row.Key(row.primary(), row.params(), row.unit()));
    if (!row.isCeiling() || ceiling == null || ceiling.equals(row)) {
      return "";
    }
    List<Double> shares = new ArrayList<>();
    for (int i = 0; i < Math.min(row.samples().size(), ceiling.samples().size()); i++) {
      shares.add(row.samples().get(i) / ceiling.samples().get(i));
    }
    return number(Row.quantile(shares, 0.5));
  }

  /** Returns the verdicts on two sides, and the table of what either has measured. */
  static String of(Comparison comparison) {
    StringBuilder text = new StringBuilder("# A and B\n\n");
    text.append(item("A: " + side(comparison.a()))).append(item("B: " + side(comparison.b())));
    text.append("\nThe fastest of each side:\n\n");
    List<List<String>> lines = new ArrayList<>();
    lines.add(line(PARAMETERS, "A", "B", "B / A", "unit"));
    comparison
        .races()
        .forEach(
            (title, race) -> {
              text.append(item(title + ": " + race.verdict()));
              race.batches().values().forEach(pair -> lines.add(fastest(pair)));
            });
    comparison.pairs().stream()
        .sorted(Comparator.comparing(Comparison.Pair::any, BY_MEASUREMENT))
        .forEach(pair -> lines.add(line(parameters(pair.any()), cells(pair))));
    if (comparison.races().isEmpty()) {
      text.append("No batch size was measured on both sides.\n");
    }
    return text.append('\n').append(markdown(lines)).toString();
  }

  private static List<String> fastest(Comparison.Pair pair) {
    List<String> parameters = parameters(pair.a());
    boolean same = pair.a().trainer().equals(pair.b().trainer());
    String trainers = pair.a().trainer() + (same ? "" : " / " + pair.b().trainer());
    parameters.set(PARAMETERS.indexOf("threads"), "");
    parameters.set(PARAMETERS.indexOf("trainer"), "fastest: " + trainers);
    parameters.set(PARAMETERS.indexOf("precision"), "");
    return line(parameters, cells(pair));
  }

  private static String[] cells(Comparison.Pair pair) {
    return new String[] {
      pair.a() == null ? NONE : number(pair.a().median()),
      pair.b() == null ? NONE : number(pair.b().median()),
      number(pair.ratio()),
      pair.any().unit()
    };
  }

  private static String side(ResultFile file) {
    return file.name() + "; " + title(file.machine());
  }

  /** Sums a machine block up in one line: what is missing in it is left out. */
  static String title(JsonNode machine) {
    String cores = machine.has("cores") ? machine.path("cores").asText() + " cores" : "";
    String commit = machine.has("commit") ? "commit " + commit(machine) : "";
    String title =
        Row.joined(machine.path("cpu").asText(), machine.path("gpu").asText(), cores, commit);
    return title.isEmpty() ? "unknown machine" : title.replaceAll("\\((R|TM)\\)", "");
  }

  private static String commit(JsonNode machine) {
    return machine.path("commit").asText()
        + (machine.path("dirty").asBoolean() ? " with changes" : "");
  }

  /** Lists a machine block; backends on the CPU are left to the JSON. */
  static Map<String, String> machine(JsonNode machine) {
    Map<String, String> lines = new LinkedHashMap<>();
    lines.put("CPU", machine.path("cpu").asText());
    lines.put("GPU", machine.path("gpu").asText());
    lines.put("cores", machine.path("cores").asText());
    lines.put("memory, GiB", machine.path("memory_gib").asText());
    lines.put("OS", machine.path("os").asText());
    lines.put("JDK", machine.path("jdk").asText());
    for (JsonNode backend : machine.path("backends")) {
      String name = backend.path("name").asText();
      if (backend.path("usable").asBoolean() && SinterTrainer.of(name).isGpu()) {
        String device = backend.path("device").asText() + "; " + backend.path("detail").asText();
        lines.put("backend " + name, device + "; " + pairs(backend.path("details"), " "));
      }
    }
    lines.put("libraries", pairs(machine.path("libraries"), " "));
    for (Map.Entry<String, JsonNode> trainer : machine.path("environment").properties()) {
      lines.put("environment, " + trainer.getKey(), pairs(trainer.getValue(), "="));
    }
    lines.put("commit", commit(machine));
    lines.put("date", machine.path("date").asText());
    lines.values().removeIf(String::isEmpty);
    return lines;
  }

  private static String pairs(JsonNode object, String between) {
    return object.properties().stream()
        .map(field -> field.getKey() + between + field.getValue().asText())
        .collect(Collectors.joining(", "));
  }

  private static List<String> parameters(Row row) {
    SortedMap<String, String> others = new TreeMap<>(row.params());
    others
        .keySet()
        .removeAll(List.of(Row.RECIPE, Row.OPTIMIZER, Row.BATCH, Row.THREADS, Row.TRAINER));
    return new ArrayList<>(
        List.of(
            row.benchmark(),
            row.param(Row.RECIPE),
            row.optimizer(),
            row.param(Row.BATCH),
            row.threads(),
            others.toString().replaceAll("[{}]", ""),
            row.trainer(),
            row.precision()));
  }

  private static List<String> line(List<String> parameters, String... more) {
    List<String> line = new ArrayList<>(parameters);
    line.addAll(Arrays.asList(more));
    return line;
  }

  private static String item(String text) {
    return "- " + text.replaceAll("\\R", " ") + "\n";
  }

  /** Returns three significant digits, thousands apart: 101 000, 53.9 or 0.00123. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return NONE;
    }
    BigDecimal rounded = BigDecimal.valueOf(value).round(new MathContext(DIGITS));
    if (rounded.abs().compareTo(BigDecimal.valueOf(100)) < 0) {
      int decimals = Math.max(0, DIGITS - (rounded.precision() - rounded.scale()));
      return rounded.signum() == 0 ? "0" : rounded.setScale(decimals).toPlainString();
    }
    return String.format(Locale.ROOT, "%,.0f", rounded).replace(',', ' ');
  }

  /**
   * Returns a table whose source reads well, too: columns are padded, numbers stand right, and
   * columns without a cell are left out.
   *
   * @param lines the heads first; all of the same length
   */
  static String markdown(List<List<String>> lines) {
    List<StringBuilder> text = new ArrayList<>();
    for (int i = 0; i <= lines.size(); i++) {
      text.add(new StringBuilder("|")); // the second one is the rule below the heads
    }
    for (int column = 0; column < lines.get(0).size(); column++) {
      int place = column;
      List<String> cells =
          lines.stream()
              .map(line -> line.get(place).replaceAll("\\R", " ").replace("|", "\\|"))
              .toList();
      List<String> below = cells.subList(1, cells.size());
      if (below.stream().allMatch(String::isEmpty)) {
        continue;
      }
      int width =
          cells.stream().mapToInt(cell -> cell.codePointCount(0, cell.length())).max().orElse(0);
      boolean numbers = below.stream().allMatch(cell -> cell.matches("-?[0-9. ]*( - [0-9. ]*)?"));
      for (int i = 0; i < cells.size(); i++) {
        String cell = cells.get(i);
        String padding = " ".repeat(width - cell.codePointCount(0, cell.length()));
        text.get(i == 0 ? 0 : i + 1)
            .append(' ')
            .append(numbers ? padding + cell : cell + padding)
            .append(" |");
      }
      text.get(1).append("-".repeat(width + 1)).append(numbers ? ":|" : "-|");
    }
    return text.stream().map(line -> line + "\n").collect(Collectors.joining());
  }
}
