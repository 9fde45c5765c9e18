package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.RmsProp;
import dev.sinter.optimizers.Sgd;
import dev.sinter.program.State;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.LoggerFactory;

/** Evaluation, prediction, and what a model keeps from one call to the next. */
class InferenceTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 999, 1000, 1001, 2500})
  void predict_anySize_equalsRowByRow(int rows) {
    Model model = Toy.model();
    Dataset data = Toy.data(rows);
    Tensor all = model.predict(data);
    assertThat(all.shape()).containsExactly(rows, 3);
    for (int row = 0; row < rows; row += Math.max(1, rows / 97)) {
      assertThat(model.predict(data.skip(row).take(1))).isEqualTo(all.rows(row, row + 1));
    }
    assertThat(model.predict(data.skip(rows - 1)))
        .as("the last row")
        .isEqualTo(all.rows(rows - 1, rows));
  }

  @Test
  void predict_view_usesItsRowsAndScale() {
    Model model = Toy.model();
    float[][] x = Toy.x(10);
    float[][] scaled = new float[3][5];
    for (int row = 0; row < 3; row++) {
      for (int column = 0; column < 5; column++) {
        scaled[row][column] = x[4 + row][column] * 0.5f + 0.25f;
      }
    }
    Dataset view = Toy.data(10).skip(4).take(3).scale(0.5f).offset(0.25f);
    assertThat(model.predict(view)).isEqualTo(model.predict(scaled));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 37, 1000, 2001})
  void evaluate_anySize_equalsTheMeanByHand(int rows) {
    Model model = Toy.compiled();
    Tensor p = model.predict(Toy.data(rows));
    int[] y = Toy.y(rows);
    double loss = 0;
    int correct = 0;
    for (int row = 0; row < rows; row++) {
      loss -= Math.log(p.at(row, y[row]));
      correct += p.argmax(row) == y[row] ? 1 : 0;
    }
    Evaluation evaluation = model.evaluate(Toy.data(rows));
    assertThat(evaluation.loss()).isCloseTo(loss / rows, Offset.offset(1e-5));
    assertThat(evaluation.accuracy()).isEqualTo((double) correct / rows);
    assertThat(evaluation.values().keySet()).containsExactly("accuracy", "loss");
  }

  @Test
  void evaluate_meanSquaredError_equalsTheMeanByHand() {
    Model model = Sequential.of(new Input(5), new Dense(2)).backend("reference");
    model.compile(new Sgd(), Loss.MEAN_SQUARED_ERROR);
    float[][] y = {{1, 2}, {3, 4}, {5, 6}};
    Tensor p = model.predict(Toy.x(3));
    double sum = 0;
    for (int i = 0; i < 6; i++) {
      sum += Math.pow(p.get(i) - y[i / 2][i % 2], 2);
    }
    Evaluation evaluation = model.evaluate(Toy.x(3), y);
    assertThat(evaluation.loss()).isCloseTo(sum / 6, Offset.offset(1e-5));
    assertThatThrownBy(evaluation::accuracy)
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll("accuracy", "expected one of [loss]", "when you compile");
  }

  @Test
  void evaluate_severalMetrics_hasEach() {
    Model model = Toy.model();
    model.compile(
        "sgd", "sparse_categorical_crossentropy", "accuracy", "sparse_categorical_accuracy");
    Evaluation evaluation = model.evaluate(Toy.data(20));
    assertThat(evaluation.values().keySet())
        .containsExactly("accuracy", "loss", "sparse_categorical_accuracy");
    assertThat(evaluation.get("sparse_categorical_accuracy")).isEqualTo(evaluation.accuracy());
  }

  @Test
  void evaluateAndPredict_trainedModel_changeNothing() {
    Model model = Toy.compiled(new Adam());
    model.fit(Toy.data(16), Toy.fit(2));
    List<Tensor> weights = model.getWeights();
    model.evaluate(Toy.data(1500));
    model.predict(Toy.data(1500));
    assertThat(model.getWeights()).isEqualTo(weights);
    model.fit(Toy.data(16), Toy.fit(2));
    Model straight = Toy.compiled(new Adam());
    straight.fit(Toy.data(16), Toy.fit(4));
    assertThat(model.getWeights()).isEqualTo(straight.getWeights());
  }

  @Test
  void compile_again_keepsWeightsAndStartsTheOptimizerAnew() {
    Model model = Toy.compiled(new RmsProp());
    model.fit(Toy.data(16), Toy.fit(2));
    List<Tensor> weights = model.getWeights();
    model.compile(new Sgd(0.1), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, Metric.ACCURACY);
    assertThat(model.getWeights()).isEqualTo(weights);
    assertThat(model.iterations()).isZero();
    assertThat(model.learningRate()).isEqualTo(0.1);
  }

  @Test
  void backend_chosenAgain_keepsWeights() {
    Model model = Toy.compiled();
    model.fit(Toy.data(16), Toy.fit(2));
    List<Tensor> weights = model.getWeights();
    Tensor prediction = model.predict(Toy.x(4));
    model.backend("reference");
    assertThat(model.getWeights()).isEqualTo(weights);
    assertThat(model.predict(Toy.x(4))).isEqualTo(prediction);
    assertThat(model.openBackend().name()).isEqualTo("reference");
  }

  @Test
  void close_thenUse_worksWithTheSameWeights() {
    Model model = Toy.compiled();
    model.fit(Toy.data(16), Toy.fit(2));
    List<Tensor> weights = model.getWeights();
    model.close();
    model.close();
    assertThat(model.getWeights()).isEqualTo(weights);
    model.fit(Toy.data(16), Toy.fit(2));
    Model open = Toy.compiled();
    open.fit(Toy.data(16), Toy.fit(4));
    assertThat(model.getWeights()).as("SGD has no state to lose").isEqualTo(open.getWeights());
    model.close();
  }

  /** Adam's bias correction counts steps: moments of 0 need a count of 0. */
  @Test
  void compile_again_startsTheOptimizerAnew() {
    Model model = Toy.compiled(new Adam(0.01));
    model.fit(Toy.data(16), Toy.fit(20).shuffle(false));
    model.compile(new Adam(0.01), Loss.SPARSE_CATEGORICAL_CROSSENTROPY);
    Model fresh = Toy.compiled(new Adam(0.01));
    fresh.setWeights(model.getWeights());
    assertThat(model.iterations()).isZero();
    model.fit(Toy.data(16), Toy.fit(3).shuffle(false));
    fresh.fit(Toy.data(16), Toy.fit(3).shuffle(false));
    assertThat(model.getWeights()).isEqualTo(fresh.getWeights());
  }

  @ParameterizedTest
  @ValueSource(strings = {"close", "backend", "state"})
  void training_movedToANewSession_goesOnToTheBit(String how) {
    Model model = Toy.compiled(new Adam(0.01));
    model.fit(Toy.data(16), Toy.fit(4));
    long steps = model.iterations();
    switch (how) {
      case "close" -> model.close();
      case "backend" -> model.backend("reference");
      default -> {
        TrainingState reached = model.trainingState();
        Model other = Toy.compiled(new Adam(0.01));
        TrainingState started = other.trainingState();
        for (State.Block block : State.Block.values()) {
          started.setBlock(block, reached.block(block));
        }
        started.setCounters(reached.counters());
        model = other;
      }
    }
    assertThat(model.iterations()).isEqualTo(steps);
    model.fit(Toy.data(16), Toy.fit(4));
    Model whole = Toy.compiled(new Adam(0.01));
    whole.fit(Toy.data(16), Toy.fit(8));
    assertThat(model.getWeights()).isEqualTo(whole.getWeights());
    assertThat(model.trainingState().block(State.Block.SLOTS))
        .containsOnlyKeys(
            "dense/kernel.momentum",
            "dense/bias.momentum",
            "dense_1/kernel.momentum",
            "dense_1/bias.momentum",
            "dense/kernel.velocity",
            "dense/bias.velocity",
            "dense_1/kernel.velocity",
            "dense_1/bias.velocity")
        .isEqualTo(whole.trainingState().block(State.Block.SLOTS));
  }

  @Test
  void setBlock_ofAnArrayThatIsNotThere_isRefusedByName() {
    TrainingState state = Toy.compiled(new Adam(0.01)).trainingState();
    Map<String, Tensor> arrays = Map.of("dense/kernel.velocity_hat", Tensor.of(new float[1], 1));
    assertThatThrownBy(() -> state.setBlock(State.Block.SLOTS, arrays))
        .hasMessageContainingAll("block slots", "dense/kernel.momentum", "velocity_hat");
  }

  @Test
  void scale_otherThanInTraining_warnsWithTheRemedy() {
    Model model = Toy.compiled();
    Dataset train = Toy.data(8).scale(0.5f);
    model.fit(train, Toy.fit(1));
    Logger logger = (Logger) LoggerFactory.getLogger(Model.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    logger.setAdditive(false);
    try {
      model.evaluate(Toy.data(4).like(train));
      model.predict(Toy.data(4).like(train));
      assertThat(log.list).isEmpty();
      model.evaluate(Toy.data(4));
      model.predict(Toy.data(4));
    } finally {
      logger.detachAppender(log);
      logger.setAdditive(true);
    }
    assertThat(log.list).hasSize(2).allMatch(event -> event.getLevel() == Level.WARN);
    assertThat(log.list.get(0).getFormattedMessage())
        .isEqualTo(
            "model sequential was trained on inputs * 0.5 + 0.0, this data is inputs * 1.0 + 0.0;"
                + " prepare it with like(train)");
  }
}
