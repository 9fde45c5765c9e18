package dev.sinter.benchmarks.report;

import dev.sinter.backend.Precision;
import dev.sinter.benchmarks.SinterTrainer;
import dev.sinter.errors.InputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Two sides, A and B: two result files, or trainers of one.
 *
 * @param rows of both, with the parameter {@link #SIDE}
 * @param verdicts a line for each network and benchmark: from which batch size on B is faster
 */
record Comparison(ResultFile a, ResultFile b, List<Row> rows, List<String> verdicts) {
  static final String SIDE = "side";

  /**
   * Compares two sides.
   *
   * @param trainersOfA those that count; empty for all, of which float32 races
   * @param trainersOfB likewise
   * @throws InputException when they have nothing in common
   */
  static Comparison of(
      ResultFile a, List<String> trainersOfA, ResultFile b, List<String> trainersOfB) {
    List<Row> rowsOfA = rows(a, trainersOfA, "A");
    List<Row> rowsOfB = rows(b, trainersOfB, "B");
    Map<String, SortedMap<Integer, Double>> speedsOfA = fastest(rowsOfA, trainersOfA);
    Map<String, SortedMap<Integer, Double>> speedsOfB = fastest(rowsOfB, trainersOfB);
    List<String> verdicts = new ArrayList<>();
    speedsOfA.forEach(
        (title, speeds) -> {
          SortedMap<Integer, Double> ratios = speedsOfB.getOrDefault(title, new TreeMap<>());
          ratios.keySet().retainAll(speeds.keySet());
          ratios.replaceAll((batch, speed) -> speed / speeds.get(batch));
          if (!ratios.isEmpty()) {
            verdicts.add(title + ": of the batch sizes, " + verdict(ratios));
          }
        });
    if (verdicts.isEmpty()) {
      throw InputException.of(
          "compare " + a.name() + " " + b.name(),
          "two sides with a benchmark, recipe and batch size in common",
          rowsOfA.size() + " rows and " + rowsOfB.size() + " without one",
          "Measure both in the same way, with scripts/bench quick for example");
    }
    List<Row> rows = new ArrayList<>(rowsOfA);
    rows.addAll(rowsOfB);
    return new Comparison(a, b, rows, verdicts);
  }

  private static List<Row> rows(ResultFile file, List<String> trainers, String side) {
    return file.rows().stream()
        .filter(row -> trainers.isEmpty() || trainers.contains(row.trainer()))
        .map(row -> row.with(SIDE, side))
        .toList();
  }

  /** Returns the speed of the fastest trainer, by what they compete in and batch size. */
  private static Map<String, SortedMap<Integer, Double>> fastest(
      List<Row> rows, List<String> trainers) {
    Map<String, SortedMap<Integer, Double>> fastest = new LinkedHashMap<>();
    for (Row row : rows) {
      Precision precision = SinterTrainer.of(row.trainer()).precision();
      if (row.isSpeed() && (!trainers.isEmpty() || precision == Precision.FLOAT32)) {
        fastest
            .computeIfAbsent(row.title(), title -> new TreeMap<>())
            .merge(row.batch(), row.median(), Math::max);
      }
    }
    return fastest;
  }

  /** Says from which batch size on B is faster at every size, and how much there and at the end. */
  private static String verdict(SortedMap<Integer, Double> ratios) {
    int last = ratios.lastKey();
    int from = 0;
    for (Map.Entry<Integer, Double> ratio : ratios.entrySet()) {
      from = ratio.getValue() <= 1 ? 0 : from == 0 ? ratio.getKey() : from;
    }
    String factor = Table.number(ratios.get(last)) + " times at " + last;
    if (from == 0) {
      return "B is not faster at the largest (" + factor + ")";
    }
    String first = from == last ? "" : Table.number(ratios.get(from)) + " times at " + from + ", ";
    String where = from == ratios.firstKey() ? "at each" : "from " + from + " on";
    return "B is faster " + where + " (" + first + factor + ")";
  }
}
