package dev.sinter.backend.reference;

import dev.sinter.testkit.GradientContract;

class ReferenceGradientTest extends GradientContract {
  ReferenceGradientTest() {
    super("reference");
  }
}
