package dev.sinter.nd4j;

import dev.sinter.testkit.GradientContract;

class Nd4jGradientTest extends GradientContract {
  Nd4jGradientTest() {
    super("nd4j");
  }
}
