package dev.sinter.cuda.check;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;

/** What a phase found. */
final class Result {
  /** How a phase ended. */
  enum Status {
    PASSED,
    FAILED,
    /** Passed as far as there was time. */
    CUT,
    /** Not ended when the report was written. */
    RUNNING,
    /** Not run: something it needs is not on this machine. */
    SKIPPED
  }

  private final List<String> lines = new ArrayList<>();
  private final ObjectNode details = JsonNodeFactory.instance.objectNode();
  private Status status = Status.PASSED;

  /** Adds a line for people. */
  Result say(String line) {
    lines.add(line);
    return this;
  }

  /** Adds a line that makes the phase fail. */
  Result fail(String line) {
    status = Status.FAILED;
    return say(line);
  }

  /** Says what there was no time for. */
  Result cut(String line) {
    status = status == Status.PASSED ? Status.CUT : status;
    return say(line);
  }

  /** Says that it has not ended. */
  Result run() {
    status = Status.RUNNING;
    return this;
  }

  /** Says why nothing was run. */
  Result skip(String reason) {
    status = Status.SKIPPED;
    return say(reason);
  }

  Status status() {
    return status;
  }

  List<String> lines() {
    return lines;
  }

  /** Returns the figures, for the JSON report. */
  ObjectNode details() {
    return details;
  }
}
