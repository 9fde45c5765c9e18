package dev.sinter.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.backend.Backends;
import dev.sinter.bench.Machine;
import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What {@code sinter bench} came to.
 *
 * @param data one line: what was trained on; empty where nothing was
 * @param secondsPerCell what was asked for
 * @param candidates all backends, best first
 * @param recipes those measured, by name
 * @param cells in the order measured
 */
record BenchReport(
    String data,
    double secondsPerCell,
    List<Backends.Candidate> candidates,
    List<String> recipes,
    List<Cell> cells) {

  /**
   * How fast one backend trains one recipe.
   *
   * @param threads CPU threads in use
   * @param samples of an epoch: all the recipe has, or as many as fit the time
   * @param epochs timed
   * @param samplesPerSecond the median of the timed epochs; 0 if there was a problem before them
   * @param slowest samples per second of the slowest epoch
   * @param fastest samples per second of the fastest epoch
   * @param firstLoss mean of the first epoch of the warm-up
   * @param lastLoss mean of the last epoch of the warm-up's first training
   * @param problem why the figures are missing or not to be trusted; empty if they are good
   */
  record Cell(
      String backend,
      String recipe,
      int threads,
      int samples,
      int epochs,
      double samplesPerSecond,
      double slowest,
      double fastest,
      double firstLoss,
      double lastLoss,
      String problem) {

    static Cell failed(String backend, String recipe, String problem) {
      return new Cell(backend, recipe, 0, 0, 0, 0, 0, 0, 0, 0, problem);
    }

    boolean good() {
      return problem.isEmpty();
    }
  }

  void print(PrintWriter out) {
    out.println(
        "samples per second of training, the median of the epochs; %s, %s cores, %s"
            .formatted(Machine.system(), Machine.cores(), InfoReport.java()));
    if (!data.isEmpty()) {
      out.println(data);
    }
    out.println();
    table(out);
    out.println();
    for (Cell cell : problems()) {
      out.println(cell.backend() + ", " + cell.recipe() + ": " + cell.problem());
    }
    out.println(verdict());
  }

  private void table(PrintWriter out) {
    StringBuilder head = new StringBuilder(String.format("%-10s %7s", "backend", "threads"));
    recipes.forEach(recipe -> head.append(String.format(" %14s", recipe)));
    out.println(head);
    for (Backends.Candidate candidate : candidates) {
      List<Cell> row = cells(candidate.name());
      if (!row.isEmpty()) {
        StringBuilder line = new StringBuilder();
        int threads = row.stream().mapToInt(Cell::threads).max().getAsInt();
        line.append(String.format("%-10s %7s", candidate.name(), threads > 0 ? threads : "-"));
        row.forEach(cell -> line.append(String.format(" %14s", figure(cell))));
        out.println(line);
      } else if (!candidate.probe().usable()) {
        out.printf("%-10s %7s %s%n", candidate.name(), "-", candidate.probe().detail());
      }
    }
  }

  private static String figure(Cell cell) {
    if (cell.samplesPerSecond() == 0) {
      return "failed";
    }
    return String.format(Locale.ROOT, "%,.0f", cell.samplesPerSecond()) + (cell.good() ? "" : "!");
  }

  private List<Cell> cells(String backend) {
    return cells.stream().filter(cell -> cell.backend().equals(backend)).toList();
  }

  /** Returns the cells whose figures are missing or not to be trusted. */
  List<Cell> problems() {
    return cells.stream().filter(cell -> !cell.good()).toList();
  }

  /** Returns the backend that auto takes. */
  Optional<String> automatic() {
    return InfoReport.best(candidates);
  }

  /** Returns the cells that were faster than those of the backend that auto takes. */
  List<Cell> fasterThanAutomatic() {
    List<Cell> faster = new ArrayList<>();
    for (Cell own : cells(automatic().orElse(""))) {
      cells.stream()
          .filter(cell -> cell.good() && own.good() && cell.recipe().equals(own.recipe()))
          .max(Comparator.comparingDouble(Cell::samplesPerSecond))
          .filter(best -> !best.backend().equals(own.backend()))
          .ifPresent(faster::add);
    }
    return faster;
  }

  /** Says which backend auto takes, and whether that was the fastest. */
  String verdict() {
    String name = automatic().orElse("nothing");
    List<Cell> own = cells(name);
    long others = cells.stream().filter(cell -> !cell.backend().equals(name)).count();
    if (own.stream().noneMatch(Cell::good)) {
      return "auto takes " + name + ", which has no figures here";
    }
    if (others == 0) {
      return "auto takes " + name + "; no other backend was measured";
    }
    List<Cell> faster = fasterThanAutomatic();
    if (faster.isEmpty()) {
      return "auto takes " + name + ", the fastest here on each recipe";
    }
    List<String> parts = new ArrayList<>();
    for (Cell best : faster) {
      String times = "%s was %.2f times as fast on %s";
      double ratio = best.samplesPerSecond() / rate(own, best.recipe());
      parts.add(String.format(Locale.ROOT, times, best.backend(), ratio, best.recipe()));
    }
    return "auto takes " + name + ", but " + String.join(", ", parts) + ": --backend chooses";
  }

  private static double rate(List<Cell> row, String recipe) {
    return row.stream()
        .filter(cell -> cell.recipe().equals(recipe))
        .mapToDouble(Cell::samplesPerSecond)
        .findFirst()
        .orElseThrow();
  }

  ObjectNode toJson() {
    ObjectNode json = Json.object();
    json.put("system", Machine.system());
    json.put("java", InfoReport.java());
    json.put("cores", Machine.cores());
    json.put("data", data);
    json.put("seconds_per_cell", secondsPerCell);
    json.put("auto", automatic().orElse(null));
    json.put(
        "auto_is_fastest",
        cells(automatic().orElse("")).stream().anyMatch(Cell::good)
            && fasterThanAutomatic().isEmpty());
    ArrayNode array = json.putArray("cells");
    cells.forEach(cell -> array.add(Json.<JsonNode>of(cell)));
    ArrayNode unavailable = json.putArray("unavailable");
    for (Backends.Candidate candidate : candidates) {
      if (!candidate.probe().usable()) {
        String reason = candidate.probe().detail();
        unavailable.addObject().put("backend", candidate.name()).put("reason", reason);
      }
    }
    return json;
  }
}
