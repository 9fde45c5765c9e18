package dev.sinter.onednn;

import dev.sinter.testkit.ThreadContract;

class OneDnnThreadTest extends ThreadContract {
  OneDnnThreadTest() {
    super("onednn");
  }
}
