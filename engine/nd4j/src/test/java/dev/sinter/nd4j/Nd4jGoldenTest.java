package dev.sinter.nd4j;

import dev.sinter.testkit.GoldenContract;

class Nd4jGoldenTest extends GoldenContract {
  Nd4jGoldenTest() {
    super("nd4j");
  }
}
