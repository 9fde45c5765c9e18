package dev.sinter.cuda.check;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.cuda.check.Result.Status;
import dev.sinter.io.AtomicFile;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The reports of a check: one for programs, one for people. */
final class Report {
  private final Map<String, Timed> phases = new LinkedHashMap<>();
  private final String backend;
  private final String device;
  private final boolean rehearsal;
  private final Instant started = Instant.now().truncatedTo(ChronoUnit.SECONDS);

  /** A phase's result and how long it took. */
  record Timed(Result result, double seconds) {}

  Report(String backend, String device, boolean rehearsal) {
    this.backend = backend;
    this.device = device;
    this.rehearsal = rehearsal;
  }

  void add(String phase, Timed timed) {
    phases.put(phase, timed);
  }

  /** Notes a phase that begins; {@link #add} replaces the note. */
  void begin(String phase) {
    Result running = new Result();
    running.run();
    phases.put(phase, new Timed(running, 0));
  }

  boolean failed() {
    return phases.values().stream().anyMatch(e -> e.result().status() == Status.FAILED);
  }

  /** Returns a line a phase. */
  List<String> table() {
    List<String> lines = new ArrayList<>();
    phases.forEach(
        (name, timed) ->
            lines.add(
                String.format(
                    Locale.ROOT, "%-12s %-8s %4.0f s", name, status(timed), timed.seconds())));
    return lines;
  }

  private static String status(Timed timed) {
    return timed.result().status().name().toLowerCase(Locale.ROOT);
  }

  /** Writes gpu-report.json and gpu-report.md, each completely or not at all. */
  void write(Path folder) throws IOException {
    ObjectMapper mapper = new ObjectMapper();
    String json = mapper.writerWithDefaultPrettyPrinter().writeValueAsString(json(mapper)) + "\n";
    String text = String.join("\n", markdown()) + "\n";
    AtomicFile.write(folder.resolve("gpu-report.json"), out -> out.write(json.getBytes(UTF_8)));
    AtomicFile.write(folder.resolve("gpu-report.md"), out -> out.write(text.getBytes(UTF_8)));
  }

  private ObjectNode json(ObjectMapper mapper) {
    ObjectNode root = mapper.createObjectNode();
    root.put("started", started.toString());
    root.put("commit", commit());
    root.put("backend", backend);
    root.put("device", device);
    root.put("rehearsal", rehearsal);
    root.put("passed", !failed());
    ObjectNode all = root.putObject("phases");
    phases.forEach(
        (name, timed) -> {
          ObjectNode phase = all.putObject(name);
          phase.put("status", status(timed));
          phase.put("seconds", timed.seconds());
          phase.set("lines", mapper.valueToTree(timed.result().lines()));
          phase.set("details", timed.result().details());
        });
    return root;
  }

  /** Returns what the archive was packed from; scripts/gpu-check tells. */
  private static String commit() {
    return System.getProperty("sinter.version", "unknown");
  }

  private List<String> markdown() {
    List<String> lines = new ArrayList<>();
    lines.add("# GPU check: " + device);
    lines.add("");
    lines.add(
        (rehearsal ? "**A rehearsal on the backend " + backend + ": no GPU.** " : "")
            + "Sinter at commit "
            + commit()
            + ", started "
            + started
            + "; "
            + (failed() ? "something failed." : "nothing failed."));
    lines.add("");
    lines.add("| phase | result | seconds |");
    lines.add("|---|---|---|");
    phases.forEach(
        (name, timed) ->
            lines.add(
                String.format(
                    Locale.ROOT, "| %s | %s | %.0f |", name, status(timed), timed.seconds())));
    phases.forEach(
        (name, timed) -> {
          lines.add("");
          lines.add("## " + name);
          lines.add("");
          lines.add("```text");
          lines.addAll(timed.result().lines());
          lines.add("```");
        });
    return lines;
  }
}
