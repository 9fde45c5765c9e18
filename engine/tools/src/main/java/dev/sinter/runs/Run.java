package dev.sinter.runs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.figures.EpochSeries;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * The content of a run folder; docs/run-folder.md describes the fields. JSON objects are empty if
 * run.json has none, and must not be changed.
 *
 * @param folder that was read
 * @param name as given at training; the folder may have been renamed since
 * @param reason of the failure, or null
 * @param ended null while it is running
 * @param changed time of the last change of run.json or history.csv
 * @param configuration the requested settings
 * @param machine processor, cores, memory, system, Java
 * @param versions of Sinter and of the libraries of the backend
 * @param network an array with one object per layer
 * @param parameters the number of weights
 * @param results the fields of {@code train --json}; empty unless it finished
 * @param history by epoch; empty before the first one ended
 */
public record Run(
    Path folder,
    String name,
    Status status,
    String reason,
    Instant started,
    Instant ended,
    Instant changed,
    String recipe,
    JsonNode configuration,
    JsonNode machine,
    JsonNode versions,
    JsonNode network,
    long parameters,
    JsonNode results,
    EpochSeries history) {
  /**
   * A running training writes at least once per epoch. If it is silent longer than this, show the
   * age of the last change.
   */
  private static final Duration QUIET = Duration.ofMinutes(1);

  /** The status of a run. */
  public enum Status {
    /** In training, as far as this machine can tell. */
    RUNNING,
    /** Its process has ended without a chance to record it; never in run.json. */
    INTERRUPTED,
    /** Trained, with results and weights. */
    FINISHED,
    /** Ended by an error or by the user. */
    FAILED;

    /** Returns the value in run.json. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns the command that goes on with this run. */
  public String resumeCommand() {
    String name = folder.toString();
    boolean plain =
        name.chars().allMatch(c -> Character.isLetterOrDigit(c) || "/._-".indexOf(c) >= 0);
    return "sinter train --resume " + (plain ? name : "'" + name.replace("'", "'\\''") + "'");
  }

  /** Returns the number of epochs trained so far. */
  public int epochsTrained() {
    return history.epochs().size();
  }

  /** Returns the requested number of epochs; 0 if unknown. */
  public int epochsPlanned() {
    return configuration.path("epochs").asInt();
  }

  /** Returns the backend that it ran on; until it finishes, the requested one. */
  public String backend() {
    String used = results.path("backend").asText();
    return used.isEmpty() ? configuration.path("backend").asText() : used;
  }

  /** Returns a number of the results by its name in {@code train --json}; NaN if there is none. */
  public double result(String field) {
    return results.path(field).asDouble(Double.NaN);
  }

  /** Returns the duration; while it is running, up to the last change. */
  public Duration duration() {
    Duration taken = Duration.between(started, ended == null ? changed : ended);
    return taken.isNegative() ? Duration.ZERO : taken;
  }

  /** Returns the status, with the age of the last change if a running one is silent. */
  public String statusText(Instant now) {
    Duration age = Duration.between(changed, now);
    boolean silent = status == Status.RUNNING && age.compareTo(QUIET) >= 0;
    return silent ? status + " (last change " + ago(age) + " ago)" : status.toString();
  }

  private static String ago(Duration age) {
    if (age.toDays() >= 2) {
      return age.toDays() + " days";
    }
    return age.toHours() >= 2 ? age.toHours() + " h" : age.toMinutes() + " min";
  }
}
