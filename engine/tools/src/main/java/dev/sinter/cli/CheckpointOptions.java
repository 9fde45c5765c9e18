package dev.sinter.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.Checkpoint;
import dev.sinter.Fit;
import dev.sinter.errors.InputException;
import dev.sinter.errors.KnownNames;
import dev.sinter.runs.Run;
import dev.sinter.runs.RunFolder;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** The options of {@code train} for trainings that are stopped and go on. */
final class CheckpointOptions {
  private static final Pattern EVERY = Pattern.compile("(\\d{1,9})(steps|epochs|s)");
  private static final String EVERY_FIELD = "checkpoint_every";
  private static final String FAILURE_FIELD = "on_checkpoint_failure";

  @Option(
      names = "--checkpoint-every",
      paramLabel = "N[steps|epochs|s]",
      description =
          "With --out: write down all that the training needs to go on, every so many steps, epochs"
              + " or seconds, as in 20steps, 1epochs, 30s. Default: never.")
  private String every;

  @Option(
      names = "--on-checkpoint-failure",
      paramLabel = "warn|stop",
      description =
          "When a checkpoint cannot be written: go on with a warning, or end. Default: warn.")
  private String onFailure;

  @Option(
      names = "--resume",
      paramLabel = "DIR",
      description =
          "Go on with the run in this folder, from its last checkpoint, with the options it was started with.")
  private Path resume;

  /**
   * Returns the run to go on with; null without --resume.
   *
   * @param given the names of all options on the command line
   */
  Run resumed(List<String> given) {
    if (resume == null) {
      return null;
    }
    for (String name : given) {
      if (!RESUMABLE.contains(name)) {
        throw InputException.of(
            "--resume " + resume,
            "the options that the run was started with, which its folder holds",
            name,
            "Leave it out");
      }
    }
    Run run = RunFolder.read(resume);
    if (run.status() == Run.Status.FINISHED) {
      throw InputException.of(
          "--resume " + resume,
          "a run that was stopped",
          "one that has finished",
          "Train anew, into another folder");
    }
    if (run.status() == Run.Status.RUNNING) {
      throw InputException.of(
          "--resume " + resume,
          "a run that was stopped",
          "one that is in training, or was on another machine",
          "Wait for its end; if it has ended, set \"status\" in its run.json to \"failed\"");
    }
    every = run.configuration().path(EVERY_FIELD).asText(null);
    onFailure = run.configuration().path(FAILURE_FIELD).asText(null);
    return run;
  }

  /** What may stand beside --resume: where results go, and what is printed. */
  private static final List<String> RESUMABLE =
      List.of(
          "--resume",
          "--json",
          "--save-weights",
          "--spark",
          "--verbose",
          "--style",
          "--quiet",
          "--dashboard",
          "--port",
          "--debug",
          "--offline");

  /** Checks the options and adds them to the configuration of a run. */
  void describe(ObjectNode configuration, Path out) {
    Checkpoint plan = plan(out);
    configuration.put(EVERY_FIELD, plan == null ? null : every);
    configuration.put(
        FAILURE_FIELD, plan == null ? null : plan.onFailure().name().toLowerCase(Locale.ROOT));
  }

  /** Returns the fit with the checkpoints in the folder of the run. */
  Fit attach(Fit fit, Path out) {
    Checkpoint plan = plan(out);
    return fit.checkpoint(plan)
        .resume(resume == null ? null : resume.resolve(RunFolder.CHECKPOINTS));
  }

  /** Returns whether the training goes on from a checkpoint, which then says the weights. */
  boolean hasCheckpoint() {
    return resume != null && Checkpoint.isIn(resume.resolve(RunFolder.CHECKPOINTS));
  }

  /**
   * Returns when checkpoints are written; null for never.
   *
   * @param out the folder of the run, or null
   */
  Checkpoint plan(Path out) {
    if (every == null) {
      if (onFailure != null) {
        throw InputException.of(
            "--on-checkpoint-failure " + onFailure,
            "--checkpoint-every with it",
            "none",
            "Add --checkpoint-every, or leave it out");
      }
      return null;
    }
    if (out == null) {
      throw InputException.of(
          "--checkpoint-every " + every,
          "--out DIR with it, for the files",
          "none",
          "Add --out, or leave it out");
    }
    Matcher matcher = EVERY.matcher(every.toLowerCase(Locale.ROOT));
    if (!matcher.matches() || Integer.parseInt(matcher.group(1)) < 1) {
      throw InputException.of(
          "--checkpoint-every",
          "a number of at least 1 and its unit, as in 20steps, 1epochs or 30s",
          every,
          "Correct the value");
    }
    Checkpoint.Unit unit =
        switch (matcher.group(2)) {
          case "steps" -> Checkpoint.Unit.STEPS;
          case "epochs" -> Checkpoint.Unit.EPOCHS;
          default -> Checkpoint.Unit.SECONDS;
        };
    KnownNames<Checkpoint.OnFailure> failures =
        KnownNames.of(
            "--on-checkpoint-failure",
            List.of(Checkpoint.OnFailure.values()),
            value -> value.name().toLowerCase(Locale.ROOT));
    return Checkpoint.in(out.resolve(RunFolder.CHECKPOINTS))
        .every(Integer.parseInt(matcher.group(1)), unit)
        .onFailure(onFailure == null ? Checkpoint.OnFailure.WARN : failures.get(onFailure));
  }
}
