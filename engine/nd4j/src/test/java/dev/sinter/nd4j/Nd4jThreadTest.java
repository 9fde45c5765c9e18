package dev.sinter.nd4j;

import dev.sinter.testkit.ThreadContract;

class Nd4jThreadTest extends ThreadContract {
  Nd4jThreadTest() {
    super("nd4j");
  }
}
