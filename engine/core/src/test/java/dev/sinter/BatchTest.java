package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.optimizers.Adam;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Training, evaluation and prediction batch by batch; epochs of a number of steps. */
class BatchTest {
  @Test
  void trainOnBatch_theBatchesOfAnEpoch_isFitToTheBit() {
    Dataset data = Toy.data(50);
    List<Double> losses = new ArrayList<>();
    Model fitted = Toy.compiled(new Adam());
    fitted.fit(data, Toy.fit(2).shuffle(false));
    Model model = Toy.compiled(new Adam());
    for (int epoch = 0; epoch < 2; epoch++) {
      for (int row = 0; row < 50; row += 8) {
        Dataset batch = data.skip(row).take(8);
        Evaluation before = model.testOnBatch(batch);
        Evaluation trained = model.trainOnBatch(batch);
        losses.add(trained.loss());
        assertThat(trained.accuracy()).isEqualTo(before.accuracy());
      }
    }
    assertThat(model.getWeights()).isEqualTo(fitted.getWeights());
    assertThat(model.iterations()).isEqualTo(14);
    assertThat(losses).hasSize(14).allMatch(loss -> loss > 0);
    fitted.fit(data, Toy.fit(1).shuffle(false));
    Model other = Toy.compiled(new Adam());
    for (int row = 0; row < 16; row += 8) {
      other.trainOnBatch(data.skip(row).take(8));
    }
    other.setWeights(model.getWeights());
    assertThat(other.iterations()).isEqualTo(2);
  }

  /** What trainOnBatch leaves, fit goes on from; arrays are taken as datasets are. */
  @Test
  void trainOnBatch_thenFit_goesOn() {
    Model expected = Toy.compiled(new Adam());
    expected.fit(Toy.data(24), Toy.fit(1).batchSize(24).shuffle(false));
    expected.fit(Toy.data(24), Toy.fit(1).batchSize(24).shuffle(false));
    Model model = Toy.compiled(new Adam());
    model.trainOnBatch(Toy.x(24), Toy.y(24));
    model.fit(Toy.data(24), Toy.fit(1).batchSize(24).shuffle(false));
    assertThat(model.getWeights()).isEqualTo(expected.getWeights());
  }

  /** More sizes than an engine keeps programs for. */
  @Test
  void trainOnBatch_manySizes_keepsTheOptimizersState() {
    Model model = Toy.compiled(new Adam());
    for (int size = 1; size <= 50; size++) {
      model.trainOnBatch(Toy.data(size));
    }
    assertThat(model.iterations()).isEqualTo(50);
    Model again = Toy.compiled(new Adam());
    for (int size = 1; size <= 50; size++) {
      again.trainOnBatch(Toy.data(size));
      again.close();
    }
    assertThat(again.getWeights()).isEqualTo(model.getWeights());
  }

  @Test
  void testAndPredictOnBatch_anySize_areEvaluateAndPredict() {
    Model model = Toy.compiled();
    for (int size : new int[] {1, 7, 32}) {
      Dataset batch = Toy.data(40).skip(3).take(size);
      assertThat(model.testOnBatch(batch)).isEqualTo(model.evaluate(batch));
      assertThat(model.predictOnBatch(batch)).isEqualTo(model.predict(batch));
    }
    assertThat(model.testOnBatch(Toy.x(9), Toy.y(9))).isEqualTo(model.evaluate(Toy.data(9)));
    assertThat(model.predictOnBatch(Toy.x(9))).isEqualTo(model.predict(Toy.x(9)));
    assertThat(model.iterations()).isZero();
    Model regression = Toy.model();
    regression.compile("sgd", "mse");
    float[][] targets = new float[9][Toy.CLASSES];
    Evaluation before = regression.testOnBatch(Toy.x(9), targets);
    assertThat(regression.trainOnBatch(Toy.x(9), targets).loss())
        .isCloseTo(before.loss(), org.assertj.core.data.Offset.offset(1e-6));
  }

  @Test
  void onBatch_badData_isRefusedByName() {
    Model model = Toy.compiled();
    refused(() -> model.trainOnBatch(Toy.data(0)), "trainOnBatch: expected at least one sample");
    refused(() -> model.trainOnBatch(new float[2][4], new int[2]), "trainOnBatch, layer dense");
    refused(() -> model.trainOnBatch(new float[2][5], new int[] {0, 3}), "trainOnBatch, label 1");
    refused(() -> model.testOnBatch(new float[2][4], new int[2]), "testOnBatch, layer dense");
    refused(() -> model.predictOnBatch(new float[2][4]), "predictOnBatch, layer dense");
    Callback within =
        new Callback() {
          @Override
          public void onEpochEnd(Model trained, int epoch, Map<String, Double> logs) {
            trained.trainOnBatch(Toy.data(8));
          }
        };
    refused(() -> model.fit(Toy.data(8), Toy.fit(1).callback(within)), "trainOnBatch");
  }

  private static void refused(Runnable call, String message) {
    assertThatThrownBy(call::run).isInstanceOf(InputException.class).hasMessageContaining(message);
  }

  /** As Keras: a pass goes on in the next epoch; where it ends, its epoch ends. */
  @Test
  void stepsPerEpoch_fewerThanTheData_goOnThroughThePass() {
    Model expected = Toy.compiled();
    expected.fit(Toy.data(50), Toy.fit(1));
    Model model = Toy.compiled();
    History history = model.fit(Toy.data(50), Toy.fit(3).stepsPerEpoch(3));
    assertThat(model.iterations()).as("3, 3 and the one that is left").isEqualTo(7);
    assertThat(model.getWeights()).isEqualTo(expected.getWeights());
    assertThat(history.epochs()).containsExactly(0, 1, 2);
    assertThat(history.samplesPerSecond()).isEqualTo(50 / history.trainSeconds());
    Model next = Toy.compiled();
    next.fit(Toy.data(50), Toy.fit(4).stepsPerEpoch(3));
    assertThat(next.iterations()).isEqualTo(10);
  }

  @Test
  void stepsPerEpoch_withoutABatchSize_divideTheData() {
    Model model = Toy.compiled();
    model.fit(Toy.data(50), Fit.epochs(2).stepsPerEpoch(4).verbose(0));
    Model batched = Toy.compiled();
    batched.fit(Toy.data(50), Toy.fit(2).batchSize(13));
    assertThat(model.iterations()).isEqualTo(8);
    assertThat(model.getWeights()).isEqualTo(batched.getWeights());
  }

  @Test
  void validationFreq_everySecondOrSome_leavesTheOthersWithout() {
    List<Boolean> logged = new ArrayList<>();
    Callback watch =
        new Callback() {
          @Override
          public void onEpochEnd(Model model, int epoch, Map<String, Double> logs) {
            logged.add(logs.containsKey("val_loss"));
          }
        };
    Fit fit = Toy.fit(5).validationData(Toy.data(20)).callback(watch);
    History second = Toy.compiled().fit(Toy.data(30), fit.validationFreq(2));
    assertThat(logged).containsExactly(false, true, false, true, false);
    assertThat(second.get("val_loss").stream().map(value -> value.isNaN()))
        .containsExactly(true, false, true, false, true);
    logged.clear();
    Toy.compiled().fit(Toy.data(30), fit.validationFreq(Arrays.asList(1, 5, 9)));
    assertThat(logged).containsExactly(true, false, false, false, true);
    refused(() -> fit.validationFreq(0), "validation frequency: expected at least 1");
    refused(() -> fit.validationFreq(List.of()), "validation frequency");
    refused(() -> fit.validationFreq(List.of(0)), "validation frequency, epoch");
  }

  @Test
  void validationSteps_ofTheirBatchSize_takeTheFirstSamples() {
    Model model = Toy.compiled();
    Fit fit = Toy.fit(1).validationData(Toy.data(90).skip(10));
    History history = model.fit(Toy.data(30), fit.validationSteps(3));
    Dataset first = Toy.data(90).skip(10).take(24);
    assertThat(history.last("val_loss")).isEqualTo(model.evaluate(first).loss());
    History larger = model.fit(Toy.data(30), fit.validationSteps(2).validationBatchSize(20));
    assertThat(larger.last("val_loss"))
        .isEqualTo(model.evaluate(Toy.data(90).skip(10).take(40)).loss());
    History all = model.fit(Toy.data(30), fit.validationSteps(200));
    assertThat(all.last("val_loss")).isEqualTo(model.evaluate(Toy.data(90).skip(10)).loss());
  }

  @Test
  void weights_afterTensors_areUntouched() {
    Tensor x = Tensor.of(Toy.x(8));
    Tensor copy = Tensor.of(Toy.x(8));
    Toy.compiled().trainOnBatch(Dataset.of(x, Tensor.of(Toy.y(8))));
    assertThat(x).isEqualTo(copy);
  }
}
