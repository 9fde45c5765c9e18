///usr/bin/env jbang "$0" "$@" ; exit $?
//JAVA 17+
//DEPS dev.sinter:sinter-cpu:0.1.0-SNAPSHOT

import dev.sinter.Fit;
import dev.sinter.Sequential;
import dev.sinter.datasets.GeneratedDigits;
import dev.sinter.layers.Dense;

/** Learns generated digits, which need no download. */
class Digits {
  public static void main(String[] arguments) {
    var train = GeneratedDigits.train(1).take(4000).flatten().scale(1 / 255f);
    var test = GeneratedDigits.test(1).take(1000).like(train);
    try (var model = Sequential.of(new Dense(64).relu(), new Dense(10).softmax())) {
      model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
      model.fit(train, Fit.epochs(3).batchSize(32).verbose(0));
      System.out.println("accuracy on new digits " + model.evaluate(test).accuracy());
    }
  }
}
