package dev.sinter.runs;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import dev.sinter.errors.InputException;
import dev.sinter.figures.EpochSeries;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.Arrays;
import java.util.stream.Stream;

/** Reads one run folder; see {@link RunFolder#read}. */
record RunFile(Path folder, Path file) {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final long MAX_BYTES = 16 << 20;
  private static final String REMEDY = "Name a folder written by train --out";

  RunFile(Path folder) {
    this(folder, folder.resolve(RunFolder.RUN));
  }

  Run read() {
    JsonNode json = json();
    checkFormat(json.path("format"));
    Run.Status status = status(json);
    RunProcess process = RunProcess.of(json.path("process"));
    if (status == Run.Status.RUNNING && process != null && process.isGone()) {
      status = Run.Status.INTERRUPTED;
    }
    Path history = folder.resolve(RunFolder.HISTORY);
    EpochSeries series = EpochSeries.readGrowing(history);
    return new Run(
        folder,
        text(json, "name"),
        status,
        status == Run.Status.FAILED ? json.path("reason").asText("") : null,
        instant(json, "started"),
        json.hasNonNull("ended") ? instant(json, "ended") : null,
        Stream.of(file, history).map(RunFile::modified).max(Instant::compareTo).orElseThrow(),
        text(json, "recipe"),
        object(json, "configuration"),
        object(json, "machine"),
        object(json, "versions"),
        json.path("network").isArray()
            ? json.path("network")
            : JsonNodeFactory.instance.arrayNode(),
        json.path("parameters").asLong(),
        object(json, "results"),
        series);
  }

  private JsonNode json() {
    if (!Files.isDirectory(folder)) {
      throw InputException.of(
          folder.toString(),
          "the folder of a run",
          Files.exists(folder) ? "something that is not a folder" : "nothing (no such folder)",
          REMEDY);
    }
    if (!Files.exists(file)) {
      throw InputException.of(
          folder.toString(), "the folder of a run", "a folder without " + RunFolder.RUN, REMEDY);
    }
    try {
      if (!Files.isRegularFile(file) || Files.size(file) > MAX_BYTES) {
        throw damaged("a folder, a device or a far larger file");
      }
      JsonNode json = MAPPER.readTree(Files.readAllBytes(file));
      if (!json.isObject()) {
        throw damaged(json.isMissingNode() ? "an empty file" : "something else");
      }
      return json;
    } catch (JsonProcessingException problem) {
      throw damaged(
          "a damaged one, line "
              + (problem.getLocation() == null ? 1 : problem.getLocation().getLineNr()));
    } catch (IOException problem) {
      throw damaged("a read error (" + problem + ")");
    }
  }

  private InputException damaged(String received) {
    return InputException.of(file.toString(), "a complete JSON object", received, REMEDY);
  }

  private void checkFormat(JsonNode format) {
    if (!format.isIntegralNumber() || format.asLong() < 1) {
      throw wrong("format", "a version of at least 1", format);
    }
    if (format.asLong() > RunFolder.FORMAT || !format.canConvertToLong()) {
      throw new InputException(
          "%s, format: expected at most %s, received %s, written by a newer Sinter. Update Sinter to read it."
              .formatted(file, RunFolder.FORMAT, format));
    }
  }

  private Run.Status status(JsonNode json) {
    String word = text(json, "status");
    return Arrays.stream(Run.Status.values())
        .filter(status -> status != Run.Status.INTERRUPTED && status.toString().equals(word))
        .findFirst()
        .orElseThrow(() -> wrong("status", "running, finished or failed", json.path("status")));
  }

  private String text(JsonNode json, String field) {
    JsonNode node = json.path(field);
    if (!node.isTextual() || node.textValue().isBlank()) {
      throw wrong(field, "a text", node);
    }
    return node.textValue();
  }

  private Instant instant(JsonNode json, String field) {
    try {
      return Instant.parse(text(json, field));
    } catch (DateTimeException noInstant) {
      throw wrong(field, "an instant such as 2025-01-31T12:00:00Z", json.path(field));
    }
  }

  private JsonNode object(JsonNode json, String field) {
    JsonNode node = json.path(field);
    if (node.isMissingNode() || node.isNull()) {
      return JsonNodeFactory.instance.objectNode();
    }
    if (!node.isObject()) {
      throw wrong(field, "an object", node);
    }
    return node;
  }

  private InputException wrong(String field, String expected, JsonNode received) {
    String text = received.isMissingNode() ? "nothing" : received.toString();
    String shown = text.length() > 60 ? text.substring(0, 60) + "..." : text;
    return InputException.of(file + ", " + field, expected, shown, REMEDY);
  }

  private static Instant modified(Path path) {
    try {
      return Files.getLastModifiedTime(path).toInstant();
    } catch (IOException missing) {
      return Instant.EPOCH;
    }
  }
}
