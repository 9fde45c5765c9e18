package dev.sinter.runs;

import com.fasterxml.jackson.databind.JsonNode;
import dev.sinter.figures.EpochSeries;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * What a run folder says of its training; docs/run-folder.md describes the fields. JSON objects are
 * empty where run.json has none, and not to be changed.
 *
 * @param folder that was read
 * @param name as given when it was trained; the folder may have been renamed since
 * @param reason why it failed, or null
 * @param ended null while it is running
 * @param changed when run.json or history.csv was last written
 * @param configuration what was asked for
 * @param machine processor, cores, memory, system, Java
 * @param versions of Sinter and of the backend's libraries
 * @param network an array with an object a layer
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
  /** A running training writes at least once an epoch: beyond this, say when it last did. */
  private static final Duration QUIET = Duration.ofMinutes(1);

  /** How far a run has come. */
  public enum Status {
    /** Being trained, or ended without a chance to say so. */
    RUNNING,
    /** Trained, with results and weights. */
    FINISHED,
    /** Ended by an error or by the user. */
    FAILED;

    /** Returns the word in run.json. */
    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** Returns the number of epochs that were trained so far. */
  public int epochsTrained() {
    return history.epochs().size();
  }

  /** Returns the number of epochs asked for; 0 where it is not known. */
  public int epochsPlanned() {
    return configuration.path("epochs").asInt();
  }

  /** Returns the backend it ran on; before it finished, the one that was asked for. */
  public String backend() {
    String used = results.path("backend").asText();
    return used.isEmpty() ? configuration.path("backend").asText() : used;
  }

  /** Returns a number of the results, by its name in {@code train --json}; NaN without one. */
  public double result(String field) {
    return results.path(field).asDouble(Double.NaN);
  }

  /** Returns how long it took; while it is running, up to the last change. */
  public Duration duration() {
    Duration taken = Duration.between(started, ended == null ? changed : ended);
    return taken.isNegative() ? Duration.ZERO : taken;
  }

  /** Returns the status; with the age of the last change where a running one is silent. */
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
