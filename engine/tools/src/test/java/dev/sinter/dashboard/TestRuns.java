package dev.sinter.dashboard;

import dev.sinter.data.Npz;
import dev.sinter.data.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SplittableRandom;

/** Run folders written by hand. */
final class TestRuns {
  static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1A, '\n', 1, 2, 3};

  private TestRuns() {}

  /** Writes a run with the given number of epochs, without weights and figures. */
  static Path write(Path runs, String name, String recipe, String status, int epochs) {
    Path run = runs.resolve(name);
    try {
      Files.createDirectories(run);
      Files.writeString(
          run.resolve("run.json"),
          """
          {"format": 1, "name": "%s", "status": "%s", "started": "2025-01-31T12:00:00Z",
           "recipe": "%s", "parameters": 1, "network": [],
           "configuration": {"backend": "auto", "epochs": 5, "hidden": 2},
           "results": {"backend": "onednn", "test_loss": 0.25, "test_accuracy": 0.75}}
          """
              .formatted(name.replace("\\", "\\\\").replace("\"", "\\\""), status, recipe));
      StringBuilder history = new StringBuilder("epoch,accuracy,loss,val_accuracy,val_loss\r\n");
      for (int epoch = 0; epoch < epochs; epoch++) {
        history.append(epoch).append(",0.").append(5 + epoch).append(",1.5,NA,nan\r\n");
      }
      Files.writeString(run.resolve("history.csv"), history);
      return run;
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }

  /** Writes weights of dense layers with the given sizes, the inputs first. */
  static void weights(Path run, int... sizes) {
    SplittableRandom random = new SplittableRandom(1);
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    for (int layer = 0; layer + 1 < sizes.length; layer++) {
      String name = "dense" + (layer == 0 ? "" : "_" + layer);
      float[] kernel = new float[sizes[layer] * sizes[layer + 1]];
      for (int i = 0; i < kernel.length; i++) {
        kernel[i] = (float) random.nextDouble(-0.5, 0.5);
      }
      arrays.put(name + "/kernel", Tensor.of(kernel, sizes[layer], sizes[layer + 1]));
      arrays.put(name + "/bias", Tensor.of(new float[sizes[layer + 1]], sizes[layer + 1]));
    }
    Npz.write(run.resolve("weights.npz"), arrays);
  }

  static Path figure(Path run, String name, byte[] content) {
    try {
      Path figures = Files.createDirectories(run.resolve("figures"));
      return Files.write(figures.resolve(name), content);
    } catch (IOException problem) {
      throw new UncheckedIOException(problem);
    }
  }
}
