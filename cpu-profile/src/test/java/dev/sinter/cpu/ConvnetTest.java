package dev.sinter.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.data.Tensor;
import dev.sinter.datasets.Mnist;
import dev.sinter.datasets.MnistOptions;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.recipes.Recipe;
import dev.sinter.recipes.RecipeData;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The recipe mnist-convnet on onednn, with generated digits. */
class ConvnetTest {
  private static final Recipe CONVNET = Recipe.of("mnist-convnet");

  @TempDir Path folder;

  private static Model compiled() {
    Model model = CONVNET.model(0).seed(1).backend("onednn");
    model.compile(Optimizer.of(CONVNET.optimizer()), CONVNET.loss(), Metric.ACCURACY);
    return model;
  }

  @Test
  void fit_onePass_learnsTheDigitsWithTheSameBitsEachTime() {
    RecipeData data = CONVNET.fromMnist(Mnist.load(MnistOptions.defaults().generated(true)), 4000);
    Fit fit = Fit.epochs(1).batchSize(CONVNET.batchSize()).verbose(0);
    try (Model model = compiled();
        Model again = compiled()) {
      assertThat(model.getWeights().stream().mapToInt(Tensor::size).sum())
          .isEqualTo(34_826); // as Keras's summary says
      model.fit(data.train().take(400), fit);
      again.fit(data.train().take(400), fit);
      assertThat(again.getNamedWeights()).isEqualTo(model.getNamedWeights());
      model.fit(data.train(), fit);
      Map<String, Tensor> weights = model.getNamedWeights();
      assertThat(model.evaluate(data.test().take(500)).accuracy()).isGreaterThan(0.8);
      model.save(folder.resolve("convnet.keras"));
      try (Model read = Model.load(folder.resolve("convnet.keras")).backend("onednn")) {
        assertThat(read.predict(data.test().take(10)))
            .isEqualTo(model.predict(data.test().take(10)));
      }
      try (Model other = CONVNET.model(weights)) {
        other.setNamedWeights(weights);
        assertThat(other.getNamedWeights()).isEqualTo(weights);
      }
    }
  }
}
