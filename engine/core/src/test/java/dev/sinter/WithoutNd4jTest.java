package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.layers.Dense;
import org.junit.jupiter.api.Test;

/** This module's class path has neither ND4J nor any native code: training works all the same. */
class WithoutNd4jTest {
  @Test
  void training_withoutNd4jOnTheClassPath_learns() {
    for (String name :
        new String[] {"org.nd4j.linalg.factory.Nd4j", "org.bytedeco.javacpp.Loader"}) {
      assertThatThrownBy(() -> Class.forName(name)).isInstanceOf(ClassNotFoundException.class);
    }
    float[][] x = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    int[] y = {0, 1, 1, 0};
    try (Model model = Sequential.of(new Dense(8).tanh(), new Dense(2).softmax())) {
      model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
      model.setLearningRate(0.05);
      model.fit(x, y, Fit.epochs(200).batchSize(4).verbose(0));
      assertThat(model.evaluate(x, y).accuracy()).isEqualTo(1);
      assertThat(model.openBackend().name()).isEqualTo("reference");
    }
  }
}
