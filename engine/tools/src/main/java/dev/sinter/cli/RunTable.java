package dev.sinter.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.report.BoxTable;
import dev.sinter.report.Numbers;
import dev.sinter.report.Terminal;
import dev.sinter.runs.Run;
import dev.sinter.runs.RunFolder;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.function.DoubleFunction;
import java.util.stream.IntStream;

/** A list of runs, as a table or as JSON. */
final class RunTable {
  private static final List<String> TITLES =
      List.of(
          "name,recipe,status,backend,epochs,samples/s,test loss,test accuracy,started,duration"
              .split(","));

  /** The first right-aligned column; name, recipe, status and backend are texts. */
  private static final int FIRST_NUMBER = 4;

  private static final String NONE = "-";
  private static final DateTimeFormatter LOCAL =
      DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm", Locale.ROOT);

  private RunTable() {}

  /** Returns one row per run; if the terminal is too narrow, two columns share one. */
  static List<String> lines(List<Run> runs, Terminal terminal, Instant now) {
    List<List<String>> rows = runs.stream().map(run -> cells(run, now)).toList();
    if (BoxTable.naturalWidth(TITLES, rows) <= terminal.columns()) {
      return BoxTable.fitting(terminal, TITLES, rows, FIRST_NUMBER);
    }
    List<List<String>> paired = BoxTable.ruled(rows.stream().map(RunTable::inPairs).toList());
    return BoxTable.fitting(terminal, inPairs(TITLES), paired, FIRST_NUMBER / 2);
  }

  private static List<String> inPairs(List<String> row) {
    return IntStream.range(0, row.size() / 2)
        .mapToObj(i -> row.get(2 * i) + "\n" + row.get(2 * i + 1))
        .toList();
  }

  private static List<String> cells(Run run, Instant now) {
    int planned = run.epochsPlanned();
    boolean all = run.epochsTrained() == planned;
    return List.of(
        Names.printable(run.name()),
        Names.printable(run.recipe()),
        run.statusText(now),
        run.backend().isEmpty() ? NONE : Names.printable(run.backend()),
        all ? "" + planned : run.epochsTrained() + "/" + planned,
        number(run.result("samples_per_second"), value -> Numbers.count(Math.round(value))),
        number(run.result("test_loss"), Numbers::metric),
        number(run.result("test_accuracy"), Numbers::metric),
        LOCAL.format(run.started().atZone(ZoneId.systemDefault())),
        duration(run.duration()));
  }

  private static String number(double value, DoubleFunction<String> format) {
    return Double.isNaN(value) ? NONE : format.apply(value);
  }

  /** Returns "4.6 s", "1:05 min", "2:00:05 h". */
  static String duration(Duration duration) {
    if (duration.toMinutes() < 1) {
      return String.format(Locale.ROOT, "%.1f s", duration.toMillis() / 1e3);
    }
    long hours = duration.toHours();
    int minutes = duration.toMinutesPart();
    int seconds = duration.toSecondsPart();
    return hours < 1
        ? String.format(Locale.ROOT, "%d:%02d min", minutes, seconds)
        : String.format(Locale.ROOT, "%d:%02d:%02d h", hours, minutes, seconds);
  }

  static ObjectNode toJson(RunFolder.Listing listing) {
    ObjectNode json = Json.object();
    ArrayNode runs = json.putArray("runs");
    listing.runs().forEach(run -> runs.add(toJson(run)));
    ArrayNode unreadable = json.putArray("unreadable");
    for (RunFolder.Unreadable each : listing.unreadable()) {
      unreadable.addObject().put("folder", "" + each.folder()).put("reason", each.reason());
    }
    return json;
  }

  /** Returns the content of the table for one run; missing numbers are null. */
  static ObjectNode toJson(Run run) {
    ObjectNode json = Json.object();
    json.put("folder", run.folder().toString());
    json.put("name", run.name());
    json.put("status", run.status().toString());
    json.put("reason", run.reason());
    boolean interrupted = run.status() == Run.Status.INTERRUPTED;
    json.put("resume", interrupted ? run.resumeCommand() : null);
    json.put("recipe", run.recipe());
    json.put("backend", run.backend());
    json.put("epochs", run.epochsPlanned());
    json.put("epochs_trained", run.epochsTrained());
    for (String field : List.of("test_loss", "test_accuracy", "samples_per_second")) {
      double value = run.result(field);
      json.put(field, Double.isFinite(value) ? (Double) value : null);
    }
    json.put("started", run.started().toString());
    json.put("changed", run.changed().toString());
    json.put("duration_seconds", run.duration().toMillis() / 1e3);
    return json;
  }
}
