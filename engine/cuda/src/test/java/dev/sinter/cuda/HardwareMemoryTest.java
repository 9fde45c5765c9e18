package dev.sinter.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.nvidia.NvidiaPlatform;
import dev.sinter.data.Dataset;
import dev.sinter.datasets.Mnist;
import dev.sinter.datasets.MnistOptions;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.recipes.Recipe;
import org.junit.jupiter.api.Test;

/** Long trainings do not use more memory than at their start. */
@OnDevice
class HardwareMemoryTest {
  private static final int EPOCHS = 1000;

  /** The memory that the driver uses for graphs and kernels loaded late. */
  private static final long TOLERANCE = 4 << 20;

  @Test
  void fit_aThousandEpochs_takesNoMoreDeviceMemory() {
    Recipe recipe = Recipe.of("digits01");
    Mnist mnist = Mnist.load(MnistOptions.defaults().generated(true));
    Dataset train = recipe.fromMnist(mnist, 0).train();
    Device device = new NvidiaPlatform().open(0);
    try (device;
        Model model = recipe.model(0)) {
      model.backend(CudaProvider.NAME);
      model.compile(Optimizer.of(recipe.optimizer()), recipe.loss(), Metric.ACCURACY);
      model.fit(train, Fit.epochs(2).batchSize(recipe.batchSize()).verbose(0));
      device.synchronize();
      long before = device.freeBytes();
      model.fit(train, Fit.epochs(EPOCHS).batchSize(recipe.batchSize()).verbose(0));
      device.synchronize();
      assertThat(before - device.freeBytes()).isLessThan(TOLERANCE);
    }
  }
}
