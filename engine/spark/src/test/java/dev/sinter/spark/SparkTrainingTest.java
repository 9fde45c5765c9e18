package dev.sinter.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.Callback;
import dev.sinter.Checkpoint;
import dev.sinter.Fit;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.backend.BackendOptions;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.distributed.Parts;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.errors.TrainingDivergedException;
import dev.sinter.layers.Dense;
import dev.sinter.losses.Loss;
import dev.sinter.optimizers.Sgd;
import dev.sinter.testkit.ThreadGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SparkTrainingTest {
  private static final int BATCH = 16;
  private static final AtomicInteger FAILURES = new AtomicInteger();

  @Test
  void fit_oneWorker_equalsTrainingHere() {
    Dataset data = bytes(100);
    Fit options = Fit.epochs(2).batchSize(BATCH).verbose(0).validationData(bytes(20).like(data));
    try (Model here = model();
        Model there = model()) {
      History expected = here.backend("reference").fit(data, options);
      SparkTraining.Result result = training(1).fit(there, data, options);
      assertThat(there.getNamedWeights()).isEqualTo(here.getNamedWeights());
      assertThat(result.history().get("loss")).isEqualTo(expected.get("loss"));
      assertThat(result.history().get("val_loss")).isEqualTo(expected.get("val_loss"));
      assertThat(there.iterations()).isEqualTo(here.iterations());
      assertThat(result.backend()).isEqualTo("reference");
    }
  }

  /** That these threads equal their parts summed in order is shown by the core's GroupTest. */
  @Test
  void fit_twoWorkers_equalsTwoThreadsToTheBit(@TempDir Path folder) {
    Dataset data = bytes(101);
    Checkpoint plan = Checkpoint.in(folder.resolve("checkpoints"));
    Fit options = Fit.epochs(2).batchSize(BATCH).verbose(0);
    List<Map<String, Tensor>> expected =
        ThreadGroup.run(
            2,
            group -> {
              try (Model model = model()) {
                model.backend("reference").fit(part(data, group.rank()), options.group(group));
                return model.getNamedWeights();
              }
            });
    try (Model first = model();
        Model resumed = model()) {
      List<Integer> told = new ArrayList<>();
      SparkTraining.Listener listener =
          new SparkTraining.Listener() {
            @Override
            public void onEpochEnd(int epoch, Map<String, Double> logs) {
              assertThat(logs).containsKeys("loss", "accuracy");
              told.add(epoch);
            }
          };
      SparkTraining.Result result =
          training(2)
              .listener(listener)
              .fit(first, data, Fit.epochs(1).batchSize(BATCH).checkpoint(plan));
      assertThat(result.transport()).isEqualTo("tcp");
      assertThat(result.workers()).isEqualTo(2);
      assertThat(told).containsExactly(0);
      training(2).fit(resumed, data, options.checkpoint(plan).resume(plan.folder()));
      assertThat(resumed.getNamedWeights()).isEqualTo(expected.get(0)).isEqualTo(expected.get(1));
      assertThatThrownBy(() -> training(1).fit(first, data, options.checkpoint(plan)))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("without those of another training");
    }
  }

  @Test
  void fit_ofWhatCannotBeTrained_isRefusedBeforeAnyTask() {
    Dataset data = bytes(20);
    Fit options = Fit.epochs(1).batchSize(BATCH);
    try (Model model = model()) {
      assertRefused(() -> training(3).fit(model, data, options), "expected 3 slots", "received 2");
      assertRefused(
          () -> training(2).fit(model, data, options.batchSize(1)),
          "a row of each batch for each of 2");
      assertRefused(() -> training(2).fit(model, bytes(1), options), "training", "received 1");
      assertRefused(
          () -> training(2).fit(model, data, options.callback(new Callback() {})),
          "options that reach its workers");
      assertRefused(() -> training(1).transport("carrier pigeon"), "tcp", "carrier pigeon");
      Dataset wide = Dataset.of(data.source(), Tensor.of(new int[20])).scale(1);
      assertRefused(() -> training(1).fit(model, wide, options), "vectors");
    }
  }

  @Test
  void fit_whatAWorkerCannotDo_isThrownAsItIs() {
    Dataset data = bytes(40);
    Fit options = Fit.epochs(3).batchSize(BATCH);
    try (Model model = model()) {
      assertRefused(
          () -> training(1).backend("nd4j", BackendOptions.DEFAULT).fit(model, data, options),
          "worker 0 of 1",
          "nd4j");
    }
    try (Model model = Sequential.of(new Dense(1))) {
      model.compile(new Sgd().learningRate(1e30), Loss.MEAN_SQUARED_ERROR);
      Dataset numbers = Dataset.of(data.x(), data.y());
      SparkTraining.Listener listener =
          new SparkTraining.Listener() {
            @Override
            public void onRestart(int attempt, String reason) {
              throw new AssertionError(reason);
            }
          };
      assertThatThrownBy(() -> training(1).listener(listener).fit(model, numbers, options))
          .isInstanceOf(TrainingDivergedException.class)
          .hasMessageContaining("diverged");
    }
  }

  @Test
  void run_ofAWorkerThatFails_isBegunAgain() {
    Dataset data = bytes(40);
    List<String> reasons = new ArrayList<>();
    SparkTraining.Listener listener =
        new SparkTraining.Listener() {
          @Override
          public void onRestart(int attempt, String reason) {
            reasons.add(attempt + " " + reason);
          }
        };
    Fit fit = Fit.epochs(1).batchSize(BATCH);
    Path relative = Path.of("checkpoints");
    assertThat(FitOptions.of(fit.checkpoint(Checkpoint.in(relative))).checkpoints().folder())
        .isEqualTo(relative.toAbsolutePath().toString()); // an executor has a folder of its own
    FitOptions options = FitOptions.of(fit);
    JavaRDD<byte[]> none =
        JavaSparkContext.fromSparkContext(LocalSpark.session().sparkContext())
            .parallelize(List.of(new byte[0]), 1);
    try (Model model = model()) {
      model.check("test", data);
      FAILURES.set(1);
      SparkTraining.Result result =
          training(1).listener(listener).run(model, none, failing(), options, 1);
      assertThat(result.attempts()).isEqualTo(2);
      assertThat(reasons).hasSize(1);
      assertThat(reasons.get(0)).startsWith("2 ").contains("lost on purpose");
      FAILURES.set(2);
      assertThatThrownBy(() -> training(1).attempts(2).run(model, none, failing(), options, 1))
          .isInstanceOf(RunException.class)
          .hasMessageContaining("lost on purpose")
          .hasMessageNotContaining("\n");
    }
  }

  /** Returns rows that fail as often as {@link #FAILURES} says; the workers run in this process. */
  private static WorkerRows.Loader failing() {
    return (rank, blocks) -> {
      if (FAILURES.getAndDecrement() > 0) {
        throw new IllegalStateException("lost on purpose");
      }
      return new WorkerRows(bytes(40), null);
    };
  }

  private static void assertRefused(Runnable call, String... parts) {
    assertThatThrownBy(call::run).isInstanceOf(InputException.class).hasMessageContainingAll(parts);
  }

  private static SparkTraining training(int workers) {
    return SparkTraining.on(LocalSpark.session().sparkContext())
        .workers(workers)
        .backend("reference", BackendOptions.DEFAULT);
  }

  private static Model model() {
    Model model = Sequential.of(new Dense(8).relu(), new Dense(3).softmax());
    model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
    return model;
  }

  private static Dataset part(Dataset data, int rank) {
    Parts parts = new Parts(BATCH, 2);
    int[] rows =
        IntStream.range(0, data.size())
            .filter(row -> parts.rankOf(row, data.size()) == rank)
            .toArray();
    for (int place = 0; place < rows.length; place++) {
      assertThat(parts.placeOf(rows[place], data.size())).isEqualTo(place);
    }
    return Dataset.of(data.source().rows(rows), data.y().rows(rows)).like(data);
  }

  /** Images of bytes, [rows, 2, 3], scaled. */
  private static Dataset bytes(int rows) {
    byte[] x = new byte[rows * 6];
    int[] y = new int[rows];
    for (int i = 0; i < x.length; i++) {
      x[i] = (byte) (i * 37 % 251);
    }
    for (int row = 0; row < rows; row++) {
      y[row] = (x[row * 6] & 0xFF) % 3;
    }
    return Dataset.of(Tensor.ofBytes(x, rows, 2, 3), Tensor.of(y)).flatten().scale(1 / 255f);
  }
}
