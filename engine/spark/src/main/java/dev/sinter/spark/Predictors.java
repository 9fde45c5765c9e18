package dev.sinter.spark;

import dev.sinter.Model;
import dev.sinter.Predictor;
import dev.sinter.backend.BackendOptions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/**
 * The predictors of a process, one for each network: all tasks of an executor share it. The last
 * few are kept for later tasks. Any number of threads may call its methods.
 */
final class Predictors {
  /** How many predictors are kept that nobody uses. */
  private static final int IDLE = 4;

  private static final Map<String, Entry> ENTRIES = new LinkedHashMap<>(); // guards all entries

  private Predictors() {}

  private static final class Entry {
    final Predictor predictor;
    int users;

    Entry(Predictor predictor) {
      this.predictor = predictor;
    }
  }

  /** A predictor in use. */
  record Lease(String key, Predictor predictor) implements AutoCloseable {
    @Override
    public void close() {
      giveBack(key);
    }
  }

  /**
   * Returns the predictor of a network.
   *
   * @param key of network, backend and options
   * @param network as a .keras file; asked for when it is not here yet
   */
  static Lease take(String key, Supplier<byte[]> network, String backend, BackendOptions options) {
    synchronized (ENTRIES) {
      Entry entry = ENTRIES.remove(key);
      if (entry == null) {
        try (Model model = Model.of(NetworkBytes.read(network.get()))) {
          entry = new Entry(model.backend(backend, options).predictor());
        }
      }
      entry.users++;
      ENTRIES.put(key, entry); // the last one used
      return new Lease(key, entry.predictor);
    }
  }

  private static void giveBack(String key) {
    synchronized (ENTRIES) {
      ENTRIES.get(key).users--;
      long idle = ENTRIES.values().stream().filter(entry -> entry.users == 0).count();
      var entries = ENTRIES.values().iterator();
      while (idle > IDLE) {
        Entry oldest = entries.next();
        if (oldest.users == 0) {
          entries.remove();
          oldest.predictor.close();
          idle--;
        }
      }
    }
  }
}
