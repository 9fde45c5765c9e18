package dev.sinter.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.layers.Dense;
import org.junit.jupiter.api.Test;

class SparkTrainingTest {
  @Test
  void fit_oneWorker_equalsTrainingHere() {
    Dataset data = bytes(100);
    Fit options = Fit.epochs(2).batchSize(16).verbose(0).validationData(bytes(20).like(data));
    try (Model here = model();
        Model there = model()) {
      var expected = here.backend("reference").fit(data, options);
      SparkTraining.Result result =
          SparkTraining.on(LocalSpark.session().sparkContext())
              .workers(1)
              .backend("reference", dev.sinter.backend.BackendOptions.DEFAULT)
              .fit(there, data, options);
      assertThat(there.getNamedWeights()).isEqualTo(here.getNamedWeights());
      assertThat(result.history().get("loss")).isEqualTo(expected.get("loss"));
      assertThat(result.history().get("val_loss")).isEqualTo(expected.get("val_loss"));
      assertThat(there.iterations()).isEqualTo(here.iterations());
      assertThat(result.backend()).isEqualTo("reference");
    }
  }

  private static Model model() {
    Model model = Sequential.of(new Dense(8).relu(), new Dense(3).softmax());
    model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
    return model;
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
