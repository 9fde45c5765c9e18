package dev.sinter.onednn;

import dev.sinter.testkit.GoldenContract;

class OneDnnGoldenTest extends GoldenContract {
  OneDnnGoldenTest() {
    super("onednn");
  }
}
