package dev.sinter.backend.reference;

import dev.sinter.testkit.ThreadContract;

class ReferenceThreadTest extends ThreadContract {
  ReferenceThreadTest() {
    super("reference");
  }
}
