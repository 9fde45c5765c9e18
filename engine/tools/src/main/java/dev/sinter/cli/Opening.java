package dev.sinter.cli;

import dev.sinter.Model;
import dev.sinter.backend.Backend;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;

/**
 * A model's backend that is opened by a thread of its own: natives take as long to load as data
 * takes to be read.
 */
final class Opening {
  private final CompletableFuture<Backend> backend = new CompletableFuture<>();
  private volatile double seconds;

  private Opening() {}

  /** Starts to open the backend; the model is not used otherwise until {@link #backend}. */
  static Opening start(Model model) {
    Opening opening = new Opening();
    Thread thread = new Thread(() -> opening.open(model), "open-backend");
    thread.setDaemon(true);
    thread.start();
    return opening;
  }

  private void open(Model model) {
    long start = System.nanoTime();
    try {
      Backend opened = model.openBackend();
      seconds = (System.nanoTime() - start) / 1e9;
      backend.complete(opened);
    } catch (Throwable problem) { // whatever it is, the command's thread throws it
      backend.completeExceptionally(problem);
    }
  }

  /** Does something meanwhile; of two failures, the backend's is thrown. */
  <T> T meanwhile(Supplier<T> work) {
    try {
      return work.get();
    } finally {
      backend();
    }
  }

  /** Returns the backend once it is open, or throws why it cannot be opened. */
  Backend backend() {
    try {
      return backend.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof RuntimeException problem) {
        throw problem;
      }
      if (e.getCause() instanceof Error problem) {
        throw problem;
      }
      throw e;
    }
  }

  /** Returns the time that opening took. */
  double seconds() {
    return seconds;
  }
}
