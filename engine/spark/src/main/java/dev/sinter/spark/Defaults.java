package dev.sinter.spark;

import dev.sinter.backend.Backends;
import dev.sinter.errors.InputException;
import org.jspecify.annotations.Nullable;

/** What parameters are where nobody sets them. */
final class Defaults {
  private Defaults() {}

  static void prediction(PredictionParams<?> params) {
    params.setDefault(params.backend(), Backends.AUTO);
    params.setDefault(params.backendOptions(), "");
  }

  static void training(TrainingParams<?> params, String loss) {
    prediction(params);
    params.setDefault(params.epochs(), 10);
    params.setDefault(params.batchSize(), 32);
    params.setDefault(params.seed(), 1L);
    params.setDefault(params.optimizer(), "adam");
    params.setDefault(params.loss(), loss);
    params.setDefault(params.layers(), "Dense(64, relu)");
    params.setDefault(params.numWorkers(), 0);
    params.setDefault(params.averageEvery(), 0);
    params.setDefault(params.transport(), WorkerOptions.DEFAULT.transport());
    params.setDefault(params.timeout(), (int) WorkerOptions.DEFAULT.timeout().toSeconds());
    params.setDefault(params.checkpointInterval(), 1);
    params.setDefault(params.checkpointUnit(), "epochs");
    params.setDefault(params.resume(), false);
  }

  static SparkTraining.Result summary(String who, SparkTraining.@Nullable Result summary) {
    if (summary == null) {
      throw InputException.of(
          who + ", summary",
          "a model that a training returned",
          "one from a file, which holds no history",
          "Look at hasSummary first");
    }
    return summary;
  }
}
