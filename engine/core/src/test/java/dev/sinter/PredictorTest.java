package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.sun.management.ThreadMXBean;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Embedding;
import dev.sinter.layers.Flatten;
import dev.sinter.layers.Input;
import dev.sinter.testkit.MnistNetworks;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a predictor takes, refuses and costs; the thread contract has the rest. */
class PredictorTest {
  private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
  private static final int CALLS = 100;

  private static void refused(Runnable call, String message) {
    assertThatThrownBy(call::run).isInstanceOf(InputException.class).hasMessageContaining(message);
  }

  @Test
  void predict_rowOfAnotherWidth_isRefused() {
    Predictor predictor = Toy.model().predictor();
    refused(
        () -> predictor.predict(new float[4]),
        "predict, layer dense: expected a row of 5 features, received 4. Use rows");
    refused(() -> predictor.predict(Dataset.of(Toy.zeros(2, 6))), "samples of 5 features");
  }

  @Test
  void predict_noRows_givesNoOutputs() {
    Predictor predictor = Toy.model().predictor();
    assertThat(predictor.predict(Dataset.of(Tensor.of(new float[0][5]))).shape())
        .containsExactly(0, 3);
  }

  @Test
  void predict_nanInTheRow_givesNan() {
    float[] row = Toy.x(1)[0];
    Predictor predictor = Toy.model().predictor();
    assertThat(predictor.predict(row)).doesNotContain(Float.NaN);
    row[2] = Float.NaN;
    assertThat(predictor.predict(row)).containsOnly(Float.NaN);
  }

  @Test
  void predict_answerChangedByTheCaller_changesNoOther() {
    Predictor predictor = Toy.model().predictor();
    float[] row = Toy.x(1)[0];
    float[] first = predictor.predict(row);
    float[] kept = first.clone();
    first[0] = 9;
    row[0] += 1;
    predictor.predict(row);
    row[0] = Toy.x(1)[0][0];
    assertThat(predictor.predict(row)).isEqualTo(kept);
  }

  @Test
  void predict_unknownCategory_isRefused() {
    Model model = Sequential.of(new Input(2), new Embedding(3, 2), new Flatten(), new Dense(1));
    Predictor predictor = model.predictor();
    assertThat(predictor.predict(new float[] {0, 2})).hasSize(1);
    refused(
        () -> predictor.predict(new float[] {0, 3}),
        "predict, x row 0, column 1: expected a category from 0 to 2, as layer embedding has 3");
    refused(() -> predictor.predict(new float[] {Float.NaN, 0}), "predict, x row 0, column 0");
  }

  @Test
  void predict_closed_isRefused() {
    Model model = Toy.model();
    Predictor predictor = model.predictor();
    predictor.predict(Dataset.of(Toy.zeros(2, 5)));
    predictor.close();
    predictor.close();
    String message = "expected an open predictor, received one that was closed. Make another";
    refused(() -> predictor.predict(Toy.x(1)[0]), "predict: " + message);
    refused(() -> predictor.predict(Dataset.of(Toy.zeros(2, 5))), "predict: " + message);
    refused(() -> predictor.refresh(model), "refresh: " + message);
  }

  @Test
  void predictor_modelNotBuilt_isRefused() {
    refused(() -> Sequential.of(new Dense(2)).predictor(), "predictor: expected a built model");
  }

  @Test
  void refresh_otherLayers_isRefusedAndChangesNothing() {
    Predictor predictor = Toy.model().predictor();
    float[] before = predictor.predict(Toy.x(1)[0]);
    List<Model> others =
        List.of(
            Sequential.of(new Input(5), new Dense(6).relu(), new Dense(3).softmax()),
            Sequential.of(new Input(5), new Dense(4).tanh(), new Dense(3).softmax()),
            Sequential.of(new Input(5), new Dense(4).relu(), new Dense(3)));
    List<String> received =
        List.of("dense/kernel [5, 6]", "tanh", "-> [dense_1/output [1, 3]]. Make");
    for (int i = 0; i < others.size(); i++) {
      Model other = others.get(i);
      String part = received.get(i);
      assertThatThrownBy(() -> predictor.refresh(other))
          .isInstanceOf(InputException.class)
          .hasMessageStartingWith(
              "refresh, model sequential: expected the layers that the predictor was made of")
          .hasMessageContaining(part);
    }
    assertThat(predictor.predict(Toy.x(1)[0])).isEqualTo(before);
  }

  @Test
  void dataset_scaledAsItSays_isPredictedAsTheModelDoes() {
    Model model = Toy.compiled();
    Dataset scaled = Dataset.of(Toy.x(20), Toy.y(20)).scale(0.5f).offset(0.1f);
    model.fit(scaled, Toy.fit(1));
    Predictor predictor = model.predictor();
    Tensor expected = model.predict(scaled);
    assertThat(predictor.predict(scaled)).isEqualTo(expected);
    float[] row = new float[5];
    for (int i = 0; i < row.length; i++) {
      row[i] = scaled.x().get(i);
    }
    for (int i = 0; i < 3; i++) {
      assertThat(predictor.predict(row)[i]).isCloseTo(expected.get(i), within(1e-6f));
    }
  }

  private static volatile float[] sink; // keeps what is allocated from being optimized away

  private static long bytes(Supplier<float[]> call) {
    long before = THREADS.getCurrentThreadAllocatedBytes();
    for (int i = 0; i < CALLS; i++) {
      sink = call.get();
    }
    return THREADS.getCurrentThreadAllocatedBytes() - before;
  }

  @ParameterizedTest
  @ValueSource(strings = {"mnist-dense", "mnist-sigmoid", "digits01"})
  void predict_warm_allocatesTheAnswerAlone(String name) {
    int features = name.equals("digits01") ? 400 : 784;
    int outputs = name.equals("digits01") ? 1 : 10;
    try (Model model = MnistNetworks.of(name)) {
      model.build(features);
      Predictor predictor = model.predictor();
      float[] row = new float[features];
      row[3] = 1;
      Supplier<float[]> predicting = () -> predictor.predict(row);
      Supplier<float[]> allocating = () -> new float[outputs];
      long received = Long.MAX_VALUE;
      long expected = Long.MAX_VALUE;
      // The least of many: a JVM that warms up allocates now and then.
      for (int i = 0; i < 30; i++) {
        received = Math.min(received, bytes(predicting));
        expected = Math.min(expected, bytes(allocating));
      }
      assertThat(received).as("bytes of %d answers", CALLS).isEqualTo(expected);
    }
  }
}
