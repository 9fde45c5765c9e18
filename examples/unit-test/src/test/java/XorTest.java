import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.sinter.Fit;
import dev.sinter.Sequential;
import dev.sinter.layers.Dense;
import org.junit.jupiter.api.Test;

/** A network small enough for a unit test: the same seed gives the same weights, every time. */
class XorTest {
  @Test
  void xor_isLearned() {
    float[][] x = {{0, 0}, {0, 1}, {1, 0}, {1, 1}};
    int[] y = {0, 1, 1, 0};
    try (var model = Sequential.of(new Dense(8).tanh(), new Dense(2).softmax())) {
      model.seed(1).backend("reference");
      model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
      model.setLearningRate(0.05);
      model.fit(x, y, Fit.epochs(200).batchSize(4).verbose(0));
      assertEquals(1, model.evaluate(x, y).accuracy());
    }
  }
}
