package dev.sinter.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.Callback;
import dev.sinter.Fit;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.cluster.ClusterJob;
import dev.sinter.cluster.ClusterResult;
import dev.sinter.cluster.ClusterTrainer;
import dev.sinter.data.Dataset;
import dev.sinter.errors.InputException;
import dev.sinter.report.Numbers;
import dev.sinter.report.Verbosity;
import dev.sinter.runs.Run;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import picocli.CommandLine.Option;

/** The options of {@code train} for a training on the machines of a cluster. */
final class ClusterOptions {
  private static final String NAME = "spark";
  private static final String OPTION = "--spark";

  @Option(
      names = OPTION,
      paramLabel = "MASTER",
      description =
          "Train on Apache Spark, whose jars are downloaded once: spark://HOST:PORT, or"
              + " local[2] to try it out. scripts/spark-local starts a cluster on this machine.")
  private String master;

  @Option(
      names = "--workers",
      paramLabel = "N",
      description = "With --spark: the number of tasks that train together. No default.")
  private Integer workers;

  @Option(
      names = "--average-every",
      paramLabel = "H",
      description =
          "With --spark: local SGD. Workers average their weights every H steps, in place of summing"
              + " their gradients in each.")
  private Integer averageEvery;

  @Option(
      names = "--transport",
      paramLabel = "NAME",
      description =
          "With --spark: how workers send numbers to each other: tcp, or nccl or auto where sinter-cuda"
              + " is on the class path. Default: tcp.")
  private String transport;

  /** Returns whether a cluster trains. */
  boolean isGiven() {
    return master != null;
  }

  /** Takes on what {@link #describe} wrote about a run that goes on. */
  void restore(Run run) {
    JsonNode json = run.configuration().path(NAME);
    if (json.isMissingNode() == isGiven()) {
      throw InputException.of(
          "--resume " + run.folder(),
          isGiven() ? "a run on a cluster" : OPTION + " MASTER with it, as the run is one on Spark",
          isGiven() ? "a run on this machine alone" : "none",
          isGiven() ? "Leave " + OPTION + " out" : "Add it");
    }
    if (isGiven()) {
      workers = json.path("workers").asInt();
      transport = json.path("transport").asText();
      int steps = json.path("average_every").asInt();
      averageEvery = steps == 0 ? null : steps;
    }
  }

  /** Refuses options that do not fit together. */
  void check(boolean dashboard) {
    if (!isGiven()) {
      requireSpark("--workers", workers);
      requireSpark("--average-every", averageEvery);
      requireSpark("--transport", transport);
      return;
    }
    if (workers == null) {
      throw InputException.of(
          OPTION + " " + master, "--workers N with it", "none", "Add the number of workers");
    }
    Names.requirePositive("--workers", workers);
    Names.requirePositive("--average-every", averageEvery);
    if (dashboard) {
      throw InputException.of(
          "--dashboard",
          "a training in this process",
          OPTION + ", whose workers train elsewhere",
          "Leave it out; sinter dashboard shows the run afterwards");
    }
    trainer();
  }

  private static void requireSpark(String option, Object value) {
    if (value != null) {
      throw InputException.of(
          option + " " + value, OPTION + " MASTER with it", "none", "Add it, or leave this out");
    }
  }

  private ClusterTrainer trainer() {
    return ServiceLoader.load(ClusterTrainer.class).stream()
        .map(ServiceLoader.Provider::get)
        .filter(trainer -> trainer.name().equals(NAME))
        .findFirst()
        .orElseThrow(
            () ->
                InputException.of(
                    OPTION + " " + master,
                    "Spark and sinter-spark on the class path",
                    "neither",
                    "Start with scripts/sinter, which adds them, or with spark-profile's class path"));
  }

  /** Adds the cluster to the configuration of a run. */
  void describe(ObjectNode configuration) {
    if (isGiven()) {
      ObjectNode json = configuration.putObject(NAME);
      json.put("master", master);
      json.put("workers", workers);
      json.put("transport", transport());
      json.put("average_every", averageEvery == null ? 0 : averageEvery);
    }
  }

  private String transport() {
    return transport == null ? "tcp" : transport;
  }

  /** Returns who trains, as the end of a line. */
  String who() {
    return isGiven() ? ", workers on Spark at " + master + ": " + workers : "";
  }

  /**
   * Trains on the cluster.
   *
   * @param name of the task
   * @param fit without callbacks of the command line
   * @param observed the same with them: they see the finished training, epoch by epoch
   */
  ClusterResult train(
      String name, TrainOptions training, Model model, Dataset data, Fit fit, Fit observed) {
    Fit sent = fit.validationData(observed.validationData());
    sent = averageEvery == null ? sent : sent.averageEvery(averageEvery);
    observed.callbacks().forEach(callback -> callback.onTrainBegin(model));
    boolean silent = fit.verbose().level() == Verbosity.Level.SILENT;
    ClusterJob job =
        new ClusterJob(
            "sinter train " + name,
            master,
            workers,
            transport(),
            training.backend(),
            training.options(),
            (epoch, logs) -> print(silent, epoch, fit.epochs(), logs));
    ClusterResult result = trainer().fit(job, model, data, sent);
    for (Callback callback : observed.callbacks()) {
      tell(callback, model, result.history());
    }
    return result;
  }

  /** Tells a callback of a training that has ended; it sees the trained weights in each epoch. */
  private static void tell(Callback callback, Model model, History history) {
    for (int i = 0; i < history.epochs().size(); i++) {
      int epoch = history.epochs().get(i);
      Map<String, Double> logs = new TreeMap<>();
      for (String series : history.names()) {
        logs.put(series, history.get(series).get(i));
      }
      callback.onEpochBegin(model, epoch);
      callback.onEpochEnd(model, epoch, logs);
    }
    callback.onTrainEnd(model, history);
  }

  /** Prints an epoch, without its time: several may be told of at once. */
  private static void print(boolean silent, int epoch, int epochs, Map<String, Double> logs) {
    if (!silent) {
      StringBuilder line = new StringBuilder("Epoch %d/%d".formatted(epoch + 1, epochs));
      new TreeMap<>(logs)
          .forEach((log, value) -> line.append(" - %s: %s".formatted(log, Numbers.metric(value))));
      System.out.println(line);
    }
  }
}
