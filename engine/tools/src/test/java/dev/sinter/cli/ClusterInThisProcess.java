package dev.sinter.cli;

import dev.sinter.Callback;
import dev.sinter.Fit;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.cluster.ClusterJob;
import dev.sinter.cluster.ClusterResult;
import dev.sinter.cluster.ClusterTrainer;
import dev.sinter.data.Dataset;
import dev.sinter.errors.RunException;
import java.util.Map;

/** A cluster of one worker, this process. */
public final class ClusterInThisProcess implements ClusterTrainer {
  static final String DOES_NOT_ANSWER = "does-not-answer";

  @Override
  public String name() {
    return "spark";
  }

  @Override
  public ClusterResult fit(ClusterJob job, Model model, Dataset data, Fit fit) {
    if (job.master().equals(DOES_NOT_ANSWER)) {
      throw RunException.of(job.master(), "an answer", "none", "Start it", null);
    }
    Callback toDriver =
        new Callback() {
          @Override
          public void onEpochEnd(Model same, int epoch, Map<String, Double> logs) {
            job.progress().onEpoch(epoch, logs);
          }
        };
    History history = model.fit(data, fit.verbose(0).callback(toDriver));
    return new ClusterResult(
        history, job.workers(), job.transport(), fit.averageEvery(), "reference", "a device", 1);
  }
}
