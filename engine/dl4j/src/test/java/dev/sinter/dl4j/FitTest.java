package dev.sinter.dl4j;

import static dev.sinter.dl4j.Networks.builder;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Backends;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.deeplearning4j.datasets.iterator.ExistingDataSetIterator;
import org.deeplearning4j.nn.api.Model;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.OutputLayer;
import org.deeplearning4j.nn.multilayer.MultiLayerNetwork;
import org.deeplearning4j.optimize.api.BaseTrainingListener;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.dataset.DataSet;
import org.nd4j.linalg.dataset.ViewIterator;
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
import org.nd4j.linalg.lossfunctions.LossFunctions.LossFunction;
import org.nd4j.linalg.schedule.ExponentialSchedule;
import org.nd4j.linalg.schedule.ScheduleType;

/** DL4J's own fit is the oracle: both train from the same parameters on the same batches. */
class FitTest {
  /** Of the distance moved. */
  private static final double TOLERANCE = 1e-4;

  static Stream<IUpdater> updaters() {
    return Stream.of(
        new RmsProp(1e-3, 0.9, 1e-7), new Adam(1e-3), new Nesterovs(0.05, 0.9), new Sgd(0.1));
  }

  @ParameterizedTest
  @MethodSource("updaters")
  void fit_mnistDenseFor50Steps_endsWhereDl4jEnds(IUpdater updater) {
    MultiLayerNetwork expected = Networks.mnistDense(builder(updater));
    compare(expected, Networks.digits(50 * 128, 128), 1);
  }

  static Stream<IUpdater> otherUpdaters() {
    return Stream.of(
        new RmsProp(1e-3),
        new AMSGrad(1e-3),
        new AdaGrad(0.01),
        new AdaDelta(),
        new AdaMax(1e-3),
        new Nadam(1e-3),
        new NoOp());
  }

  @ParameterizedTest
  @MethodSource("otherUpdaters")
  void fit_otherUpdaters_endsWhereDl4jEnds(IUpdater updater) {
    compare(Networks.small(builder(updater)), Networks.digits(15 * 64, 64), 1);
  }

  @Test
  void fit_penalties_endsWhereDl4jEnds() {
    var penalized = builder(new Sgd(0.1)).l2(1e-2).l1(1e-3).l2Bias(1e-1).l1Bias(1e-2);
    compare(Networks.small(penalized), Networks.digits(20 * 64, 64), 2);
    compare(Networks.small(builder(new Adam(1e-3)).l2(1e-2)), Networks.digits(1000, 64), 1);
  }

  @Test
  void fit_batchesOfDifferentSizes_endsWhereDl4jEnds() {
    List<DataSet> batches = new ArrayList<>();
    for (int size : new int[] {64, 64, 10, 10, 64, 1, 7}) {
      Networks.digits(size, size).forEachRemaining(batches::add);
    }
    compare(Networks.small(builder(new Adam(1e-3)).l2(1e-3)), Networks.iterator(batches), 2);
  }

  @Test
  void fit_rowsOfALargerArray_endsWhereDl4jEnds() {
    DataSet all = Networks.digits(300, 300).next();
    compare(Networks.small(builder(new Sgd(0.1))), new ViewIterator(all, 64), 2);
  }

  @Test
  void fit_columnsFirst_endsWhereDl4jEnds() {
    List<DataSet> batches = new ArrayList<>();
    Networks.digits(300, 64)
        .forEachRemaining(
            batch ->
                batches.add(new DataSet(batch.getFeatures().dup('f'), batch.getLabels().dup('f'))));
    compare(Networks.small(builder(new Sgd(0.1))), Networks.iterator(batches), 1);
  }

  static Stream<Arguments> losses() {
    return Stream.of(
        Arguments.of(LossFunction.XENT, Activation.SIGMOID),
        Arguments.of(LossFunction.MSE, Activation.IDENTITY),
        Arguments.of(LossFunction.MSE, Activation.SOFTMAX),
        Arguments.of(LossFunction.L2, Activation.TANH),
        Arguments.of(LossFunction.MEAN_ABSOLUTE_ERROR, Activation.IDENTITY),
        Arguments.of(LossFunction.L1, Activation.SIGMOID),
        Arguments.of(LossFunction.XENT, Activation.SIGMOID));
  }

  @ParameterizedTest
  @MethodSource("losses")
  void fit_otherLosses_endsWhereDl4jEnds(LossFunction loss, Activation last) {
    for (Activation hidden : List.of(Activation.RELU, Activation.TANH, Activation.SIGMOID)) {
      MultiLayerNetwork network =
          Networks.network(builder(new Sgd(0.05)), loss, hidden, last, 20, 16, 12, 3);
      compare(network, Networks.random(300, 20, 3, 32), 2);
    }
  }

  @Test
  void fit_saturatedOutputsOfXent_areClippedAsInDl4j() {
    MultiLayerNetwork network =
        Networks.network(
            builder(new Sgd(0.5)),
            LossFunction.XENT,
            Activation.IDENTITY,
            Activation.SIGMOID,
            20,
            8,
            2);
    network.params().muli(20);
    compare(network, Networks.random(64, 20, 2, 32), 1);
  }

  @Test
  void fit_withoutBias_endsWhereDl4jEnds() {
    MultiLayerNetwork network =
        new MultiLayerNetwork(
            builder(new RmsProp(1e-3))
                .l2(1e-3)
                .list()
                .layer(new DenseLayer.Builder().nIn(20).nOut(9).hasBias(false).build())
                .layer(
                    new OutputLayer.Builder(LossFunction.MSE)
                        .nIn(9)
                        .nOut(2)
                        .hasBias(false)
                        .activation(Activation.IDENTITY)
                        .build())
                .build());
    network.init();
    compare(network, Networks.random(100, 20, 2, 32), 2);
  }

  @ParameterizedTest
  @ValueSource(strings = {"EPOCH", "ITERATION"})
  void fit_learningRateSchedule_isFollowed(String type) {
    var schedule = new ExponentialSchedule(ScheduleType.valueOf(type), 0.2, 0.7);
    compare(Networks.small(builder(new Nesterovs(schedule, 0.9))), Networks.digits(640, 64), 3);
  }

  /** The reference keeps samples from epoch to epoch, as a GPU does; onednn reads them in place. */
  @ParameterizedTest
  @ValueSource(strings = {"reference", "onednn"})
  void fit_windowsThatChangeFromEpochToEpoch_endsWhereDl4jEnds(String backend) {
    MultiLayerNetwork expected =
        Networks.network(
            builder(new Sgd(0.1)), LossFunction.MSE, Activation.TANH, Activation.IDENTITY, 5, 4, 2);
    MultiLayerNetwork actual = expected.clone();
    INDArray start = expected.params().dup();
    List<DataSet> batches = new ArrayList<>();
    Networks.random(95, 5, 2, 8).forEachRemaining(batches::add);
    List<List<DataSet>> epochs =
        List.of(
            batches,
            batches, // nothing is new
            batches.subList(3, 12), // others, and fewer
            batches.subList(0, 1),
            batches);
    Dl4jNetwork description = NetworkReader.read("", actual.getLayerWiseConfigurations());
    Epochs iterator = new Epochs(epochs);
    int twoBatches = 2 * 8 * 5;
    try (Fitting fitting =
        new Fitting(
            actual,
            iterator,
            description,
            Backends.open(backend, BackendOptions.DEFAULT),
            twoBatches)) {
      epochs.forEach(epoch -> fitting.epoch());
    }
    expected.fit(new Epochs(epochs), epochs.size());
    assertEqual(actual, expected, start);
  }

  /** Other batches in every epoch. */
  private static final class Epochs extends ExistingDataSetIterator {
    private static final long serialVersionUID = 1L;
    private final transient List<List<DataSet>> epochs;
    private int epoch;
    private int next;

    Epochs(List<List<DataSet>> epochs) {
      super(epochs.get(0));
      this.epochs = epochs;
    }

    @Override
    public boolean hasNext() {
      return next < epochs.get(epoch).size();
    }

    @Override
    public DataSet next() {
      return epochs.get(epoch).get(next++);
    }

    @Override
    public boolean resetSupported() {
      return true;
    }

    @Override
    public void reset() {
      epoch++;
      next = 0;
    }

    @Override
    public boolean asyncSupported() {
      return false;
    }
  }

  @Test
  void fit_moreBatchSizesThanProgramsAreKept_endsWhereDl4jEnds() {
    List<DataSet> batches = new ArrayList<>();
    for (int size = 1; size < 50; size++) {
      Networks.random(size, 5, 2, size).forEachRemaining(batches::add);
    }
    MultiLayerNetwork network =
        Networks.network(
            builder(new Adam(1e-3)),
            LossFunction.MSE,
            Activation.TANH,
            Activation.IDENTITY,
            5,
            4,
            2);
    compare(network, Networks.iterator(batches), 1);
  }

  @Test
  void fit_inTurnsWithDl4j_endsWhereDl4jAloneEnds() {
    MultiLayerNetwork expected = Networks.small(builder(new Adam(1e-3)));
    MultiLayerNetwork actual = expected.clone();
    INDArray start = expected.params().dup();
    DataSetIterator batches = Networks.digits(640, 64);
    expected.fit(batches, 5);
    Dl4j.on("onednn").fit(actual, batches);
    actual.fit(batches, 1);
    Dl4j.on("nd4j").fit(actual, batches);
    Dl4j.on("reference").fit(actual, batches, 1);
    actual.fit(batches, 1);
    assertEqual(actual, expected, start);
  }

  @Test
  void fit_thatAnIteratorEnds_leavesWhatWasDone() {
    MultiLayerNetwork network = Networks.small(builder(new Sgd(0.1)));
    INDArray start = network.params().dup();
    List<DataSet> batches = new ArrayList<>();
    Networks.digits(128, 64).forEachRemaining(batches::add);
    Dl4j.fit(network, Networks.iterator(batches), 1);
    INDArray after = network.params().dup();
    batches.add(new DataSet(batches.get(0).getFeatures(), null));
    Dl4j.fit(network, new ExistingDataSetIterator(batches), 1);
    assertThat(after).isNotEqualTo(start);
    assertThat(network.getIterationCount()).isEqualTo(4); // ended by the batch without labels
    assertThat(network.getEpochCount()).isEqualTo(2);
  }

  @Test
  void listeners_duringFit_areToldWhatDl4jTells() {
    MultiLayerNetwork expected = Networks.small(builder(new Adam(1e-3)).l2(1e-4));
    MultiLayerNetwork actual = expected.clone();
    Log expectedLog = new Log();
    Log actualLog = new Log();
    expected.setListeners(expectedLog);
    actual.setListeners(actualLog);
    DataSetIterator batches = Networks.digits(300, 64);
    expected.fit(batches, 2);
    Dl4j.fit(actual, batches, 2);
    assertThat(actualLog.events).isEqualTo(expectedLog.events);
    for (int i = 0; i < expectedLog.scores.size(); i++) {
      assertThat(actualLog.scores.get(i)).isCloseTo(expectedLog.scores.get(i), within(1e-3));
    }
  }

  /** What a listener was told. */
  private static final class Log extends BaseTrainingListener {
    private final List<String> events = new ArrayList<>();
    private final List<Double> scores = new ArrayList<>();

    @Override
    public void iterationDone(Model model, int iteration, int epoch) {
      events.add("iteration " + iteration + " of epoch " + epoch);
      scores.add(model.score());
    }

    @Override
    public void onEpochStart(Model model) {
      events.add("start");
    }

    @Override
    public void onEpochEnd(Model model) {
      events.add("end");
    }
  }

  private static void compare(MultiLayerNetwork expected, DataSetIterator batches, int epochs) {
    MultiLayerNetwork actual = expected.clone();
    INDArray start = expected.params().dup();
    expected.fit(batches, epochs);
    batches.reset();
    Dl4j.on("onednn").fit(actual, batches, epochs);
    assertEqual(actual, expected, start);
  }

  private static void assertEqual(
      MultiLayerNetwork actual, MultiLayerNetwork expected, INDArray start) {
    assertThat(Networks.apart(expected.params(), actual.params(), start)).isLessThan(TOLERANCE);
    assertThat(actual.getIterationCount()).isEqualTo(expected.getIterationCount());
    assertThat(actual.getEpochCount()).isEqualTo(expected.getEpochCount());
    // ND4J adds up penalties in float32.
    assertThat(actual.score()).isCloseTo(expected.score(), within(1e-4 * expected.score()));
    INDArray state = expected.getUpdater().getStateViewArray();
    if (state != null) {
      INDArray other = actual.getUpdater().getStateViewArray();
      double error = state.sub(other).norm2Number().doubleValue();
      assertThat(error).isLessThan(TOLERANCE * state.norm2Number().doubleValue());
    }
  }
}
