package dev.sinter.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The tables of a comparison, in Markdown. */
final class CompareTable {
  private CompareTable() {}

  static String of(Comparison comparison) {
    StringBuilder text = new StringBuilder("# Two machines\n\n");
    text.append(machines(comparison));
    text.append(gpu(comparison.gpu()));
    text.append("\n## From which batch size B wins\n\n").append(races(comparison));
    text.append("\n## Rows of both\n\n").append(common(comparison));
    text.append(alone("A", comparison.onlyA())).append(alone("B", comparison.onlyB()));
    return text.append(cold(comparison)).toString();
  }

  private static String machines(Comparison comparison) {
    MarkdownTable table = new MarkdownTable().text("machine").text("A").text("B");
    table.row(List.of("file", comparison.a().name(), comparison.b().name()));
    Map<String, String> a = Machine.entries(comparison.a().machine());
    Map<String, String> b = Machine.entries(comparison.b().machine());
    boolean more = b.size() > a.size(); // the longer one has the order
    Set<String> names = new LinkedHashSet<>((more ? b : a).keySet());
    names.addAll((more ? a : b).keySet());
    for (String name : names) {
      table.row(
          List.of(name, a.getOrDefault(name, Numbers.NONE), b.getOrDefault(name, Numbers.NONE)));
    }
    return table.toString();
  }

  private static String gpu(GpuComparison comparison) {
    if (comparison.duels().isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder("\n## CPU and GPU\n\nCPU: ");
    text.append(comparison.cpu()).append(", its fastest trainer and thread count. GPU: ");
    text.append(comparison.gpu()).append(", its fastest trainer in float32, which decides;");
    text.append(" tf32 and bf16 beside it. Medians in samples/s.\n\n");
    MarkdownTable table =
        new MarkdownTable()
            .text("what")
            .number("batch")
            .number("CPU")
            .text("CPU by")
            .number("GPU")
            .text("GPU by")
            .number("GPU / CPU")
            .number("GPU, tf32")
            .number("GPU, bf16");
    for (GpuComparison.Duel duel : comparison.duels()) {
      text.append("- ").append(duel.title()).append(": ").append(duel.verdict()).append('\n');
      duel.batches()
          .forEach(
              (batch, sides) ->
                  table.row(
                      List.of(
                          duel.title(),
                          String.valueOf(batch),
                          speed(sides.cpu(), Numbers.NONE),
                          who(sides.cpu()),
                          speed(sides.gpu(), Numbers.NONE),
                          who(sides.gpu()),
                          sides.both()
                              ? Numbers.ratio(
                                  Comparison.speed(sides.gpu()), Comparison.speed(sides.cpu()))
                              : Numbers.NONE,
                          speed(sides.tf32(), ""),
                          speed(sides.bf16(), ""))));
    }
    return text.append('\n').append(table).toString();
  }

  private static String speed(Row row, String none) {
    return row == null ? none : Numbers.of(Comparison.speed(row));
  }

  private static String races(Comparison comparison) {
    if (comparison.races().isEmpty()) {
      return "No batch size was measured on both.\n";
    }
    StringBuilder text =
        new StringBuilder(
            "The fastest trainer and thread count of each machine, medians in samples/s.\n\n");
    for (Comparison.Race race : comparison.races()) {
      text.append("- ").append(race.title()).append(": ").append(race.verdict()).append('\n');
    }
    MarkdownTable table =
        new MarkdownTable()
            .text("what")
            .number("batch")
            .number("A")
            .text("A by")
            .number("B")
            .text("B by")
            .number("B / A");
    for (Comparison.Race race : comparison.races()) {
      race.batches()
          .forEach(
              (batch, pair) ->
                  table.row(
                      List.of(
                          race.title(),
                          String.valueOf(batch),
                          Numbers.of(Comparison.speed(pair.a())),
                          who(pair.a()),
                          Numbers.of(Comparison.speed(pair.b())),
                          who(pair.b()),
                          Numbers.ratio(Comparison.speed(pair.b()), Comparison.speed(pair.a())))));
    }
    return text.append('\n').append(table).toString();
  }

  private static String who(Row row) {
    if (row == null) {
      return Numbers.NONE;
    }
    String threads = row.param(Row.THREADS);
    boolean known = Row.number(threads) > 0;
    return row.param(Row.TRAINER) + (known ? ", threads " + threads : "");
  }

  private static String common(Comparison comparison) {
    if (comparison.common().isEmpty()) {
      return "None: no trainer was measured with the same parameters on both.\n";
    }
    MarkdownTable table =
        ResultTable.parameterColumns().number("A").number("B").number("B / A").text("unit");
    comparison.common().stream()
        .sorted((one, other) -> ResultTable.BY_MEASUREMENT.compare(one.a(), other.a()))
        .forEach(
            pair -> {
              List<String> cells = ResultTable.parameterCells(pair.a());
              double a = Comparison.speed(pair.a());
              double b = Comparison.speed(pair.b());
              cells.addAll(
                  List.of(
                      Numbers.of(a),
                      Numbers.of(b),
                      Numbers.ratio(b, a),
                      ResultTable.unit(pair.a())));
              table.row(cells);
            });
    return table.toString();
  }

  private static String alone(String which, List<Row> rows) {
    if (rows.isEmpty()) {
      return "";
    }
    MarkdownTable table = ResultTable.parameterColumns().number(which).text("unit");
    rows.stream()
        .sorted(ResultTable.BY_MEASUREMENT)
        .forEach(
            row -> {
              List<String> cells = ResultTable.parameterCells(row);
              cells.addAll(List.of(Numbers.of(Comparison.speed(row)), ResultTable.unit(row)));
              table.row(cells);
            });
    return "\n## Rows of " + which + " alone\n\n" + table;
  }

  private static String cold(Comparison comparison) {
    MarkdownTable table =
        new MarkdownTable()
            .text("from the start of the process to")
            .text("recipe")
            .text("trainer")
            .text("data")
            .number("A, s")
            .number("B, s");
    List<ColdRow> others = new ArrayList<>(comparison.b().cold());
    for (ColdRow row : comparison.a().cold()) {
      ColdRow other = others.stream().filter(one -> same(one, row)).findFirst().orElse(null);
      others.remove(other);
      table.row(
          List.of(
              row.kind(), row.recipe(), row.trainer(), row.data(), seconds(row), seconds(other)));
    }
    for (ColdRow row : others) {
      table.row(
          List.of(
              row.kind(), row.recipe(), row.trainer(), row.data(), seconds(null), seconds(row)));
    }
    return table.isEmpty() ? "" : "\n## From the start of the process\n\n" + table;
  }

  private static boolean same(ColdRow one, ColdRow other) {
    return one.kind().equals(other.kind())
        && one.recipe().equals(other.recipe())
        && one.trainer().equals(other.trainer())
        && one.data().equals(other.data());
  }

  private static String seconds(ColdRow row) {
    return row == null || row.seconds().isEmpty()
        ? Numbers.NONE
        : Numbers.of(Spread.of(row.seconds()).median());
  }

  /** Returns the machine's processor or GPU, for a chart's title. */
  static String title(String which, JsonNode machine) {
    return which + ": " + Machine.title(machine);
  }
}
