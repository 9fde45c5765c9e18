package dev.sinter.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.bench.Child;
import dev.sinter.bench.Command;
import dev.sinter.errors.SinterException;
import dev.sinter.io.AtomicFile;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Carries a plan out. After each part the results so far are written, so that whoever interrupts a
 * long run keeps them.
 */
final class Measurement {
  private final Path folder;
  private final Path log;
  private final PrintWriter text;
  private final ObjectNode machine;
  private final ArrayNode results = ResultFile.MAPPER.createArrayNode();
  private final ArrayNode cold = ResultFile.MAPPER.createArrayNode();
  private final List<String> missing;
  private int lost; // of what was planned

  /**
   * Prepares a measurement.
   *
   * @param folder that exists
   * @param leftOut trainers that were not planned, with the reason
   */
  Measurement(Path folder, PrintWriter text, ObjectNode machine, List<String> leftOut) {
    this.folder = folder;
    this.text = text;
    this.log = folder.resolve("log.txt");
    this.machine = machine;
    this.missing = new ArrayList<>(leftOut);
  }

  /** Measures; returns the exit code: 1 if something planned has no result. */
  int run(Plan plan, boolean peers, String baseline) {
    long start = System.nanoTime();
    for (String trainer : plan.cold()) {
      cold(plan, trainer);
    }
    List<Plan.Run> runs = plan.runs().stream().flatMap(run -> run.parts().stream()).toList();
    for (int i = 0; i < runs.size(); i++) {
      say(i + 1 + "/" + runs.size() + " " + runs.get(i).label());
      jmh(runs.get(i));
    }
    if (peers) {
      python(plan);
    }
    write();
    text.println();
    text.print(Report.write(ResultFile.read(resultFile()), folder, baseline));
    int seconds = (int) ((System.nanoTime() - start) / 1_000_000_000);
    say("\nWritten after " + Plan.time(seconds) + ", with result.json and log.txt");
    return lost == 0 ? 0 : 1;
  }

  private void cold(Plan plan, String trainer) {
    String recipe = Plan.COLD_RECIPE;
    try {
      add(ColdStart.firstStep(recipe, trainer, plan.firstSteps(), log));
      if (plan.accuracies(trainer) > 0) {
        add(ColdStart.accuracy(recipe, trainer, plan.accuracies(trainer), log));
      }
    } catch (SinterException failure) {
      lose(trainer + ", cold start: " + failure.getMessage());
    }
    write();
  }

  private void add(ObjectNode entry) {
    cold.add(entry);
    Row row = ResultFile.coldRow(entry);
    say("%s: %s s; %s".formatted(row.label(), Table.number(row.median()), row.note()));
  }

  private void lose(String what) {
    missing.add(what);
    lost++;
    say("no result: " + what);
  }

  private void say(String line) {
    text.println(line);
    text.flush();
  }

  private void jmh(Plan.Run run) {
    Path part = folder.resolve("jmh-part.json");
    List<String> arguments = new ArrayList<>(run.arguments());
    arguments.addAll(List.of("-rff", part.toString()));
    Command command = Report.java(run.trainer(), "org.openjdk.jmh.Main", arguments);
    collect(run.label(), command, 300 + 10L * run.estimateSeconds(), part);
    run.missing(results).forEach(this::lose);
    write();
  }

  /** PyTorch and NumPy, where python3 has them, on the samples that the others train on. */
  private void python(Plan plan) {
    String has = Survey.python();
    if (has.isEmpty()) {
      say("python3 has neither NumPy nor PyTorch: left out");
      return;
    }
    machine.withObject("/libraries").put("python3's", has);
    say("peers.py: " + has);
    Path part = folder.resolve("peers-part.json");
    Path data = folder.resolve("samples");
    for (String recipe : plan.recipes()) {
      say(recipe);
      List<String> words = new ArrayList<>();
      words.addAll(List.of("python3", Report.root() + "/benchmarks/peers/peers.py"));
      words.addAll(plan.pythonArguments(recipe));
      words.addAll(List.of("--data", data.toString(), "--out", part.toString()));
      int before = results.size();
      Report.java("python", "dev.sinter.benchmarks.ExportData", List.of(recipe, data.toString()))
          .log(log)
          .run(300);
      collect("peers.py, " + recipe, Command.of(words), 3600, part);
      if (results.size() == before) {
        lose("peers.py, " + recipe + ": see " + log);
      }
      delete(data);
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
  private void collect(String label, Command command, long limitSeconds, Path part) {
    try {
      Child.Ended ended = command.log(log).run(limitSeconds);
      if (!ended.failure().isEmpty()) {
        lose(label + ": " + ended.failure());
      }
      if (Files.exists(part) && Files.size(part) > 0) {
        JsonNode list = ResultFile.json(part);
        for (Row row : ResultFile.parse(label, list).rows()) {
          if (row.isSpeed()) {
            say("    %s: %s samples/s".formatted(row.label(), Table.number(row.median())));
          }
        }
        list.forEach(results::add);
      }
    } catch (SinterException | IOException failure) {
      lose(label + ": " + failure.getMessage());
    } finally {
      part.toFile().delete();
    }
  }

  private void write() {
    JsonNode json = ResultFile.json(machine, results, cold, missing);
    AtomicFile.write(resultFile(), ResultFile.content(json));
  }

  private Path resultFile() {
    return folder.resolve("result.json");
  }
}
