package dev.sinter.benchmarks.report;

import dev.sinter.errors.InputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Two result files side by side, A and B.
 *
 * @param common rows that both have
 * @param onlyA rows that A alone has
 * @param onlyB rows that B alone has
 * @param races each benchmark and network on both machines, whoever trains there
 * @param gpu the CPU of one beside the GPU of the other
 */
record Comparison(
    ResultFile a,
    ResultFile b,
    List<Pair> common,
    List<Row> onlyA,
    List<Row> onlyB,
    List<Race> races,
    GpuComparison gpu) {

  /** The same measurement in both files. */
  record Pair(Row a, Row b) {}

  /**
   * The fastest trainer and thread count of each machine, at the batch sizes that both measured.
   *
   * @param title benchmark, recipe, and optimizer where one was named
   */
  record Race(String title, SortedMap<Integer, Pair> batches) {
    /**
     * Returns the smallest batch size from which on B is faster at every size that was measured; 0
     * where it is slower at the largest.
     */
    int winsFrom() {
      int from = 0;
      for (Map.Entry<Integer, Pair> batch : batches.entrySet()) {
        boolean wins = speed(batch.getValue().b) > speed(batch.getValue().a);
        from = wins ? (from == 0 ? batch.getKey() : from) : 0;
      }
      return from;
    }

    /** Says from which batch size B wins, and by how much. */
    String verdict() {
      int from = winsFrom();
      if (from == 0) {
        Pair last = batches.get(batches.lastKey());
        return "B is not faster at the largest batch size, "
            + batches.lastKey()
            + ": "
            + Numbers.ratio(speed(last.b), speed(last.a))
            + " of A's speed";
      }
      String where =
          batches.size() == 1
              ? "B is faster at batch size " + from + ", the only one"
              : from == batches.firstKey()
                  ? "B is faster at every batch size"
                  : "B is faster from batch size " + from + " on";
      List<String> factors = new ArrayList<>();
      for (int batch : batches.tailMap(from).keySet()) {
        if (batch == from || batch == batches.lastKey()) {
          Pair pair = batches.get(batch);
          factors.add(Numbers.ratio(speed(pair.b), speed(pair.a)) + " times at " + batch);
        }
      }
      return where + " (" + String.join(", ", factors) + ")";
    }
  }

  /**
   * Compares two files.
   *
   * @throws InputException when they have nothing in common
   */
  static Comparison of(ResultFile a, ResultFile b) {
    Map<Row.Key, Row> rowsOfB = byKey(b);
    Map<Row.Key, Row> rowsOfA = byKey(a);
    List<Pair> common = new ArrayList<>();
    for (Row row : a.rows()) {
      Row other = rowsOfB.get(row.key());
      if (other != null) {
        common.add(new Pair(row, other));
      }
    }
    List<Race> races = races(a, b);
    if (common.isEmpty() && races.isEmpty()) {
      throw InputException.of(
          "compare " + a.name() + " " + b.name(),
          "two results with a benchmark, recipe and batch size in common",
          summary(a) + " against " + summary(b),
          "Measure both in the same way, with scripts/bench quick for example");
    }
    return new Comparison(
        a,
        b,
        common,
        a.rows().stream().filter(row -> !rowsOfB.containsKey(row.key())).toList(),
        b.rows().stream().filter(row -> !rowsOfA.containsKey(row.key())).toList(),
        races,
        GpuComparison.of(a, b));
  }

  private static Map<Row.Key, Row> byKey(ResultFile file) {
    return file.rows().stream().collect(Collectors.toMap(Row::key, Function.identity()));
  }

  private static String summary(ResultFile file) {
    List<String> names =
        file.rows().stream().map(ResultChart::panelTitle).distinct().limit(4).toList();
    return file.rows().size()
        + " rows"
        + (names.isEmpty() ? "" : " of " + String.join("; ", names));
  }

  private static List<Race> races(ResultFile a, ResultFile b) {
    Map<String, SortedMap<Integer, Row>> fastestA = fastest(a, row -> true);
    Map<String, SortedMap<Integer, Row>> fastestB = fastest(b, row -> true);
    List<Race> races = new ArrayList<>();
    fastestA.forEach(
        (title, rows) -> {
          SortedMap<Integer, Row> others = fastestB.getOrDefault(title, new TreeMap<>());
          SortedMap<Integer, Pair> batches = new TreeMap<>();
          rows.forEach(
              (batch, row) -> {
                if (others.containsKey(batch)) {
                  batches.put(batch, new Pair(row, others.get(batch)));
                }
              });
          if (!batches.isEmpty()) {
            races.add(new Race(title, batches));
          }
        });
    return races;
  }

  /**
   * Returns the fastest of some rows a batch size, of each race; ceilings and secondary metrics
   * take no part.
   */
  static Map<String, SortedMap<Integer, Row>> fastest(ResultFile file, Predicate<Row> who) {
    Map<String, SortedMap<Integer, Row>> fastest = new LinkedHashMap<>();
    for (Row row : ResultChart.speeds(file)) {
      if (row.batch() > 0 && !row.isCeiling() && row.metric().isEmpty() && who.test(row)) {
        String optimizer = ResultTable.optimizer(row);
        String title =
            row.benchmark()
                + ", "
                + row.param(Row.RECIPE)
                + (optimizer.isEmpty() ? "" : ", " + optimizer);
        fastest
            .computeIfAbsent(title, key -> new TreeMap<>())
            .merge(row.batch(), row, (old, now) -> speed(now) > speed(old) ? now : old);
      }
    }
    return fastest;
  }

  static double speed(Row row) {
    return row.spread().median();
  }
}
