package dev.sinter.benchmarks;

import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.layers.Dense;

/** Sinter on one of its backends. */
final class SinterContender implements TrainBenchmark.Contender {
  private final Model model = Sequential.of(new Dense(512).relu(), new Dense(10).softmax());
  private final Dataset data;

  SinterContender(String backend, Dataset data) {
    this.data = data;
    model.backend(backend);
    model.compile("rmsprop", "sparse_categorical_crossentropy", "accuracy");
  }

  @Override
  public double epoch() {
    return model
        .fit(data, Fit.epochs(1).batchSize(TrainBenchmark.BATCH).verbose(false))
        .last("loss");
  }

  @Override
  public void close() {
    model.close();
  }
}
