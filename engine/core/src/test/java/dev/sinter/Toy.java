package dev.sinter;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.optimizers.Sgd;
import java.util.Random;

/** Small data and models for the tests of the API; always on the reference backend. */
public final class Toy {
  static final int FEATURES = 5;
  static final int CLASSES = 3;

  private Toy() {}

  /** Returns samples [n, 5] from -1 to 1, the same ones every time. */
  public static float[][] x(int n) {
    Random random = new Random(11);
    float[][] x = new float[n][FEATURES];
    for (float[] row : x) {
      for (int i = 0; i < FEATURES; i++) {
        row[i] = 2 * random.nextFloat() - 1;
      }
    }
    return x;
  }

  /** Returns the class of each sample, 0 to 2: which of its first three values is largest. */
  public static int[] y(int n) {
    float[][] x = x(n);
    int[] y = new int[n];
    for (int i = 0; i < n; i++) {
      for (int k = 1; k < CLASSES; k++) {
        y[i] = x[i][k] > x[i][y[i]] ? k : y[i];
      }
    }
    return y;
  }

  /** Returns samples with their classes. */
  public static Dataset data(int n) {
    return Dataset.of(x(n), y(n));
  }

  /** Returns a classifier 5 - 4 (relu) - 3 (softmax), not compiled. */
  public static Model model() {
    Model model =
        Sequential.of(new Input(FEATURES), new Dense(4).relu(), new Dense(CLASSES).softmax());
    return model.backend("reference");
  }

  /** Returns the classifier, compiled with an optimizer, with its accuracy. */
  public static Model compiled(Optimizer optimizer) {
    Model model = model();
    model.compile(optimizer, Loss.SPARSE_CATEGORICAL_CROSSENTROPY, Metric.ACCURACY);
    return model;
  }

  /** Returns the classifier, compiled with SGD at a rate of 0.5. */
  public static Model compiled() {
    return compiled(new Sgd(0.5));
  }

  /** Returns options without output, batches of 8. */
  public static Fit fit(int epochs) {
    return Fit.epochs(epochs).batchSize(8).verbose(0);
  }

  /** Returns zeros of a shape. */
  public static Tensor zeros(int... shape) {
    int size = 1;
    for (int dimension : shape) {
      size *= dimension;
    }
    return Tensor.of(new float[size], shape);
  }
}
