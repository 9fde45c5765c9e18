package dev.sinter.backend.reference;

import dev.sinter.testkit.GoldenContract;

class ReferenceGoldenTest extends GoldenContract {
  ReferenceGoldenTest() {
    super("reference");
  }
}
