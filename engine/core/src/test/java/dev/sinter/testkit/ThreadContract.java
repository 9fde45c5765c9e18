package dev.sinter.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.Callback;
import dev.sinter.Fit;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.Predictor;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.layers.ElementwiseLayer;
import dev.sinter.layers.Input;
import dev.sinter.program.Expression;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Several threads: predictors beside a training, a model that two threads ask, trainings side by
 * side, and trainings that are ended from outside. A backend's test class extends this one.
 */
@Timeout(120)
public abstract class ThreadContract {
  private static final int FEATURES = 12;
  private static final int CLASSES = 3;
  private static final int ROWS = 200;

  /** So many that no test waits for their end. */
  private static final int MANY_EPOCHS = 1_000_000;

  private final String backend;

  /** Creates the contract of a backend that computes in float32. */
  protected ThreadContract(String backend) {
    this.backend = backend;
  }

  /** x³, which no library knows. */
  private record Cubed(String name) implements ElementwiseLayer {
    @Override
    public String className() {
      return "Cubed";
    }

    @Override
    public Expression forward() {
      return Expression.input(0).times(Expression.input(0)).times(Expression.input(0));
    }

    @Override
    public Expression derivative() {
      return Expression.input(0).times(Expression.input(0)).times(3);
    }
  }

  private Model model(long seed) {
    Model model =
        Sequential.of(new Input(FEATURES), new Dense(16).relu(), new Dense(CLASSES).softmax());
    model.seed(seed).backend(backend);
    model.compile("rmsprop", "sparse_categorical_crossentropy", "accuracy");
    return model;
  }

  private static float[][] rows(int count, int features) {
    Random random = new Random(5);
    float[][] rows = new float[count][features];
    for (float[] row : rows) {
      for (int i = 0; i < features; i++) {
        row[i] = random.nextInt(3) == 0 ? 0 : random.nextFloat() * 2 - 1;
      }
    }
    return rows;
  }

  private static Dataset data() {
    int[] y = IntStream.range(0, ROWS).map(i -> i % CLASSES).toArray();
    return Dataset.of(rows(ROWS, FEATURES), y);
  }

  private static Fit fit(int epochs) {
    return Fit.epochs(epochs).batchSize(20).verbose(0);
  }

  private static Callback afterEpoch(int wanted, Runnable action) {
    return new Callback() {
      @Override
      public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
        if (epoch == wanted) {
          action.run();
        }
      }
    };
  }

  /** Runs a task in several threads at once and returns what each returned. */
  private static <T> List<T> inThreads(int count, Callable<T> task) throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(count);
    try {
      List<T> results = new ArrayList<>();
      for (Future<T> future : threads.invokeAll(Collections.nCopies(count, task))) {
        results.add(future.get());
      }
      return results;
    } finally {
      threads.shutdownNow();
    }
  }

  /** What a training recorded, and what an action returned meanwhile. */
  private record Meanwhile<T>(History history, T result) {}

  /** Trains in a thread of its own, runs an action meanwhile, and ends the training. */
  private static <T> Meanwhile<T> whileTraining(Model model, Callable<T> action) throws Exception {
    CountDownLatch begun = new CountDownLatch(1);
    Fit options = fit(MANY_EPOCHS).callback(afterEpoch(0, begun::countDown));
    ExecutorService thread = Executors.newSingleThreadExecutor();
    try {
      Future<History> history = thread.submit(() -> model.fit(data(), options));
      assertThat(begun.await(60, TimeUnit.SECONDS)).as("the training has begun").isTrue();
      T result = action.call();
      assertThat(history).as("the training").isNotDone();
      model.stopTraining();
      return new Meanwhile<>(history.get(60, TimeUnit.SECONDS), result);
    } finally {
      model.stopTraining(); // where the action failed
      thread.shutdown();
    }
  }

  @Test
  void predictor_eightThreadsWhileAnotherTrains_answersAsAlone() throws Exception {
    try (Model model = model(1);
        Predictor predictor = model.predictor()) {
      float[][] rows = rows(ROWS, FEATURES);
      float[][] alone = Arrays.stream(rows).map(predictor::predict).toArray(float[][]::new);
      AtomicInteger starts = new AtomicInteger();
      List<Integer> wrong =
          whileTraining(
                  model,
                  () ->
                      inThreads(
                          8,
                          () -> {
                            int other = 0;
                            int start = starts.getAndAdd(17);
                            for (int i = 0; i < 2000; i++) {
                              int row = (start + i) % ROWS;
                              other +=
                                  Arrays.equals(predictor.predict(rows[row]), alone[row]) ? 0 : 1;
                            }
                            return other;
                          }))
              .result();
      assertThat(wrong).containsOnly(0).hasSize(8);
      assertThat(model.predictor().predict(rows[0])).as("trained since").isNotEqualTo(alone[0]);
    }
  }

  @Test
  void predictor_datasetInTwoThreadsWhileAnotherTrains_answersAsAlone() throws Exception {
    Dataset data = Dataset.of(rows(33, FEATURES), new int[33]);
    try (Model model = model(2);
        Predictor predictor = model.predictor()) {
      Tensor before = model.predict(data);
      assertThat(predictor.predict(data)).isEqualTo(before);
      List<Boolean> right =
          whileTraining(
                  model,
                  () ->
                      inThreads(
                          2,
                          () ->
                              IntStream.range(0, 20)
                                  .allMatch(i -> predictor.predict(data).equals(before))))
              .result();
      assertThat(right).containsExactly(true, true);
      assertThat(model.predict(data)).as("trained since").isNotEqualTo(before);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"mnist-dense", "mnist-sigmoid", "digits01"})
  void predictor_ofARecipe_agreesWithTheModel(String name) {
    int features = name.equals("digits01") ? 400 : 784;
    try (Model model = MnistNetworks.of(name)) {
      model.seed(3).backend(backend).build(features);
      assertAgreement(model, features, 1000);
    }
  }

  @Test
  void predictor_everyKindOfLayer_agreesWithTheModel() {
    try (Model model =
        Sequential.of(
            new Input(FEATURES),
            new ScaledDense(9, null),
            new Activation("tanh"),
            new Dense(7).sigmoid(),
            new Cubed(null),
            new Dense(1))) {
      model.seed(4).backend(backend);
      assertAgreement(model, FEATURES, 100);
    }
  }

  private void assertAgreement(Model model, int features, int terms) {
    float[][] rows = rows(5, features);
    Tensor expected = model.predict(Dataset.of(Tensor.of(rows)));
    try (Predictor predictor = model.predictor()) {
      for (int row = 0; row < rows.length; row++) {
        float[] received = predictor.predict(rows[row]);
        assertThat(received).hasSize(expected.rowSize());
        for (int i = 0; i < received.length; i++) {
          // Activations are at most of order 1 here, and so are their slopes.
          double error = 10 * Tolerance.FLOAT32.dot(terms) + Tolerance.TANH_ERROR;
          assertThat((double) received[i])
              .as("row %s, output %s", row, i)
              .isCloseTo(expected.at(row, i), within(error));
        }
      }
    }
  }

  @Test
  void predictor_modelTrainedClosedAndCompiledAnew_answersAsBefore() {
    Dataset data = Dataset.of(Tensor.of(rows(3, FEATURES)));
    Model model = model(5);
    try (Predictor predictor = model.predictor()) {
      float[] row = rows(1, FEATURES)[0];
      float[] before = predictor.predict(row);
      final Tensor many = predictor.predict(data);
      model.fit(data(), fit(2));
      model.compile("sgd", "sparse_categorical_crossentropy");
      model.close();
      model.backend("reference");
      assertThat(predictor.predict(row)).isEqualTo(before);
      assertThat(predictor.predict(data)).isEqualTo(many);
    }
  }

  /** An answer mixes no weights: each is the one of before, or the one of after. */
  @Test
  void refresh_whileOthersPredict_showsAllNewWeightsOrNone() throws Exception {
    Dataset data = Dataset.of(Tensor.of(rows(3, FEATURES)));
    float[] row = rows(1, FEATURES)[0];
    try (Model one = model(6);
        Model two = model(7);
        Predictor predictor = one.predictor()) {
      float[] first = predictor.predict(row);
      float[] second = two.predictor().predict(row);
      Tensor firstMany = one.predict(data);
      Tensor secondMany = two.predict(data);
      AtomicInteger turns = new AtomicInteger();
      List<Boolean> right =
          inThreads(
              3,
              () -> {
                boolean refreshes = turns.getAndIncrement() == 0;
                boolean all = true;
                for (int i = 0; i < 40; i++) {
                  if (refreshes) {
                    predictor.refresh(i % 2 == 0 ? two : one);
                  }
                  for (int k = 0; k < 20; k++) {
                    float[] now = predictor.predict(row);
                    all &= Arrays.equals(now, first) || Arrays.equals(now, second);
                  }
                  Tensor many = predictor.predict(data);
                  all &= many.equals(firstMany) || many.equals(secondMany);
                }
                return all;
              });
      assertThat(right).containsExactly(true, true, true);
      predictor.refresh(two);
      assertThat(predictor.predict(row)).isEqualTo(second);
      assertThat(predictor.predict(data)).isEqualTo(secondMany);
    }
  }

  @Test
  void refresh_inACallback_takesTheWeightsOfTheMoment() {
    float[] row = rows(1, FEATURES)[0];
    try (Model model = model(8);
        Predictor predictor = model.predictor()) {
      List<float[]> seen = new ArrayList<>();
      seen.add(predictor.predict(row));
      Callback refresh =
          new Callback() {
            @Override
            public void onEpochEnd(Model trained, int epoch, Map<String, Double> logs) {
              predictor.refresh(trained);
              seen.add(predictor.predict(row));
              try (Predictor other = trained.predictor()) {
                assertThat(other.predict(row)).isEqualTo(predictor.predict(row));
              }
            }
          };
      model.fit(data(), fit(2).callback(refresh));
      assertThat(seen.get(1)).isNotEqualTo(seen.get(0)).isNotEqualTo(seen.get(2));
      assertThat(seen.get(2)).isEqualTo(model.predictor().predict(row));
      try (Model undisturbed = model(8)) {
        undisturbed.fit(data(), fit(2));
        assertThat(model.getWeights()).isEqualTo(undisturbed.getWeights());
      }
    }
  }

  @Test
  void model_predictInFourThreads_answersAsAlone() throws Exception {
    float[][] rows = rows(ROWS, FEATURES);
    try (Model model = model(9)) {
      List<Tensor> alone =
          Arrays.stream(rows).map(row -> model.predict(new float[][] {row})).toList();
      AtomicInteger starts = new AtomicInteger();
      List<Integer> wrong =
          inThreads(
              4,
              () -> {
                int other = 0;
                int start = starts.getAndAdd(31);
                for (int i = 0; i < 100; i++) {
                  int row = (start + i) % ROWS;
                  Tensor answer = model.predict(new float[][] {rows[row]});
                  other += answer.equals(alone.get(row)) ? 0 : 1;
                }
                return other;
              });
      assertThat(wrong).containsExactly(0, 0, 0, 0);
    }
  }

  @Test
  void model_usedWhileAnotherThreadTrains_isRefusedAtOnce() throws Exception {
    try (Model model = model(10)) {
      Predictor predictor = model.predictor();
      whileTraining(
          model,
          () -> {
            for (Runnable call :
                List.<Runnable>of(
                    () -> model.predict(rows(1, FEATURES)),
                    () -> model.evaluate(data()),
                    () -> model.fit(data(), fit(1)),
                    model::getWeights,
                    model::predictor,
                    () -> predictor.refresh(model),
                    model::close)) {
              assertThatThrownBy(call::run)
                  .isInstanceOf(InputException.class)
                  .hasMessageContaining("expected a model that no other thread trains")
                  .hasMessageContaining(
                      "thread " + Thread.currentThread().getName() + " while thread")
                  .hasMessageContaining("model.predictor() makes before fit");
            }
            return null;
          });
      assertThat(model.predict(rows(1, FEATURES)).size()).isEqualTo(CLASSES);
    }
  }

  @Test
  void models_trainedSideBySide_haveTheBitsOfThoseTrainedAlone() throws Exception {
    List<List<Tensor>> alone = List.of(trained(11), trained(12));
    AtomicLong seeds = new AtomicLong(11);
    List<List<Tensor>> together = inThreads(2, () -> trained(seeds.getAndIncrement()));
    assertThat(together).containsExactlyInAnyOrderElementsOf(alone);
    assertThat(alone.get(0)).isNotEqualTo(alone.get(1));
  }

  private List<Tensor> trained(long seed) {
    try (Model model = model(seed)) {
      model.fit(data(), fit(15));
      return model.getWeights();
    }
  }

  @Test
  void stopTraining_fromAnotherThread_endsFitWithWhatWasDone() throws Exception {
    try (Model model = model(13)) {
      History history = whileTraining(model, () -> null).history();
      assertThat(history.epochs()).isNotEmpty().hasSizeLessThan(MANY_EPOCHS);
      assertThat(history.get("loss")).hasSameSizeAs(history.epochs()).allMatch(Double::isFinite);
      assertThat(model.fit(data(), fit(2)).epochs()).as("afterwards").containsExactly(0, 1);
    }
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void fit_interrupted_endsWithTheFlagSetAndTheModelUsable(boolean validated) throws Exception {
    try (Model model = model(14)) {
      Fit options =
          fit(MANY_EPOCHS).callback(afterEpoch(1, () -> Thread.currentThread().interrupt()));
      History history = model.fit(data(), validated ? options.validationData(data()) : options);
      assertThat(Thread.interrupted()).as("interrupt flag").isTrue();
      assertThat(history.epochs()).containsExactly(0, 1);
      assertThat(history.get("loss")).hasSize(2).allMatch(Double::isFinite);
      assertThat(model.predict(rows(1, FEATURES)).size()).isEqualTo(CLASSES);
      assertThat(model.fit(data(), fit(2)).epochs()).containsExactly(0, 1);
      try (Model whole = model(14)) {
        whole.fit(data(), fit(4));
        assertThat(model.getWeights()).as("gone on to the bit").isEqualTo(whole.getWeights());
      }
    } finally {
      Thread.interrupted(); // not for the next test
    }
  }
}
