package dev.sinter.benchmarks.report;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** Result files for tests: one that JMH wrote, and made ones. */
final class Results {
  private Results() {}

  /** Writes the recorded JMH file into a folder. */
  static Path recorded(Path folder) {
    try (InputStream in = Results.class.getResourceAsStream("jmh.json")) {
      return Files.write(folder.resolve("jmh.json"), in.readAllBytes());
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** Makes a result of entries. */
  static ObjectNode file(String cpu, ObjectNode... entries) {
    ObjectNode machine = ResultFile.MAPPER.createObjectNode();
    machine.put("cpu", cpu);
    machine.put("cores", 2);
    machine.put("commit", "0123456789ab");
    machine.put("dirty", true);
    ArrayNode results = ResultFile.MAPPER.createArrayNode();
    results.addAll(List.of(entries));
    return ResultFile.json(machine, results, ResultFile.MAPPER.createArrayNode(), List.of());
  }

  /** Makes an entry of a training step as JMH writes it. */
  static ObjectNode step(String trainer, String recipe, int batch, double... samples) {
    return entry(
        "StepBenchmark.train",
        Map.of("trainer", trainer, "recipe", recipe, "batch", "" + batch, "threads", "2"),
        samples);
  }

  static ObjectNode entry(String benchmark, Map<String, String> params, double... samples) {
    ObjectNode entry = ResultFile.MAPPER.createObjectNode();
    entry.put("benchmark", "dev.sinter.benchmarks." + benchmark);
    ObjectNode named = entry.putObject("params");
    params.forEach(named::put);
    fill(entry.putObject("primaryMetric"), samples);
    entry.putObject("secondaryMetrics");
    return entry;
  }

  /** Makes an entry of a time to the first step. */
  static ObjectNode cold(String trainer, String note, double... seconds) {
    ObjectNode entry = ResultFile.MAPPER.createObjectNode();
    entry.put("kind", "first step").put("recipe", "mnist-dense").put("trainer", trainer);
    ArrayNode values = entry.put("data", "mnist").putArray("seconds");
    for (double value : seconds) {
      values.add(value);
    }
    return entry.put("note", note);
  }

  /** Adds a secondary metric. */
  static ObjectNode with(ObjectNode entry, String metric, double... samples) {
    fill(((ObjectNode) entry.get("secondaryMetrics")).putObject(metric), samples);
    return entry;
  }

  private static void fill(ObjectNode metric, double... samples) {
    metric.put("score", samples[0]);
    metric.put("scoreUnit", "ops/s");
    ArrayNode fork = metric.putArray("rawData").addArray();
    for (double sample : samples) {
      fork.add(sample);
    }
  }

  static ResultFile parse(ObjectNode json) {
    return ResultFile.parse("made.json", json);
  }

  static Path write(Path file, ObjectNode json) {
    Report.write(file, json.toPrettyString());
    return file;
  }
}
