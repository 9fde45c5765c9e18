package dev.sinter.spark.cli;

import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.cluster.ClusterJob;
import dev.sinter.cluster.ClusterResult;
import dev.sinter.cluster.ClusterTrainer;
import dev.sinter.data.Dataset;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.spark.SparkTraining;
import java.io.OutputStream;
import java.io.PrintStream;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Trains for the command line, on a context of its own. Properties of the JVM named {@code spark.}
 * are Spark's settings. Used by one thread at a time.
 */
public final class SparkTrainer implements ClusterTrainer {
  private static final Logger LOG = LoggerFactory.getLogger(SparkTrainer.class);

  @Override
  public String name() {
    return "spark";
  }

  @Override
  public ClusterResult fit(ClusterJob job, Model model, Dataset data, Fit fit) {
    Master master = new Master(job.master());
    master.requireAnswer();
    SparkConf conf = conf(job.name(), master);
    SparkContext context = context(conf, master);
    Thread silence = new Thread(SparkTrainer::silence, "sinter-spark-end");
    Runtime.getRuntime().addShutdownHook(silence); // Spark stops the context in a hook of its own
    try {
      SparkTraining.Result result =
          SparkTraining.on(context)
              .workers(job.workers())
              .transport(job.transport())
              .backend(job.backend(), job.options())
              .listener(
                  new SparkTraining.Listener() {
                    @Override
                    public void onEpochEnd(int epoch, Map<String, Double> logs) {
                      job.progress().onEpoch(epoch, logs);
                    }
                  })
              .fit(model, data, fit);
      int threads = job.options().threads();
      return new ClusterResult(
          result.history(),
          result.workers(),
          result.transport(),
          result.averageEvery(),
          result.backend(),
          result.device(),
          threads > 0 ? threads : conf.getInt("spark.task.cpus", 1));
    } finally {
      stop(context, silence);
    }
  }

  /** Ends Spark; a JVM that ends too keeps silent. */
  private static void stop(SparkContext context, Thread hook) {
    PrintStream err = silence();
    try {
      context.stop();
    } finally {
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
        System.setErr(err);
      } catch (IllegalStateException ending) {
        LOG.debug("the JVM ends before Spark has stopped");
      }
    }
  }

  /**
   * Silences standard error, and returns what it was. What Spark cleans up while it stops is
   * refused, of which Scala prints stack traces there, past all logs.
   */
  private static PrintStream silence() {
    PrintStream err = System.err;
    System.setErr(new PrintStream(OutputStream.nullOutputStream()));
    return err;
  }

  /** Returns the settings: the user's, and for the rest those of a training that nobody watches. */
  private static SparkConf conf(String name, Master master) {
    SparkConf conf =
        new SparkConf()
            .setAppName(name)
            .setMaster(master.url())
            .setIfMissing("spark.ui.enabled", "false")
            // An executor that hangs is given up after half a minute, not after two or three.
            .setIfMissing("spark.executor.heartbeatInterval", "2s")
            .setIfMissing("spark.storage.blockManagerHeartbeatTimeoutMs", "30s")
            .setIfMissing("spark.network.timeoutInterval", "5s")
            // A task that was stopped but goes on would keep its slot.
            .setIfMissing("spark.task.reaper.enabled", "true")
            .setIfMissing("spark.task.reaper.killTimeout", "10s");
    if (master.isOnThisMachine()) {
      conf.setIfMissing("spark.driver.host", "127.0.0.1")
          .setIfMissing("spark.driver.bindAddress", "127.0.0.1");
    }
    return master.isInThisProcess() ? conf.remove("spark.jars") : conf;
  }

  private static SparkContext context(SparkConf conf, Master master) {
    try {
      return new SparkContext(conf);
    } catch (Exception problem) { // Scala's methods declare none
      String text = String.valueOf(problem.getMessage()).lines().findFirst().orElse("");
      if (text.contains("Master URL")) {
        throw InputException.of(
            "Spark's master",
            "a URL that Spark takes with the jars at hand, such as spark://HOST:PORT or local[2]",
            master.url() + " (" + text + ")",
            "Correct it");
      }
      throw RunException.of(
          "Spark at " + master.url(),
          "a context that starts",
          text.isEmpty() ? problem.toString() : text,
          "Correct the cluster, or the settings named spark.",
          problem);
    }
  }
}
