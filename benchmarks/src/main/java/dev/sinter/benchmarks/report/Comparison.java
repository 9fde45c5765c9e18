package dev.sinter.benchmarks.report;

import dev.sinter.errors.InputException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Two sides, A and B: two result files, or trainers of one.
 *
 * @param pairs each measurement, with null for the side that lacks it
 * @param races by what trainers compete in
 */
record Comparison(ResultFile a, ResultFile b, List<Pair> pairs, Map<String, Race> races) {

  /** The same measurement on both sides. */
  record Pair(Row a, Row b) {
    Row any() {
      return a == null ? b : a;
    }

    /** Returns how many times as fast B is; of seconds, how many times as long it takes. */
    double ratio() {
      return a == null || b == null ? Double.NaN : b.median() / a.median();
    }
  }

  /** The fastest of each side, by the batch sizes that both measured. */
  record Race(SortedMap<Integer, Pair> batches) {
    /**
     * Returns the smallest batch size from which on B is faster at every size that was measured; 0
     * if it is slower at the largest.
     */
    int winsFrom() {
      int from = 0;
      for (Map.Entry<Integer, Pair> batch : batches.entrySet()) {
        from = batch.getValue().ratio() > 1 ? (from == 0 ? batch.getKey() : from) : 0;
      }
      return from;
    }

    /** Says from which batch size B is faster. */
    String winner() {
      int from = winsFrom();
      return from == 0
          ? "B is not faster at the largest"
          : from == batches.firstKey() ? "B is faster at each" : "B is faster from " + from + " on";
    }

    /** Says so with the factors at the first and the last of these batch sizes. */
    String verdict() {
      int first = winsFrom() == 0 ? batches.lastKey() : winsFrom();
      return batches.tailMap(first).keySet().stream()
          .filter(batch -> batch == first || batch.equals(batches.lastKey()))
          .map(batch -> Table.number(batches.get(batch).ratio()) + " times at " + batch)
          .collect(Collectors.joining(", ", "of the batch sizes, " + winner() + " (", ")"));
    }
  }

  /**
   * Compares two sides.
   *
   * @param trainersOfA those that count; empty for all, of which float32 races
   * @param trainersOfB likewise
   * @throws InputException when they have nothing in common
   */
  static Comparison of(
      ResultFile a, List<String> trainersOfA, ResultFile b, List<String> trainersOfB) {
    Map<Row.Key, Row> rowsOfA = rows(a, trainersOfA);
    Map<Row.Key, Row> rowsOfB = rows(b, trainersOfB);
    List<Pair> pairs = new ArrayList<>();
    rowsOfA.forEach((key, row) -> pairs.add(new Pair(row, rowsOfB.get(key))));
    rowsOfB.forEach((key, row) -> addAlone(pairs, rowsOfA.get(key), row));
    Map<String, Race> races = races(rowsOfA, trainersOfA, rowsOfB, trainersOfB);
    boolean common = pairs.stream().anyMatch(pair -> pair.a != null && pair.b != null);
    if (races.isEmpty() && !common) {
      throw InputException.of(
          "compare " + a.name() + " " + b.name(),
          "two sides with a benchmark, recipe and batch size in common",
          summary(rowsOfA) + " against " + summary(rowsOfB),
          "Measure both in the same way, with scripts/bench quick for example");
    }
    return new Comparison(a, b, pairs, races);
  }

  private static void addAlone(List<Pair> pairs, Row a, Row b) {
    if (a == null) {
      pairs.add(new Pair(null, b));
    }
  }

  private static Map<Row.Key, Row> rows(ResultFile file, List<String> trainers) {
    Map<Row.Key, Row> rows = new LinkedHashMap<>();
    for (Row row : file.rows()) {
      if (trainers.isEmpty() || trainers.contains(row.trainer())) {
        rows.put(row.key(), row);
      }
    }
    return rows;
  }

  private static String summary(Map<Row.Key, Row> rows) {
    String titles =
        rows.values().stream()
            .map(Row::title)
            .distinct()
            .limit(4)
            .collect(Collectors.joining("; "));
    return rows.size() + " rows" + (titles.isEmpty() ? "" : " of " + titles);
  }

  private static Map<String, Race> races(
      Map<Row.Key, Row> a,
      List<String> trainersOfA,
      Map<Row.Key, Row> b,
      List<String> trainersOfB) {
    Map<String, SortedMap<Integer, Row>> fastestOfB = fastest(b, trainersOfB);
    Map<String, Race> races = new LinkedHashMap<>();
    fastest(a, trainersOfA)
        .forEach(
            (title, rows) -> {
              SortedMap<Integer, Row> others = fastestOfB.getOrDefault(title, new TreeMap<>());
              SortedMap<Integer, Pair> batches = new TreeMap<>();
              rows.keySet().retainAll(others.keySet());
              rows.forEach((batch, row) -> batches.put(batch, new Pair(row, others.get(batch))));
              if (!batches.isEmpty()) {
                races.put(title, new Race(batches));
              }
            });
    return races;
  }

  /** Returns the fastest row at each batch size; ceilings and secondary metrics take no part. */
  private static Map<String, SortedMap<Integer, Row>> fastest(
      Map<Row.Key, Row> rows, List<String> trainers) {
    Map<String, SortedMap<Integer, Row>> fastest = new LinkedHashMap<>();
    for (Row row : rows.values()) {
      boolean races = !trainers.isEmpty() || row.precision().equals("float32");
      boolean primary = !row.isCeiling() && row.benchmark().equals(row.primary());
      if (races && primary && row.isSpeed() && row.number(Row.BATCH) > 0) {
        fastest
            .computeIfAbsent(row.title(), key -> new TreeMap<>())
            .merge(row.number(Row.BATCH), row, (x, y) -> y.median() > x.median() ? y : x);
      }
    }
    return fastest;
  }
}
