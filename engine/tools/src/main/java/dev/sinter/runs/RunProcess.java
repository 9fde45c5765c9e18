package dev.sinter.runs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.io.HostName;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The process that trains a run, as run.json names it. Immutable: any number of threads may use it.
 *
 * @param id of the process, on its machine
 * @param host the name of the machine
 * @param started when the process started, or null where the system does not tell
 */
public record RunProcess(long id, String host, Instant started) {
  /** The system counts from its own start, which clocks that are set may move. */
  private static final Duration TOLERANCE = Duration.ofSeconds(10);

  /** Returns this process. */
  public static RunProcess current() {
    ProcessHandle own = ProcessHandle.current();
    return new RunProcess(own.pid(), HostName.here(), own.info().startInstant().orElse(null));
  }

  /** Returns the process that a field of run.json names; null where it names none. */
  static RunProcess of(JsonNode json) {
    if (!json.path("id").canConvertToLong() || !json.path("host").isTextual()) {
      return null;
    }
    Instant started = null;
    try {
      started = json.hasNonNull("started") ? Instant.parse(json.path("started").asText()) : null;
    } catch (DateTimeException unknown) {
      return null;
    }
    return new RunProcess(json.path("id").asLong(), json.path("host").asText(), started);
  }

  /**
   * Returns whether it is known that the process has ended: this machine had it, and has it no
   * more.
   */
  public boolean isGone() {
    if (!host.equals(HostName.here())) {
      return false; // unknown
    }
    Optional<ProcessHandle> found = ProcessHandle.of(id).filter(ProcessHandle::isAlive);
    Instant other = found.flatMap(process -> process.info().startInstant()).orElse(null);
    boolean same =
        started == null
            || other == null
            || Duration.between(started, other).abs().compareTo(TOLERANCE) < 0;
    return found.isEmpty() || !same;
  }
}
