package dev.sinter.cli;

import dev.sinter.Model;
import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
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
      paramLabel = "N|UUID",
      description =
          "The GPU: its index, or its UUID or the start of it, such as GPU-5e3c. Default: ${DEFAULT-VALUE}.")
  private String device = "0";

  @Option(
      names = "--threads",
      paramLabel = "N",
      description = "CPU threads; 0 lets the backend choose. Default: ${DEFAULT-VALUE}.")
  private int threads;

  /** Opens the backend for a model. */
  Backend open(Model model) {
    model.backend(backend, BackendOptions.DEFAULT.device(device).threads(threads));
    return model.openBackend();
  }
}
