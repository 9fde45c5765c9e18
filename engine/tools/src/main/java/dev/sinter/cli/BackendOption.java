package dev.sinter.cli;

import dev.sinter.Model;
import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Precision;
import java.util.Map;
import picocli.CommandLine.Option;

/** The options for the backend of commands that do not train. */
final class BackendOption {
  @Option(
      names = "--backend",
      paramLabel = "NAME",
      description = "auto, cuda, onednn, nd4j or reference. Default: ${DEFAULT-VALUE}.")
  private String backend = "auto";

  @Option(
      names = "--device",
      paramLabel = "N",
      description = "Index of the GPU. Default: ${DEFAULT-VALUE}.")
  private int device;

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "CPU threads; 0 lets the backend choose. Default: ${DEFAULT-VALUE}.")
  private int threads;

  /** Opens the backend for a model. */
  Backend open(Model model) {
    model.backend(backend, new BackendOptions(device, threads, Precision.FLOAT32, Map.of()));
    return model.openBackend();
  }
}
