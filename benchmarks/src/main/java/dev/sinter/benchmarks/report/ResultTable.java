package dev.sinter.benchmarks.report;

import dev.sinter.errors.InputException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** The tables of one result file, in Markdown. */
final class ResultTable {
  /** Who is compared with, unless the user says: the first of these that was measured. */
  private static final List<String> BASELINES = List.of("dl4j", "nd4j", "reference");

  /** Benchmarks in the order in which they are read; others follow. */
  private static final List<String> ORDER = List.of("step", "epoch", "inference");

  /** Same measurement side by side: recipe, benchmark, then numbers by their size. */
  static final Comparator<Row> BY_MEASUREMENT =
      Comparator.comparing((Row row) -> order(row.benchmark()))
          .thenComparing(Row::benchmark)
          .thenComparing(row -> row.param(Row.RECIPE))
          .thenComparing(row -> row.param(Row.OPTIMIZER))
          .thenComparing(Row::batch)
          .thenComparing(row -> Row.number(row.param(Row.THREADS)));

  private ResultTable() {}

  private static int order(String benchmark) {
    String first = benchmark.split("[:.]", 2)[0];
    return ORDER.contains(first) ? ORDER.indexOf(first) : ORDER.size();
  }

  /** Returns all tables of a result. */
  static String of(ResultFile result, String baseline) {
    checkBaseline(result, baseline);
    StringBuilder text = new StringBuilder("# Benchmark results\n\n");
    Map<String, String> machine = Machine.entries(result.machine());
    machine.forEach(
        (name, value) -> text.append("- ").append(name).append(": ").append(value).append('\n'));
    if (machine.isEmpty()) {
      text.append("The file does not say on which machine it was measured.\n");
    }
    text.append(speeds(result, baseline == null ? defaultBaseline(result) : baseline));
    text.append(ceilings(result));
    text.append(others(result));
    text.append(cold(result));
    if (!result.missing().isEmpty()) {
      text.append("\n## Without a result\n\n");
      result
          .missing()
          .forEach(line -> text.append("- ").append(line.replaceAll("\\R", " ")).append('\n'));
    }
    return text.toString();
  }

  /** Refuses a baseline that was not measured; null is none chosen. */
  static void checkBaseline(ResultFile result, String baseline) {
    List<String> trainers = trainers(result);
    if (baseline != null && !trainers.contains(baseline)) {
      throw InputException.of(
          "--baseline",
          "a trainer in the results: " + String.join(", ", trainers),
          "\"" + baseline + "\"",
          "Correct the name");
    }
  }

  private static List<String> trainers(ResultFile result) {
    return result.rows().stream()
        .map(row -> row.param(Row.TRAINER))
        .filter(name -> !name.isEmpty())
        .distinct()
        .toList();
  }

  private static String defaultBaseline(ResultFile result) {
    List<String> trainers = trainers(result);
    return BASELINES.stream().filter(trainers::contains).findFirst().orElse(null);
  }

  private static String speeds(ResultFile result, String baseline) {
    List<Row> rows =
        result.rows().stream().filter(row -> row.isSpeed() && !row.isCeiling()).toList();
    if (rows.isEmpty()) {
      return "\nNo samples per second were measured.\n";
    }
    MarkdownTable table =
        parameterColumns()
            .number("samples/s, median")
            .number("quartiles")
            .number("min - max")
            .number("values");
    table.number(baseline == null ? "against none" : "against " + baseline);
    Map<Row.Key, Double> baselines = new LinkedHashMap<>();
    for (Row row : rows) {
      if (row.param(Row.TRAINER).equals(baseline)) {
        baselines.put(row.keyWithout(Row.TRAINER), row.spread().median());
      }
    }
    for (Row row : sorted(rows)) {
      List<String> cells = parameterCells(row);
      Spread spread = row.spread();
      Double against = baselines.get(row.keyWithout(Row.TRAINER));
      cells.addAll(spreadCells(spread));
      cells.add(
          baseline == null
              ? ""
              : against == null ? Numbers.NONE : Numbers.ratio(spread.median(), against));
      table.row(cells);
    }
    return "\n## Samples per second\n\n" + table;
  }

  /**
   * Ceilings and what was measured in turns with them: iterations of the same place belong
   * together.
   */
  private static String ceilings(ResultFile result) {
    MarkdownTable table =
        parameterColumns()
            .number("ceiling, median")
            .number("reached, median")
            .number("share")
            .number("times the ceiling's time")
            .number("values")
            .text("unit");
    for (Row row : sorted(result.rows().stream().filter(Row::isCeiling).toList())) {
      Row ceiling = ceilingOf(row, result);
      if (ceiling != null) {
        List<Double> shares = new ArrayList<>();
        for (int i = 0; i < Math.min(row.samples().size(), ceiling.samples().size()); i++) {
          shares.add(row.samples().get(i) / ceiling.samples().get(i));
        }
        double share = Spread.of(shares).median();
        List<String> cells = parameterCells(row);
        cells.add(Numbers.of(ceiling.spread().median()));
        cells.add(Numbers.of(row.spread().median()));
        cells.addAll(List.of(Numbers.of(share), Numbers.ratio(1, share)));
        cells.addAll(List.of(String.valueOf(shares.size()), unit(row)));
        table.row(cells);
      }
    }
    return table.isEmpty()
        ? ""
        : "\n## Against the ceilings\n\n"
            + table
            + "\nThe part's own products, or a copy of as much memory, measured in turns with it in one process;"
            + "\nshare is the median of the iterations' quotients.\n";
  }

  /** Returns the primary metric that a secondary one was measured in turns with, or null. */
  private static Row ceilingOf(Row row, ResultFile result) {
    return result.rows().stream()
        .filter(other -> !row.metric().isEmpty() && other.benchmark().equals(row.primary()))
        .filter(other -> other.params().equals(row.params()) && other.unit().equals(row.unit()))
        .findFirst()
        .orElse(null);
  }

  /** Returns a row's unit, by the name that people use. */
  static String unit(Row row) {
    return row.isSpeed() ? "samples/s" : row.unit();
  }

  private static String others(ResultFile result) {
    MarkdownTable table =
        parameterColumns()
            .number("median")
            .number("quartiles")
            .number("min - max")
            .number("values")
            .text("unit");
    for (Row row :
        sorted(result.rows().stream().filter(row -> !row.isSpeed() && !row.isCeiling()).toList())) {
      List<String> cells = parameterCells(row);
      cells.addAll(spreadCells(row.spread()));
      cells.add(row.unit());
      table.row(cells);
    }
    return table.isEmpty() ? "" : "\n## Other figures\n\n" + table;
  }

  private static String cold(ResultFile result) {
    MarkdownTable table =
        new MarkdownTable()
            .text("from the start of the process to")
            .text("recipe")
            .text("trainer")
            .text("data")
            .number("s, median")
            .number("min - max")
            .number("values")
            .text("note");
    for (ColdRow row : result.cold()) {
      boolean measured = !row.seconds().isEmpty();
      Spread spread = measured ? Spread.of(row.seconds()) : null;
      table.row(
          List.of(
              row.kind(),
              row.recipe(),
              row.trainer(),
              row.data(),
              measured ? seconds(spread.median()) : Numbers.NONE,
              measured ? seconds(spread.min()) + " - " + seconds(spread.max()) : Numbers.NONE,
              String.valueOf(row.seconds().size()),
              row.note()));
    }
    return table.isEmpty()
        ? ""
        : "\n## From the start of the process\n\n"
            + table
            + "\nThe clock runs outside the process, from its start until it says that it is there: the JVM, natives, data and compiling"
            + " are in it.\nTest accuracy is looked at after each epoch. Caches of the disk are warm.\n";
  }

  /** Returns what is printed while measuring. */
  static String seconds(ColdRow row) {
    return row.seconds().isEmpty()
        ? row.note()
        : seconds(Spread.of(row.seconds()).median()) + " s; " + row.note();
  }

  private static String seconds(double value) {
    return String.format(Locale.ROOT, "%.2f", value);
  }

  private static List<Row> sorted(List<Row> rows) {
    return rows.stream()
        .sorted(
            BY_MEASUREMENT.thenComparing(row -> row.spread().median(), Comparator.reverseOrder()))
        .toList();
  }

  static MarkdownTable parameterColumns() {
    return new MarkdownTable()
        .text("what")
        .text("recipe")
        .text("optimizer")
        .number("batch")
        .number("threads")
        .text("others")
        .text("trainer")
        .text("precision");
  }

  static List<String> parameterCells(Row row) {
    SortedMap<String, String> others = new TreeMap<>(row.params());
    others
        .keySet()
        .removeAll(List.of(Row.RECIPE, Row.OPTIMIZER, Row.BATCH, Row.THREADS, Row.TRAINER));
    List<String> cells = new ArrayList<>();
    cells.add(row.benchmark());
    cells.add(row.param(Row.RECIPE));
    cells.add(optimizer(row));
    cells.add(row.param(Row.BATCH));
    cells.add(row.param(Row.THREADS).equals("0") ? "auto" : row.param(Row.THREADS));
    cells.add(others.isEmpty() ? "" : others.toString().replaceAll("[{}]", ""));
    cells.add(row.param(Row.TRAINER));
    cells.add(row.precision());
    return cells;
  }

  /** Returns the optimizer where it is not the recipe's own. */
  static String optimizer(Row row) {
    return row.param(Row.OPTIMIZER).equals(Row.OWN_OPTIMIZER) ? "" : row.param(Row.OPTIMIZER);
  }

  private static List<String> spreadCells(Spread spread) {
    return List.of(
        Numbers.of(spread.median()),
        Numbers.of(spread.lowerQuartile()) + " - " + Numbers.of(spread.upperQuartile()),
        Numbers.of(spread.min()) + " - " + Numbers.of(spread.max()),
        String.valueOf(spread.count()));
  }
}
