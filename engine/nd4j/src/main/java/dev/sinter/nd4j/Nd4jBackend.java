package dev.sinter.nd4j;

import dev.sinter.backend.Backend;
import dev.sinter.backend.Precision;
import dev.sinter.backend.Session;
import dev.sinter.nd4j.Translator.Placement;
import dev.sinter.program.State;

/**
 * The ND4J natives on the class path.
 *
 * @param device human-readable description of the device
 * @param threading the thread counts
 * @param placement where expressions run
 */
record Nd4jBackend(String device, Threads threading, Placement placement) implements Backend {
  @Override
  public String name() {
    return Nd4jProvider.NAME;
  }

  @Override
  public int threads() {
    return threading.inUse();
  }

  @Override
  public Precision precision() {
    return Precision.FLOAT32;
  }

  @Override
  public Session open(State state) {
    return new Nd4jSession(state, threading, placement);
  }
}
