import dev.sinter.Fit;
import dev.sinter.Sequential;
import dev.sinter.datasets.Mnist;
import dev.sinter.layers.Dense;

public final class Main {
  public static void main(String[] arguments) {
    var mnist = Mnist.load();
    var train = mnist.train().flatten().scale(1 / 255f);
    var test = mnist.test().like(train);
    try (var model = Sequential.of(new Dense(128).relu(), new Dense(10).softmax())) {
      model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
      model.fit(train, Fit.epochs(2).batchSize(128));
      System.out.println("test accuracy " + model.evaluate(test).accuracy());
      System.out.println("the first test digit is a " + model.predict(test.take(1)).argmax(0));
    }
  }
}
