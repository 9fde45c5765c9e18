package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.callbacks.LearningRateScheduler;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.distributed.Parts;
import dev.sinter.distributed.ProcessGroup;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.layers.BatchNormalization;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Dropout;
import dev.sinter.layers.Input;
import dev.sinter.layers.Regularizer;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.optimizers.Sgd;
import dev.sinter.program.State;
import dev.sinter.testkit.ThreadGroup;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GroupTest {
  private static final int BATCH = 8;
  private static final Optimizer CLIPPED = new Adam(0.05).globalClipNorm(0.5);

  @TempDir private Path folder;

  /** A network with all that makes parts differ: random numbers, averages, penalties. */
  private static Model network(Optimizer optimizer) {
    Model model =
        Sequential.of(
            new Input(Toy.FEATURES),
            new Dense(6).kernelRegularizer(Regularizer.l2(0.01)),
            new BatchNormalization(),
            new Dropout(0.2),
            new Dense(Toy.CLASSES).softmax());
    model.backend("reference");
    model.seed(3);
    model.compile(optimizer, Loss.SPARSE_CATEGORICAL_CROSSENTROPY, Metric.ACCURACY);
    return model;
  }

  /** Returns the rows of a rank. */
  private static Dataset part(int rank, int size, int rows) {
    float[][] x = Toy.x(rows);
    int[] y = Toy.y(rows);
    Parts parts = new Parts(BATCH, size);
    int[] own =
        java.util.stream.IntStream.range(0, rows)
            .filter(i -> parts.rankOf(i, rows) == rank)
            .toArray();
    return Dataset.of(
        Arrays.stream(own).mapToObj(i -> x[i]).toArray(float[][]::new),
        Arrays.stream(own).map(i -> y[i]).toArray());
  }

  /** What a training ends with. */
  private record Outcome(Map<String, Tensor> weights, History history, long iterations) {
    static Outcome of(Model model, Dataset data, Fit options) {
      try (model) {
        History history = model.fit(data, options);
        return new Outcome(model.getNamedWeights(), history, model.iterations());
      }
    }
  }

  private static List<Outcome> train(int size, int rows, Optimizer optimizer, Fit options) {
    return ThreadGroup.run(
        size,
        group ->
            Outcome.of(network(optimizer), part(group.rank(), size, rows), options.group(group)));
  }

  /** Runs the same programs in one process, part after part, and sums in the order of the ranks. */
  private static Map<String, Tensor> summedInOrder(
      int size, int rows, Optimizer optimizer, int epochs) {
    try (Model model = network(optimizer)) {
      CompiledModel compiled = model.compiled();
      compiled.check("test", part(0, size, rows));
      Engine engine = compiled.engine();
      State layout = engine.layout();
      int region = layout.regionSize();
      int tracked = (2 + layout.slotCount()) * region;
      Parts parts = new Parts(BATCH, size);
      List<Dataset> data = new ArrayList<>();
      List<SampleOrder> orders = new ArrayList<>();
      for (int rank = 0; rank < size; rank++) {
        data.add(part(rank, size, rows));
        orders.add(new SampleOrder(data.get(rank), seed(rank), true));
      }
      int step = 0;
      for (int epoch = 0; epoch < epochs; epoch++) {
        for (int first = 0; first < rows; first += BATCH, step++) {
          int batch = Math.min(BATCH, rows - first);
          float[] before = new float[layout.size() - tracked];
          engine.read(tracked, before);
          float[] sum = new float[region];
          float[] averages = new float[before.length];
          for (int rank = 0; rank < size; rank++) {
            int own = parts.rows(rank, batch);
            if (own == 0) {
              continue;
            }
            float share = (float) own / batch;
            engine.write(tracked, before);
            Executable gradients =
                engine
                    .prepare(List.of(new Engine.Request(Engine.Kind.GRADIENTS, own, 1, false)))
                    .get(0);
            int[] order = orders.get(rank).of(epoch, true);
            gradients.run(
                new Feed(engine.upload(data.get(rank), true), order),
                chunk((int) parts.rowsOf(rank, first), step, seed(rank)),
                new float[gradients.program().resultSize()]);
            add(sum, engine, region, share);
            add(averages, engine, tracked, share);
          }
          engine.write(region, sum);
          engine.write(tracked, averages);
          engine
              .prepare(List.of(new Engine.Request(Engine.Kind.APPLY, 1, 0, false)))
              .get(0)
              .run(null, chunk(0, step, 3), new float[0]);
        }
      }
      return model.getNamedWeights();
    }
  }

  private static long seed(int rank) {
    return 3 ^ rank * 0x9E3779B97F4A7C15L;
  }

  private static Chunk chunk(int row, int step, long seed) {
    return new Chunk(row, 1, step, new double[] {0.05}, new long[] {seed});
  }

  private static void add(float[] sum, Engine engine, int offset, float share) {
    float[] part = new float[sum.length];
    engine.read(offset, part);
    for (int i = 0; i < sum.length; i++) {
      sum[i] += part[i] * share;
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 40", "2, 40", "3, 41", "4, 33", "5, 34"})
  void processes_together_equalTheirPartsSummedInOrder(int size, int rows) {
    List<Outcome> outcomes = train(size, rows, CLIPPED, Fit.epochs(3).batchSize(BATCH).verbose(0));
    Map<String, Tensor> expected = summedInOrder(size, rows, CLIPPED, 3);
    for (Outcome outcome : outcomes) {
      assertThat(outcome.weights).isEqualTo(expected);
      assertThat(outcome.iterations).isEqualTo(3 * ((rows + BATCH - 1) / BATCH));
      assertThat(outcome.history.get("loss")).isEqualTo(outcomes.get(0).history.get("loss"));
    }
  }

  @Test
  void oneProcess_equalsTrainingAlone() {
    Fit options = Fit.epochs(3).batchSize(BATCH).verbose(0);
    Outcome alone = Outcome.of(network(CLIPPED), part(0, 1, 41), options);
    Outcome one = train(1, 41, CLIPPED, options).get(0);
    assertThat(one.weights).isEqualTo(alone.weights);
    assertThat(one.history.get("loss")).isEqualTo(alone.history.get("loss"));
    assertThat(one.history.get("accuracy")).isEqualTo(alone.history.get("accuracy"));
  }

  @Test
  void processes_withoutShuffle_equalTrainingAloneWithinRounding() {
    Fit options = Toy.fit(4).shuffle(false).validationData(Toy.data(11));
    Outcome alone = Outcome.of(Toy.compiled(new Adam(0.02)), Toy.data(41), options);
    List<Outcome> three =
        ThreadGroup.run(
            3,
            group ->
                Outcome.of(
                    Toy.compiled(new Adam(0.02)),
                    part(group.rank(), 3, 41),
                    options
                        .validationData(
                            group.rank() == 1
                                ? null
                                : Toy.data(11)
                                    .skip(group.rank() == 0 ? 4 : 0)
                                    .take(group.rank() == 0 ? 7 : 4))
                        .group(group)));
    alone.weights.forEach(
        (name, weight) ->
            assertThat(three.get(2).weights.get(name).toFloats())
                .as(name)
                .usingComparatorWithPrecision(1e-5f)
                .containsExactly(weight.toFloats()));
    for (String name : List.of("loss", "accuracy", "val_loss", "val_accuracy")) {
      for (Outcome each : three) {
        assertThat(each.history.get(name)).isEqualTo(three.get(0).history.get(name));
      }
      for (int epoch = 0; epoch < 4; epoch++) {
        assertThat(three.get(1).history.get(name).get(epoch))
            .as("%s, epoch %s", name, epoch)
            .isCloseTo(alone.history.get(name).get(epoch), within(1e-5));
      }
    }
  }

  @Test
  void averageEvery_oneStepOfSgd_equalsSummedGradientsWithinRounding() {
    Function<Integer, Outcome> train =
        every ->
            ThreadGroup.run(
                    2,
                    group ->
                        Outcome.of(
                            Toy.compiled(),
                            part(group.rank(), 2, 40),
                            (every == 0 ? Toy.fit(2) : Toy.fit(2).averageEvery(every))
                                .group(group)))
                .get(1);
    Outcome summed = train.apply(0);
    Outcome averaged = train.apply(1);
    Outcome rarely = train.apply(3);
    summed.weights.forEach(
        (name, weight) ->
            assertThat(averaged.weights.get(name).toFloats())
                .usingComparatorWithPrecision(1e-5f)
                .containsExactly(weight.toFloats()));
    assertThat(rarely.weights).isNotEqualTo(summed.weights);
    assertThat(rarely.iterations).isEqualTo(10);
  }

  @Test
  void averageEvery_severalSteps_equalsModelsThatAreAveraged() {
    // SGD, 2 processes, 5 steps an epoch: averages after steps 3, 5, 6, 9, 10
    List<Outcome> together =
        ThreadGroup.run(
            2,
            group ->
                Outcome.of(
                    Toy.compiled(),
                    part(group.rank(), 2, 40),
                    Toy.fit(2).shuffle(false).averageEvery(3).group(group)));
    try (Model a = Toy.compiled();
        Model b = Toy.compiled()) {
      for (int step = 1; step <= 10; step++) {
        int row = (step - 1) % 5 * 4;
        a.trainOnBatch(part(0, 2, 40).skip(row).take(4));
        b.trainOnBatch(part(1, 2, 40).skip(row).take(4));
        if (step % 5 == 0 || step % 3 == 0) {
          List<Tensor> averages = new ArrayList<>();
          for (int i = 0; i < a.getWeights().size(); i++) {
            float[] x = a.getWeights().get(i).toFloats();
            float[] y = b.getWeights().get(i).toFloats();
            for (int k = 0; k < x.length; k++) {
              x[k] = x[k] * 0.5f + y[k] * 0.5f;
            }
            averages.add(Tensor.of(x, a.getWeights().get(i).shape()));
          }
          a.setWeights(averages);
          b.setWeights(averages);
        }
      }
      assertThat(together.get(0).weights).isEqualTo(a.getNamedWeights());
      assertThat(together.get(1).weights).isEqualTo(a.getNamedWeights());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void resume_afterALostProcess_equalsTheUninterruptedTraining(boolean averages) {
    Fit base = Fit.epochs(4).batchSize(BATCH).verbose(0);
    Fit options = averages ? base.averageEvery(2) : base;
    Optimizer optimizer = new Adam(0.05);
    Outcome whole = train(2, 41, optimizer, options).get(0); // 6 steps an epoch
    Checkpoint often = Checkpoint.in(folder).every(4, Checkpoint.Unit.STEPS);
    Fit saved = options.checkpoint(often).resume(folder);
    List<Object> lost =
        ThreadGroup.outcomes(
            2,
            group -> {
              Fit own = saved.group(group);
              return Outcome.of(
                  network(optimizer),
                  part(group.rank(), 2, 41),
                  group.rank() == 0 ? own : own.callback(new Killer(13)));
            });
    assertThat(lost.get(0)).isInstanceOf(RunException.class);
    assertThat(lost.get(1)).isInstanceOf(IllegalStateException.class);
    assertThat(Checkpoint.isIn(folder)).isTrue();
    for (Outcome outcome : train(2, 41, optimizer, saved)) {
      assertThat(outcome.weights).isEqualTo(whole.weights);
      assertThat(outcome.history.get("loss")).isEqualTo(whole.history.get("loss"));
    }
    assertThatThrownBy(() -> train(3, 41, optimizer, saved))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("data: expected checksums ");
  }

  /** Ends its process at a step. */
  private static final class Killer implements Callback {
    private final int at;
    private int steps;

    Killer(int at) {
      this.at = at;
    }

    @Override
    public boolean wantsBatches() {
      return true;
    }

    @Override
    public void onTrainBatchEnd(Model model, int batch, Map<String, Double> logs) {
      if (++steps == at) {
        throw new IllegalStateException("killed");
      }
    }
  }

  @Test
  void stopTraining_ofOneProcess_endsAllAfterTheSameStep() {
    List<Outcome> outcomes =
        ThreadGroup.run(
            3,
            group -> {
              Model model = Toy.compiled();
              Fit options = Toy.fit(1000).group(group);
              if (group.rank() == 2) {
                options = options.callback(new Stopper());
              }
              return Outcome.of(model, part(group.rank(), 3, 41), options);
            });
    assertThat(outcomes.get(2).iterations).isBetween(1L, 5999L);
    for (Outcome outcome : outcomes) {
      assertThat(outcome.iterations).isEqualTo(outcomes.get(2).iterations);
      assertThat(outcome.weights).isEqualTo(outcomes.get(2).weights);
    }
  }

  /** Another thread ends the training after an epoch has begun. */
  private static final class Stopper implements Callback {
    @Override
    public void onEpochBegin(Model model, int epoch) {
      if (epoch == 1) {
        new Thread(model::stopTraining).start();
      }
    }
  }

  @Test
  void stopTraining_ofACallback_endsAllAfterTheEpoch() {
    List<Outcome> outcomes =
        ThreadGroup.run(
            2,
            group -> {
              Callback stop =
                  new Callback() {
                    @Override
                    public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
                      if (epoch == 1 && group.rank() == 1) {
                        model.stopTraining();
                      }
                    }
                  };
              return Outcome.of(
                  Toy.compiled(),
                  part(group.rank(), 2, 41),
                  Toy.fit(9).callback(stop).group(group));
            });
    assertThat(outcomes).extracting(Outcome::iterations).containsExactly(12L, 12L);
  }

  @Test
  void stopTraining_ofOneProcessBeforeTheFirstEpoch_endsAll() {
    List<Outcome> outcomes =
        ThreadGroup.run(
            2,
            group -> {
              Callback stop =
                  new Callback() {
                    @Override
                    public void onTrainBegin(Model model) {
                      if (group.rank() == 1) {
                        model.stopTraining();
                      }
                    }
                  };
              return Outcome.of(
                  Toy.compiled(),
                  part(group.rank(), 2, 41),
                  Toy.fit(9).callback(stop).group(group));
            });
    assertThat(outcomes).extracting(Outcome::iterations).containsExactly(0L, 0L);
  }

  @Test
  void resume_withOtherRowsOnAnotherProcess_isRefused() {
    Fit saved = Toy.fit(2).checkpoint(Checkpoint.in(folder)).resume(folder);
    Function<Integer, List<Object>> train =
        other ->
            ThreadGroup.outcomes(
                2,
                group -> {
                  Dataset data = part(group.rank() == 1 ? other : 0, 2, 40);
                  return Outcome.of(Toy.compiled(), data, saved.group(group));
                });
    assertThat(train.apply(1)).hasOnlyElementsOfType(Outcome.class);
    assertThat((Throwable) train.apply(0).get(0))
        .isInstanceOf(InputException.class)
        .hasMessageContaining(", data: expected checksums ");
  }

  @Test
  void agreement_sums_areExact() {
    List<double[]> sums =
        ThreadGroup.run(
            3,
            group ->
                new Agreement(group)
                    .sum(List.of(group.rank() == 0 ? (1L << 53) - 8 : 1.0, group.rank() + 0.1)));
    assertThat(sums.get(2)).containsExactly((1L << 53) - 6, 0.1 + 1.1 + 2.1);
    assertThat(sums.get(0)).isEqualTo(sums.get(2));
  }

  private static void assertRefused(String message, Function<ProcessGroup, Object> task) {
    List<Object> outcomes = ThreadGroup.outcomes(2, task);
    assertThat(outcomes).as(message).hasOnlyElementsOfType(RuntimeException.class);
    assertThat(outcomes)
        .anySatisfy(
            each ->
                assertThat((Throwable) each)
                    .isInstanceOf(InputException.class)
                    .hasMessageContaining(message));
  }

  @Test
  void processes_thatDoNotFitTogether_areRefused() {
    assertRefused(
        "fit, group, batch size: expected the same on all processes, received another one on rank 1",
        group ->
            Toy.compiled()
                .fit(
                    part(group.rank(), 2, 40),
                    Toy.fit(1).batchSize(8 + group.rank()).group(group)));
    assertRefused(
        "fit, group, values of the weights",
        group -> {
          Model model = Toy.compiled();
          model.build(Toy.FEATURES);
          if (group.rank() == 1) {
            model.trainOnBatch(Toy.data(8));
            model.trainingState().setCounters(Map.of("iterations", 0L));
          }
          return model.fit(part(group.rank(), 2, 40), Toy.fit(1).group(group));
        });
    assertRefused(
        "fit, group, rank 0: expected 22 of 44 rows, received 20",
        group -> Toy.compiled().fit(Toy.data(20 + 4 * group.rank()), Toy.fit(1).group(group)));
    assertRefused(
        "fit, group: expected no validation split",
        group ->
            Toy.compiled()
                .fit(Toy.data(20), Toy.fit(1).validationSplit(0.5 * group.rank()).group(group)));
    assertRefused(
        "fit, group, epochs with a validation: expected the same",
        group ->
            Toy.compiled()
                .fit(
                    part(group.rank(), 2, 40),
                    Toy.fit(1)
                        .validationData(Toy.data(4))
                        .validationFreq(1 + group.rank())
                        .group(group)));
    assertRefused(
        "fit, group: expected no steps per epoch alone",
        group ->
            Toy.compiled()
                .fit(part(group.rank(), 2, 40), Fit.epochs(1).stepsPerEpoch(2).group(group)));
    assertRefused(
        "fit, group, learning rate: expected the same on all processes",
        group -> {
          Callback change =
              new LearningRateScheduler((epoch, rate) -> group.rank() == 0 ? rate : rate / 2);
          return Toy.compiled()
              .fit(part(group.rank(), 2, 40), Toy.fit(2).callback(change).group(group));
        });
    assertRefused(
        "batch size: expected at least a row for each of 2 processes",
        group -> Toy.compiled().fit(Toy.data(2), Toy.fit(1).batchSize(1).group(group)));
    assertRefused(
        "expected a multiple of the 2 steps between averages, received 3 steps",
        group ->
            Toy.compiled()
                .fit(
                    Toy.data(20),
                    Toy.fit(1)
                        .averageEvery(2)
                        .checkpoint(Checkpoint.in(folder).every(3, Checkpoint.Unit.STEPS))
                        .group(group)));
  }

  @Test
  void eachGradient_isSentOnce() {
    List<Integer> lengths = new ArrayList<>();
    ProcessGroup alone =
        new ProcessGroup() {
          @Override
          public int rank() {
            return 0;
          }

          @Override
          public int size() {
            return 1;
          }

          @Override
          public String transport() {
            return "none";
          }

          @Override
          public void begin(float[] values, int from, int length) {
            lengths.add(length);
          }

          @Override
          public void await() {}

          @Override
          public void close() {}
        };
    try (Model model =
        Sequential.of(
            new Input(Toy.FEATURES),
            new Dense(256).relu(),
            new Dense(192).relu(),
            new Dense(128).relu(),
            new Dense(Toy.CLASSES).softmax())) {
      model.backend("reference");
      model.compile(new Sgd(0.1), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, Metric.ACCURACY);
      model.fit(Toy.data(8), Toy.fit(1).group(alone));
      int region = model.compiled().engine().layout().regionSize();
      // what the processes agree on is short
      assertThat(lengths.stream().filter(length -> length > 64).mapToInt(Integer::intValue).sum())
          .isEqualTo(region);
      assertThat(lengths.stream().filter(length -> length > 64).count()).isGreaterThan(1);
    }
  }

  @Test
  void aProcessWithoutRowsInTheLastBatch_makesTheSameUpdate() {
    Optimizer sgd = new Sgd(0.05);
    List<Outcome> outcomes = train(2, 9, sgd, Fit.epochs(2).batchSize(BATCH).verbose(0));
    assertThat(outcomes.get(0).weights).isEqualTo(summedInOrder(2, 9, sgd, 2));
    assertThat(outcomes.get(1).weights).isEqualTo(outcomes.get(0).weights);
  }
}
