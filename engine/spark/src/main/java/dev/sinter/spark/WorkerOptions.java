package dev.sinter.spark;

import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Precision;
import java.io.Serializable;
import java.time.Duration;
import java.util.Map;

/**
 * What a worker trains with, as values that can be sent.
 *
 * @param transport how the workers' numbers travel
 * @param timeout how long to wait for another worker
 * @param backend by name, or auto
 * @param own options of the backend
 */
record WorkerOptions(
    String transport,
    Duration timeout,
    String backend,
    int device,
    int threads,
    Precision precision,
    Map<String, String> own)
    implements Serializable {
  static final WorkerOptions DEFAULT =
      new WorkerOptions("tcp", Duration.ofMinutes(2), "auto", 0, 0, Precision.FLOAT32, Map.of());

  WorkerOptions transport(String other) {
    return new WorkerOptions(other, timeout, backend, device, threads, precision, own);
  }

  WorkerOptions timeout(Duration other) {
    return new WorkerOptions(transport, other, backend, device, threads, precision, own);
  }

  WorkerOptions backend(String name, BackendOptions options) {
    return new WorkerOptions(
        transport,
        timeout,
        name,
        options.device(),
        options.threads(),
        options.precision(),
        Map.copyOf(options.own()));
  }

  BackendOptions backendOptions() {
    return new BackendOptions(device, threads, precision, own);
  }
}
