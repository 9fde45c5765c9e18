package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.sinter.data.Dataset;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.layers.ElementwiseLayer;
import dev.sinter.layers.Input;
import dev.sinter.layers.Layer;
import dev.sinter.program.Expression;
import dev.sinter.program.Expression.UnaryFunction;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** What a training is warned of, in one line and once. */
class AdviceTest {
  private record OwnSigmoid(String name) implements ElementwiseLayer {
    @Override
    public String className() {
      return "OwnSigmoid";
    }

    @Override
    public Expression forward() {
      return Expression.input(0).apply(UnaryFunction.SIGMOID);
    }

    @Override
    public Expression derivative() {
      return Expression.input(1).times(Expression.constant(1).minus(Expression.input(1)));
    }
  }

  private static List<String> warnings(Runnable training) {
    Logger logger = (Logger) LoggerFactory.getLogger(Model.class);
    ListAppender<ILoggingEvent> log = new ListAppender<>();
    log.start();
    logger.addAppender(log);
    logger.setAdditive(false);
    try {
      training.run();
    } finally {
      logger.detachAppender(log);
      logger.setAdditive(true);
    }
    assertThat(log.list).allMatch(event -> event.getLevel() == Level.WARN);
    return log.list.stream().map(ILoggingEvent::getFormattedMessage).toList();
  }

  private static List<String> warnings(String loss, Dataset data, Fit fit, Layer... layers) {
    Model model = Sequential.of(layers).backend("reference");
    model.compile("sgd", loss);
    return warnings(
        () -> {
          model.fit(data, fit);
          model.fit(data, fit);
        });
  }

  @Test
  void crossEntropy_outputsThatAreNoProbabilities_warnsOnceAndSaysWhatToWrite() {
    String end = " takes its outputs for probabilities; end the model with ";
    assertThat(warnings("sparse_categorical_crossentropy", Toy.data(8), Toy.fit(1), new Dense(3)))
        .containsExactly(
            "model sequential: layer dense ends in neither softmax nor sigmoid, and"
                + " sparse_categorical_crossentropy"
                + end
                + "new Dense(3).softmax()");
    Dataset binary = Dataset.of(Toy.x(8), new int[] {0, 1, 0, 1, 0, 1, 0, 1});
    assertThat(
            warnings(
                "binary_crossentropy",
                binary,
                Toy.fit(1),
                new Dense(1).name("last"),
                new Activation("tanh")))
        .containsExactly(
            "model sequential: layer activation ends in neither softmax nor sigmoid, and"
                + " binary_crossentropy"
                + end
                + "new Dense(1).sigmoid()");
  }

  @Test
  void probabilitiesOtherLossesAndOwnLayers_areNotWarnedOf() {
    Dataset data = Toy.data(8);
    String sparse = "sparse_categorical_crossentropy";
    assertThat(warnings(sparse, data, Toy.fit(1), new Dense(3).softmax())).isEmpty();
    assertThat(warnings(sparse, data, Toy.fit(1), new Dense(3), new Activation("sigmoid")))
        .isEmpty();
    assertThat(warnings(sparse, data, Toy.fit(1), new Dense(3), new OwnSigmoid(null))).isEmpty();
    Dataset targets = data.toCategorical(3);
    assertThat(warnings("mse", targets, Toy.fit(1).validationSplit(0.5), new Dense(3))).isEmpty();
  }

  @Test
  void split_classesThatTrainingLacks_warnsOfThem() {
    int[] sorted = {0, 0, 0, 0, 0, 1, 1, 2};
    Dataset data = Dataset.of(Toy.x(8), sorted);
    Fit half = Toy.fit(1).validationSplit(0.5);
    String warning =
        "model sequential: the validation split holds classes that the training part lacks, {1, 2},"
            + " as it takes the last samples; shuffle the samples before you create the dataset, or"
            + " use Fit.validationData";
    Layer softmax = new Dense(3).softmax();
    assertThat(warnings("sparse_categorical_crossentropy", data, half, softmax))
        .containsExactly(warning);
    assertThat(warnings("categorical_crossentropy", data.toCategorical(3), half, softmax))
        .containsExactly(warning);
    int[] binary = Arrays.stream(sorted).map(y -> Math.min(y, 1)).toArray();
    assertThat(
            warnings(
                "binary_crossentropy", Dataset.of(Toy.x(8), binary), half, new Dense(1).sigmoid()))
        .containsExactly(warning.replace("{1, 2}", "{1}"));
  }

  @Test
  void split_mixedClassesOrDataOfTheUser_isNotWarnedOf() {
    Layer softmax = new Dense(3).softmax();
    String loss = "sparse_categorical_crossentropy";
    Dataset mixed = Dataset.of(Toy.x(8), new int[] {0, 1, 2, 0, 1, 2, 0, 1});
    assertThat(warnings(loss, mixed, Toy.fit(1).validationSplit(0.5), softmax)).isEmpty();
    Dataset sorted = Dataset.of(Toy.x(8), new int[] {0, 0, 0, 0, 1, 1, 2, 2});
    Fit own = Toy.fit(1).validationData(sorted.skip(4));
    assertThat(warnings(loss, sorted.take(4), own, softmax)).isEmpty();
  }

  /** A Java array without rows does not say how wide they would be. */
  @Test
  void emptyArrays_giveEmptyAnswersOrSaySo() {
    Model model = Toy.compiled();
    for (float[][] empty : List.of(new float[0][5], new float[0][])) {
      assertThat(model.predict(empty).shape()).containsExactly(0, 3);
      String message = ": expected at least one sample, received 0";
      assertThatThrownBy(() -> model.fit(empty, new int[0], Toy.fit(1)))
          .hasMessageContaining("fit" + message);
      assertThatThrownBy(() -> model.evaluate(empty, new int[0]))
          .hasMessageContaining("evaluate" + message);
    }
    Model unbuilt = Sequential.of(new Dense(3));
    assertThatThrownBy(() -> unbuilt.predict(new float[0][5]))
        .hasMessage(
            "predict, no samples: expected a built model, received model sequential, which has not"
                + " seen data. Start it with an Input, or call build.");
    assertThat(Sequential.of(new Input(5), new Dense(3)).predict(new float[0][]).shape())
        .containsExactly(0, 3);
  }
}
