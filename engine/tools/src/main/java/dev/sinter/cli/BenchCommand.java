package dev.sinter.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Backends;
import dev.sinter.bench.Child;
import dev.sinter.cli.BenchReport.Cell;
import dev.sinter.errors.InputException;
import dev.sinter.errors.KnownNames;
import dev.sinter.errors.RunException;
import dev.sinter.io.AtomicFile;
import dev.sinter.recipes.Recipe;
import dev.sinter.report.Terminal;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CancellationException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code sinter bench}: how fast each backend trains each recipe on this machine, in about a
 * minute.
 */
@Command(
    name = "bench",
    description =
        "Measures how fast each backend trains each recipe here, in one to two minutes, on local MNIST or generated digits.",
    sortOptions = false)
final class BenchCommand extends Subcommand {
  private static final double MOST_SECONDS = 600;

  /** Time for what has no limit of its own: starting a JVM, loading natives and data, sizing. */
  private static final double PATIENCE_SECONDS = 120;

  @Option(
      names = "--backend",
      paramLabel = "NAME",
      split = ",",
      description = "Measure these alone, separated by commas. Default: all that can run.")
  private List<String> backends = List.of();

  @Option(
      names = "--recipe",
      paramLabel = "RECIPE",
      split = ",",
      description = "Measure these alone, separated by commas. Default: all.")
  private List<String> recipes = List.of();

  @Option(
      names = "--seconds",
      paramLabel = "X",
      description = "For each backend on each recipe. Default: ${DEFAULT-VALUE}.")
  private double seconds = 8;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description =
          "CPU threads; 0 lets the backend choose. reference always has one. Default: ${DEFAULT-VALUE}.")
  private int threads;

  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "The folder that holds mnist/ with the four IDX files. Default: $SINTER_DATA, then caches, then generated digits.")
  private Path dataDir;

  @Option(
      names = "--json",
      paramLabel = "FILE",
      description = "Write the results as one JSON object.")
  private Path json;

  @Override
  void run() {
    BackendOptions.DEFAULT.threads(threads); // checks the count
    if (!(seconds >= 0.1 && seconds <= MOST_SECONDS)) {
      throw InputException.of(
          "--seconds", "0.1 to " + (int) MOST_SECONDS, seconds, "Correct the value");
    }
    List<Recipe> measured =
        recipes.isEmpty()
            ? Recipe.ALL.stream().filter(each -> !each.isLarge()).toList()
            : recipes.stream().distinct().map(Recipe::of).toList();
    List<String> names = measured.stream().map(Recipe::name).toList();
    if (json != null) {
      AtomicFile.check(json);
    }
    List<Backends.Candidate> candidates = Backends.survey();
    List<Backends.Candidate> chosen = chosen(candidates);

    PrintWriter out = out();
    List<Cell> cells = new ArrayList<>();
    String data = "";
    Progress progress =
        new Progress(out, chosen.size() * names.size(), seconds, Terminal.detect().live());
    for (Backends.Candidate candidate : chosen) {
      String found = measure(candidate.name(), names, cells, progress);
      data = found.isEmpty() ? data : found;
    }
    progress.clear();
    BenchReport report = new BenchReport(data, seconds, candidates, names, cells);
    report.print(out);
    out.flush();
    if (json != null) {
      AtomicFile.write(json, Json.content(report.toJson()));
    }
    int good = cells.size() - report.problems().size();
    if (good < cells.size()) {
      throw new RunException(
          "bench: expected %s figures that hold, received %s; the lines under the table say why."
              .formatted(cells.size(), good));
    }
  }

  /** Returns the backends to measure: those named, which must be able to run, or all that can. */
  private List<Backends.Candidate> chosen(List<Backends.Candidate> candidates) {
    KnownNames<Backends.Candidate> known =
        KnownNames.of("--backend", candidates, Backends.Candidate::name);
    List<Backends.Candidate> wanted = backends.stream().map(known::get).toList();
    wanted.forEach(each -> each.probe().requireUsable(each.name()));
    return candidates.stream()
        .filter(each -> wanted.isEmpty() || wanted.contains(each))
        .filter(each -> each.probe().usable())
        .toList();
  }

  /** Measures one backend in a JVM of its own; returns what it trained on. */
  private String measure(String backend, List<String> names, List<Cell> cells, Progress progress) {
    int count = backend.equals("reference") ? 0 : threads;
    double patience = PATIENCE_SECONDS + 4 * seconds;
    String data = "";
    int done = 0;
    try (Child child = BenchChild.start(backend, count, seconds, dataDir, names)) {
      progress.show(backend, names.get(0), cells.size());
      data = next(child, patience).path("data").asText();
      for (; done < names.size(); done++) {
        progress.show(backend, names.get(done), cells.size());
        cells.add(Json.to(Cell.class, next(child, patience)));
      }
    } catch (CancellationException interrupted) {
      throw new RunException("bench: interrupted, nothing was written", interrupted);
    } catch (RunException problem) { // the rest of this backend is lost, the others are not
      for (; done < names.size(); done++) {
        cells.add(Cell.failed(backend, names.get(done), problem.getMessage()));
      }
    }
    return data;
  }

  /**
   * Waits for a child's next message.
   *
   * @throws RunException when the child ends without one, or is silent for so long
   * @throws InputException when the child says that the user can mend something
   */
  static JsonNode next(Child child, double withinSeconds) {
    while (true) {
      Optional<String> line = child.line(withinSeconds);
      if (line.isEmpty()) {
        String said = child.lastError().isEmpty() ? "" : ": " + child.lastError();
        throw new RunException("the JVM ended early, exit code " + child.await(0).exit() + said);
      }
      int mark = line.get().indexOf(BenchChild.MARK);
      JsonNode message =
          mark < 0 ? null : Json.parse(line.get().substring(mark + BenchChild.MARK.length()));
      if (message != null && message.has("error")) {
        String text = message.get("error").asText();
        throw message.path("exit_code").asInt() == Main.USAGE
            ? new InputException(text)
            : new RunException(text);
      } else if (message != null) {
        return message;
      }
    }
  }

  /** One line on a terminal that says what is being measured; nothing elsewhere. */
  static final class Progress {
    private final PrintWriter out;
    private final int cells;
    private final double secondsPerCell;
    private final boolean visible;
    private int length;

    Progress(PrintWriter out, int cells, double secondsPerCell, boolean visible) {
      this.out = out;
      this.cells = cells;
      this.secondsPerCell = secondsPerCell;
      this.visible = visible;
    }

    void show(String backend, String recipe, int done) {
      String text = "%s, %s: %d of %d, about %.0f s left";
      double left = Math.ceil((cells - done) * (secondsPerCell * 1.1 + 1));
      replace(String.format(Locale.ROOT, text, backend, recipe, done + 1, cells, left));
    }

    void clear() {
      replace("");
      if (visible) {
        out.print("\r");
        out.flush();
      }
    }

    private void replace(String text) {
      if (visible) {
        out.print("\r" + text + " ".repeat(Math.max(0, length - text.length())));
        out.flush();
        length = text.length();
      }
    }
  }
}
