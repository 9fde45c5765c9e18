package dev.sinter.onednn;

import dev.sinter.backend.Backend;
import dev.sinter.backend.Precision;
import dev.sinter.backend.Session;
import dev.sinter.program.State;

/**
 * oneDNN on this machine's CPU.
 *
 * @param device what it runs on, for people
 * @param threads the most that an operation gets; its work decides whether one is enough
 */
record OneDnnBackend(String name, String device, int threads, Precision precision)
    implements Backend {
  @Override
  public Session open(State state) {
    return new OneDnnSession(state, threads);
  }
}
