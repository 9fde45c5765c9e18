package dev.sinter.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.errors.RunException;
import dev.sinter.errors.SinterException;
import dev.sinter.io.AtomicFile;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.StreamSupport;

/**
 * Carries a plan out. After each part the results so far are written, so that whoever interrupts a
 * long run keeps them.
 */
final class Measurement {
  private final Path root;
  private final Path folder;
  private final Path log;
  private final PrintWriter text;
  private final JsonNode backends;

  private final ArrayNode results = ResultFile.newArray();
  private final List<ColdRow> cold = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();
  private int lost; // of what was planned
  private ObjectNode machine; // null until run

  /**
   * Prepares a measurement.
   *
   * @param folder that exists
   * @param backends what {@code sinter info --json} said
   */
  Measurement(Path root, Path folder, PrintWriter text, JsonNode backends) {
    this.root = root;
    this.folder = folder;
    this.text = text;
    this.log = folder.resolve("log.txt");
    this.backends = backends;
  }

  /** Notes in the results which trainers of this build were not planned, and why. */
  Measurement leaveOut(List<String> lines) {
    missing.addAll(lines);
    return this;
  }

  /** Measures; returns the exit code: 1 where something planned has no result. */
  int run(Plan plan, boolean peers, String baseline) {
    long start = System.nanoTime();
    List<String> trainers = plan.runs().stream().map(JmhRun::trainer).distinct().toList();
    machine = Machine.describe(root, trainers, backends, log);
    for (String trainer : plan.cold()) {
      cold(plan, trainer);
    }
    List<JmhRun> runs = plan.runs().stream().flatMap(run -> run.parts().stream()).toList();
    for (int i = 0; i < runs.size(); i++) {
      text.printf(Locale.ROOT, "%d/%d %s%n", i + 1, runs.size(), runs.get(i).label());
      text.flush();
      jmh(runs.get(i));
      write();
    }
    if (peers) {
      python(plan);
    }
    write();
    text.println();
    text.print(Outcome.write(ResultFile.read(resultFile()), folder, baseline));
    int seconds = (int) ((System.nanoTime() - start) / 1_000_000_000);
    text.printf(
        "%nWritten after %s: result.json, table.md, chart.png and log.txt in %s%n",
        Plan.time(seconds), folder);
    text.flush();
    return lost == 0 ? 0 : 1;
  }

  private void cold(Plan plan, String trainer) {
    ColdStart start = new ColdStart(root, log);
    try {
      add(start.firstStep(Plan.COLD_RECIPE, trainer, plan.repeats()));
      if (plan.takesAccuracy(trainer)) {
        add(start.accuracy(Plan.COLD_RECIPE, trainer, plan.accuracyRepeats(trainer)));
      }
    } catch (RunException failure) {
      lost(failure.getMessage());
    }
    write();
  }

  private void add(ColdRow row) {
    cold.add(row);
    text.printf("%s, %s: %s%n", row.kind(), row.trainer(), ResultTable.seconds(row));
    text.flush();
  }

  private void lost(String what) {
    missing.add(what);
    lost++;
    text.println("no result: " + what);
    text.flush();
  }

  private void jmh(JmhRun run) {
    Path part = folder.resolve("jmh-part.json");
    List<String> command = ChildProcess.java(root, run.trainer());
    command.add("org.openjdk.jmh.Main");
    command.addAll(run.arguments());
    command.addAll(List.of("-rff", part.toString()));
    long limit = 300 + 10L * run.estimateSeconds();
    collect(run.label(), command, run.trainer(), limit, part);
    run.missing(results).forEach(this::lost);
  }

  /** PyTorch and NumPy, where python3 has them, on the samples that the others train on. */
  private void python(Plan plan) {
    String has = Machine.python(log);
    if (has.isEmpty()) {
      text.println("python3 has neither NumPy nor PyTorch: left out");
      return;
    }
    machine.withObject("/libraries").put("python3's", has);
    text.println("peers.py: " + has);
    Path part = folder.resolve("peers-part.json");
    Path data = folder.resolve("samples");
    for (String recipe : plan.recipes()) {
      text.println(recipe);
      text.flush();
      List<String> export = ChildProcess.java(root, "python");
      export.addAll(List.of("dev.sinter.benchmarks.ExportData", recipe, data.toString()));
      List<String> command =
          new ArrayList<>(List.of("python3", root + "/benchmarks/peers/peers.py"));
      command.addAll(plan.pythonArguments(recipe));
      command.addAll(List.of("--data", data.toString(), "--out", part.toString()));
      try {
        if (ChildProcess.run(export, "python", log, 300, null) == 0) {
          collect("peers.py, " + recipe, command, "python", 3600, part);
        } else {
          lost("peers.py, " + recipe + ": see " + log);
        }
      } finally {
        delete(data);
      }
      write();
    }
  }

  private static void delete(Path folder) {
    File[] files = folder.toFile().listFiles();
    for (File file : files == null ? new File[0] : files) {
      file.delete();
    }
    folder.toFile().delete();
  }

  /** Runs a command that writes JMH's JSON, and takes its entries over as they are. */
  private void collect(
      String label, List<String> command, String trainer, long limitSeconds, Path part) {
    try {
      int before = results.size();
      ChildProcess.run(command, trainer, log, limitSeconds, null);
      if (Files.exists(part) && Files.size(part) > 0) {
        JsonNode list = ResultFile.json(part);
        ResultFile.parse(label, list).rows().forEach(this::print);
        results.addAll(StreamSupport.stream(list.spliterator(), false).toList());
      }
      if (results.size() == before && trainer.equals("python")) {
        lost(label + ": see " + log);
      }
    } catch (SinterException failure) {
      lost(label + ": " + failure.getMessage());
    } catch (IOException unreadable) {
      lost(label + ": " + unreadable);
    } finally {
      part.toFile().delete();
    }
  }

  private void print(Row row) {
    if (row.isSpeed()) {
      text.printf("    %s: %s samples/s%n", row.label(), Numbers.of(row.spread().median()));
      text.flush();
    }
  }

  private void write() {
    AtomicFile.write(
        resultFile(), ResultFile.content(ResultFile.json(machine, results, cold, missing)));
  }

  private Path resultFile() {
    return folder.resolve("result.json");
  }
}
