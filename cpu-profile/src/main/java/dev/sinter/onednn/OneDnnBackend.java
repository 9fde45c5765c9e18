package dev.sinter.onednn;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Session;
import dev.sinter.program.State;

/**
 * oneDNN on this machine's CPU.
 *
 * @param device what it runs on, for people
 * @param requestedThreads what the user asked for; 0 lets each program's work decide
 */
record OneDnnBackend(String device, int requestedThreads) implements Backend {
  @Override
  public String name() {
    return OneDnnProvider.NAME;
  }

  /** The count asked for, or the most that a program gets. */
  @Override
  public int threads() {
    return requestedThreads > 0 ? requestedThreads : Threads.standard();
  }

  @Override
  public String precision() {
    return BackendOptions.FLOAT32;
  }

  @Override
  public Session open(State state) {
    return new OneDnnSession(state, requestedThreads);
  }
}
