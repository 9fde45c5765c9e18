package dev.sinter.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The table of a result file, or of two, in Markdown: a row a measurement. */
final class Table {
  /** Whom ratios are taken against: the first of these that was measured. */
  private static final List<String> BASELINES = List.of("dl4j", "nd4j", "reference");

  private static final List<String> OWN_COLUMNS =
      List.of(Row.RECIPE, Row.BATCH, Row.THREADS, Row.TRAINER);

  /** The same measurement side by side, the fastest first. */
  private static final Comparator<Row> ORDER =
      Comparator.comparing(Row::isCeiling)
          .thenComparing(Row::title)
          .thenComparing(Row::batch)
          .thenComparing(row -> row.param(Row.THREADS))
          .thenComparing(row -> -row.median());

  private Table() {}

  /** Returns the table of a result, with the machine above it and what has no result below. */
  static String of(ResultFile result) {
    List<String> trainers = result.rows().stream().map(Row::trainer).toList();
    String baseline = BASELINES.stream().filter(trainers::contains).findFirst().orElse("none");
    String missing = result.missing().stream().map(Table::item).collect(Collectors.joining());
    return "# Benchmark results\n\n"
        + machine(result)
        + rows(result.rows(), Row.TRAINER, baseline)
        + (missing.isEmpty() ? "" : "\n## Without a result\n\n" + missing);
  }

  /** Returns the verdicts on two sides, and the table of what either has measured. */
  static String of(Comparison comparison) {
    String verdicts = comparison.verdicts().stream().map(Table::item).collect(Collectors.joining());
    return "# A and B\n\nThe fastest of each side:\n\n"
        + verdicts
        + rows(comparison.rows(), Comparison.SIDE, "A")
        + "\n## A\n\n"
        + machine(comparison.a())
        + "\n## B\n\n"
        + machine(comparison.b());
  }

  /** Returns a file's name and machine block; of its backends the devices are enough here. */
  private static String machine(ResultFile file) {
    JsonNode machine = file.machine().deepCopy();
    if (machine instanceof ObjectNode block) {
      block.remove("backends");
      return file.name() + "\n\n```json\n" + block.toPrettyString() + "\n```\n";
    }
    return file.name() + ", which does not say on which machine it was measured\n";
  }

  /** Returns the rows, with their ratios to those that have the baseline as a parameter's value. */
  private static String rows(List<Row> rows, String parameter, String baseline) {
    List<List<String>> lines = new ArrayList<>();
    List<String> heads = new ArrayList<>(List.of("what"));
    heads.addAll(OWN_COLUMNS);
    heads.addAll(List.of("others", "median", "quartiles", "unit"));
    heads.addAll(List.of("against " + baseline, "of its ceiling", "note"));
    lines.add(heads);
    for (Row row : rows.stream().sorted(ORDER).toList()) {
      List<String> line = new ArrayList<>(List.of(row.benchmark()));
      OWN_COLUMNS.forEach(name -> line.add(row.param(name)));
      SortedMap<String, String> others = new TreeMap<>(row.params());
      others.keySet().removeAll(OWN_COLUMNS);
      others.values().remove("default");
      line.add(others.toString().replaceAll("[{}]", ""));
      line.add(number(row.median()));
      line.add(quartiles(row.samples()));
      line.add(row.unit());
      line.add(row.isSpeed() ? ratio(row, rows, parameter, baseline) : "");
      line.add(shareOfCeiling(row, rows));
      line.add(row.note());
      lines.add(line);
    }
    return "\n" + markdown(lines);
  }

  private static String quartiles(List<Double> samples) {
    return samples.size() < 2
        ? ""
        : number(Row.quantile(samples, 0.25)) + " - " + number(Row.quantile(samples, 0.75));
  }

  /**
   * Returns the ratio to the fastest of the baseline with the same benchmark, recipe, optimizer and
   * batch.
   */
  private static String ratio(Row row, List<Row> rows, String parameter, String baseline) {
    double fastest =
        rows.stream()
            .filter(other -> other.isSpeed() && other.param(parameter).equals(baseline))
            .filter(other -> other.title().equals(row.title()) && other.batch() == row.batch())
            .mapToDouble(Row::median)
            .max()
            .orElse(Double.NaN);
    return Double.isNaN(fastest) ? "" : number(row.median() / fastest);
  }

  /** Iterations of the same place were measured in turns: the median of their quotients. */
  private static String shareOfCeiling(Row row, List<Row> rows) {
    List<Double> shares = new ArrayList<>();
    for (Row ceiling : rows) {
      if (row.isCeiling()
          && !row.benchmark().equals(row.primary())
          && ceiling.benchmark().equals(row.primary())
          && ceiling.params().equals(row.params())) {
        for (int i = 0; i < Math.min(row.samples().size(), ceiling.samples().size()); i++) {
          shares.add(row.samples().get(i) / ceiling.samples().get(i));
        }
      }
    }
    return shares.isEmpty() ? "" : number(Row.quantile(shares, 0.5));
  }

  private static String item(String text) {
    return "- " + text.replaceAll("\\R", " ") + "\n";
  }

  /** Returns three significant digits, thousands apart: 101 000, 53.9 or 0.00123. */
  static String number(double value) {
    if (!Double.isFinite(value)) {
      return "-";
    }
    BigDecimal rounded = BigDecimal.valueOf(value).round(new MathContext(3));
    return Math.abs(value) < 100
        ? rounded.toPlainString()
        : String.format(Locale.ROOT, "%,.0f", rounded).replace(',', ' ');
  }

  /**
   * Returns a table whose source reads well, too: columns are padded, numbers stand right, and
   * columns without a cell are left out.
   *
   * @param lines the heads first; all of the same length
   */
  static String markdown(List<List<String>> lines) {
    int[] widths = new int[lines.get(0).size()]; // 0 for a column without a cell
    for (int i = 0; i < widths.length; i++) {
      int column = i;
      boolean empty = lines.stream().skip(1).allMatch(line -> line.get(column).isEmpty());
      int longest =
          lines.stream().mapToInt(line -> escaped(line.get(column)).length()).max().orElse(0);
      widths[i] = empty ? 0 : longest;
    }
    StringBuilder text = new StringBuilder();
    for (List<String> line : lines) {
      StringBuilder rule = new StringBuilder();
      for (int i = 0; i < widths.length; i++) {
        if (widths[i] > 0) {
          String cell = escaped(line.get(i));
          String side = cell.matches("[0-9. -]+") ? "" : "-";
          text.append(("| %" + side + widths[i] + "s ").formatted(cell));
          rule.append("|").append("-".repeat(widths[i] + 2));
        }
      }
      text.append("|\n").append(line == lines.get(0) ? rule + "|\n" : "");
    }
    return text.toString();
  }

  private static String escaped(String cell) {
    return cell.replaceAll("\\R", " ").replace("|", "\\|");
  }
}
