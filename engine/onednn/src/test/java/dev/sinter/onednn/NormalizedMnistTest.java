package dev.sinter.onednn;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.datasets.Mnist;
import dev.sinter.layers.BatchNormalization;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Dropout;
import dev.sinter.layers.ReLU;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.CosineDecay;
import dev.sinter.testkit.TestData;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

/**
 * The network of mnist-dense with batch normalization and dropout on the real MNIST. Takes a
 * minute, so it runs only with {@code -Dsinter.accuracy=true}.
 */
class NormalizedMnistTest {
  private static final int EPOCHS = 20;

  @Test
  void denseNetwork_withBatchNormalizationAndDropout_reachesItsAccuracy() {
    Assumptions.assumeTrue(
        Boolean.getBoolean("sinter.accuracy"), "set -Dsinter.accuracy=true: it takes a minute");
    Assumptions.assumeTrue(TestData.folder().isPresent(), TestData.REASON);
    var mnist = Mnist.load();
    Dataset train = mnist.train().flatten().scale(1 / 255f);
    try (Model model =
        Sequential.of(
                new Dense(512).useBias(false),
                new BatchNormalization(),
                new ReLU(),
                new Dropout(0.5),
                new Dense(10).softmax())
            .backend("onednn")) {
      var rate = new CosineDecay(0.004, EPOCHS * 469);
      model.compile(
          new Adam().learningRate(rate), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, Metric.ACCURACY);
      model.fit(train, Fit.epochs(EPOCHS).batchSize(128).verbose(0));
      assertThat(model.evaluate(mnist.test().like(train)).accuracy()).isGreaterThanOrEqualTo(0.983);
    }
  }
}
