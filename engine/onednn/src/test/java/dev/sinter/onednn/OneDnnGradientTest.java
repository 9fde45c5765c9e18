package dev.sinter.onednn;

import dev.sinter.testkit.GradientContract;

class OneDnnGradientTest extends GradientContract {
  OneDnnGradientTest() {
    super("onednn");
  }
}
