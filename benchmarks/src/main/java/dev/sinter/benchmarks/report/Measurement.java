package dev.sinter.benchmarks.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.bench.Child;
import dev.sinter.bench.Command;
import dev.sinter.errors.SinterException;
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
  private final Path file;
  private final Path log;
  private final Path part;
  private final PrintWriter text;
  private final ObjectNode machine;
  private final ArrayNode results = ResultFile.MAPPER.createArrayNode();
  private final ArrayNode cold = ResultFile.MAPPER.createArrayNode();
  private final List<String> missing;
  private boolean complete = true;

  /**
   * Prepares a measurement.
   *
   * @param folder that exists
   * @param leftOut trainers that were not planned, with the reason
   */
  Measurement(Path folder, PrintWriter text, ObjectNode machine, List<String> leftOut) {
    this.file = folder.resolve("result.json");
    this.log = folder.resolve("log.txt");
    this.part = folder.resolve("part.json");
    this.text = text;
    this.machine = machine;
    this.missing = new ArrayList<>(leftOut);
  }

  /** Measures; returns whether all that was planned has a result. */
  boolean run(Plan plan, boolean peers) {
    for (String trainer : plan.cold()) {
      cold(trainer, plan.full() ? 5 : 3);
    }
    for (Plan.Run run : plan.runs()) {
      List<String> arguments = plan.jmhArguments(run, part.toString());
      Command command = Report.java(run.trainer(), "org.openjdk.jmh.Main", arguments);
      collect(run.label(), command, 300 + 200L * run.results(), run.results());
    }
    String python = peers ? Survey.python() : "";
    if (!python.isEmpty()) {
      machine.withObject("/libraries").put("python3's", python);
      plan.recipes().forEach(recipe -> python(plan, recipe));
    } else if (peers) {
      say("python3 has neither NumPy nor PyTorch: left out");
    }
    return complete;
  }

  private void cold(String trainer, int repeats) {
    say("cold start, " + trainer);
    try {
      ObjectNode entry = ColdStart.measure(trainer, repeats, log);
      cold.add(entry);
      say("    " + entry.path("note").asText());
    } catch (SinterException failure) {
      lose("cold start, " + failure.getMessage());
    }
    write();
  }

  /** PyTorch and NumPy on the samples that the others train on. */
  private void python(Plan plan, String recipe) {
    String data = Report.root().resolve("benchmarks/target/samples").toString();
    Report.java("python", "dev.sinter.benchmarks.ExportData", List.of(recipe, data))
        .log(log)
        .run(300);
    List<String> words = new ArrayList<>();
    words.addAll(List.of("python3", Report.root() + "/benchmarks/peers/peers.py"));
    words.addAll(plan.pythonArguments(recipe));
    words.addAll(List.of("--data", data, "--out", part.toString()));
    collect("peers.py, " + recipe, Command.of(words), 3600, 1);
  }

  /** Runs a command that writes JMH's JSON, and takes its entries over as they are. */
  private void collect(String label, Command command, long limitSeconds, int expected) {
    say(label);
    Child.Ended ended = command.log(log).run(limitSeconds);
    JsonNode entries = ResultFile.MAPPER.createArrayNode();
    try {
      entries = Files.exists(part) ? ResultFile.json(part) : entries;
      for (Row row : ResultFile.parse(label, entries).rows()) {
        String speed = Table.number(row.median()) + " " + row.unit();
        say("    %s, %s: %s".formatted(row.title(), row.trainer(), speed));
      }
      entries.forEach(results::add);
    } catch (SinterException failure) {
      lose(label + ": " + failure.getMessage());
    }
    part.toFile().delete();
    if (entries.size() < expected) {
      String why = ended.failure().isEmpty() ? "" : " (" + ended.failure() + ")";
      String text = "%s: expected %d results, received %d%s. See %s.";
      lose(text.formatted(label, expected, entries.size(), why, log));
    }
    write();
  }

  private void lose(String what) {
    missing.add(what);
    complete = false;
    say("no result: " + what);
  }

  private void say(String line) {
    text.println(line);
    text.flush();
  }

  private void write() {
    String json = ResultFile.json(machine, results, cold, missing).toPrettyString() + "\n";
    Report.write(file, json);
  }
}
