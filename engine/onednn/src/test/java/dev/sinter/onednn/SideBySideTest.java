package dev.sinter.onednn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.Evaluation;
import dev.sinter.Sequential;
import dev.sinter.backend.BackendOptions;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import java.util.Random;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.Test;

/** Batches of evaluation and prediction, each on a thread of its own. */
class SideBySideTest {
  private static final int ROWS = 3_003;
  private static final int INPUTS = 64;

  private static Sequential model(String backend, int threads) {
    Sequential model =
        Sequential.of(new Input(INPUTS), new Dense(128).relu(), new Dense(3).softmax());
    model.seed(7);
    model.backend(backend, BackendOptions.DEFAULT.threads(threads));
    model.compile(Optimizer.of("sgd"), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, Metric.ACCURACY);
    return model;
  }

  private static Dataset samples() {
    Random random = new Random(3);
    byte[] pixels = new byte[ROWS * INPUTS];
    random.nextBytes(pixels);
    int[] labels = random.ints(ROWS, 0, 3).toArray();
    return Dataset.of(Tensor.ofBytes(pixels, ROWS, INPUTS), Tensor.of(labels)).scale(1 / 255f);
  }

  @Test
  void predictAndEvaluate_onTwoThreads_giveTheBitsOfOneAndTheRowsInOrder() {
    Dataset samples = samples();
    try (Sequential two = model("onednn", 2);
        Sequential one = model("onednn", 1);
        Sequential reference = model("reference", 1)) {
      float[] predictions = two.predict(samples).floats();
      assertThat(predictions).isEqualTo(one.predict(samples).floats());
      assertThat(predictions).isEqualTo(two.predict(samples).floats());
      float[] expected = reference.predict(samples).floats();
      for (int i = 0; i < expected.length; i++) {
        assertThat(predictions[i]).as("output %d", i).isCloseTo(expected[i], within(1e-5f));
      }
      Evaluation evaluation = two.evaluate(samples);
      assertThat(evaluation.values()).isEqualTo(one.evaluate(samples).values());
    }
  }

  @Test
  void predict_oftenOnTwoThreads_allocatesNothingMoreOffTheHeap() {
    Dataset samples = samples();
    try (Sequential model = model("onednn", 2)) {
      model.predict(samples);
      long bytes = Pointer.totalBytes();
      for (int i = 0; i < 5; i++) {
        model.predict(samples);
      }
      assertThat(Pointer.totalBytes()).isLessThanOrEqualTo(bytes);
    }
  }
}
