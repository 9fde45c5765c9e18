package dev.sinter.dl4j;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.stream.Stream;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.api.iterator.DataSetIterator;
import org.nd4j.linalg.learning.config.AMSGrad;
import org.nd4j.linalg.learning.config.AdaDelta;
import org.nd4j.linalg.learning.config.AdaGrad;
import org.nd4j.linalg.learning.config.AdaMax;
import org.nd4j.linalg.learning.config.Adam;
import org.nd4j.linalg.learning.config.IUpdater;
import org.nd4j.linalg.learning.config.Nadam;
import org.nd4j.linalg.learning.config.Nesterovs;
import org.nd4j.linalg.learning.config.NoOp;
import org.nd4j.linalg.learning.config.RmsProp;
import org.nd4j.linalg.learning.config.Sgd;

/** DL4J's own fit is the oracle: 50 steps of both from the same parameters and batches. */
class FitTest {
  private static final double TOLERANCE = 1e-4;

  static Stream<IUpdater> updaters() {
    return Stream.of(
        new RmsProp(1e-3, 0.9, 1e-7),
        new RmsProp(1e-3),
        new Adam(1e-3),
        new Nesterovs(0.05, 0.9),
        new Sgd(0.1));
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void fit_mnistDenseFor50Steps_endsWhereDl4jEnds(IUpdater updater) {
    compare(Networks.builder(updater), Networks.digits(50 * 128, 128), 1);
  }

  static Stream<IUpdater> otherUpdaters() {
    return Stream.of(
        new AMSGrad(1e-3),
        new AdaGrad(0.01),
        new AdaDelta(),
        new AdaMax(1e-3),
        new Nadam(1e-3),
        new NoOp());
  }

  @ParameterizedTest
  @MethodSource("otherUpdaters")
  void fit_otherUpdaters_endWhereDl4jEnds(IUpdater updater) {
    compare(Networks.builder(updater), Networks.digits(20 * 64, 64), 1);
  }

  @Test
  void fit_l1AndL2_endsWhereDl4jEnds() {
    var builder = Networks.builder(new Sgd(0.1)).l2(1e-3).l1(1e-4).l2Bias(1e-2).l1Bias(1e-3);
    compare(builder, Networks.digits(20 * 64, 64), 1);
  }

  @Test
  void fit_l2UnderAdam_endsWhereDl4jEnds() {
    compare(Networks.builder(new Adam(1e-3)).l2(1e-3), Networks.digits(20 * 64, 64), 1);
  }

  private static void compare(
      NeuralNetConfiguration.Builder builder, DataSetIterator batches, int epochs) {
    MultiLayerNetwork expected = Networks.mnistDense(builder);
    MultiLayerNetwork actual = expected.clone();
    INDArray start = expected.params().dup();
    expected.fit(batches, epochs);
    batches.reset();
    Dl4j.on("onednn").fit(actual, batches, epochs);
    double apart = Networks.apart(expected.params(), actual.params(), start);
    assertThat(apart).isLessThan(TOLERANCE);
    assertThat(actual.getIterationCount()).isEqualTo(expected.getIterationCount());
    assertThat(actual.getEpochCount()).isEqualTo(expected.getEpochCount());
    assertThat(actual.score()).isCloseTo(expected.score(), within(1e-4 * expected.score()));
    INDArray state = expected.getUpdater().getStateViewArray();
    if (state != null) {
      INDArray other = actual.getUpdater().getStateViewArray();
      double error = state.sub(other).norm2Number().doubleValue();
      assertThat(error).isLessThan(TOLERANCE * state.norm2Number().doubleValue());
    }
  }
}
