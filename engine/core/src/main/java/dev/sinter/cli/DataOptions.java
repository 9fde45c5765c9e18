package dev.sinter.cli;

import dev.sinter.data.MnistOptions;
import dev.sinter.errors.InputException;
import dev.sinter.recipes.DataChoice;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options that choose data, shared by commands. */
final class DataOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "The folder that holds mnist/ with the four IDX files. Default: $SINTER_DATA, then caches, a download, generated digits.")
  private Path dir;

  @Option(names = "--generated", description = "Use generated digits.")
  private boolean generated;

  @Option(
      names = "--x",
      paramLabel = "X.npy",
      description =
          "Your own samples; needs --y. Unsigned bytes are scaled as the recipe scales MNIST, other types are taken as they are.")
  private Path x;

  @Option(names = "--y", paramLabel = "y.npy", description = "The labels of --x.")
  private Path y;

  @Option(names = "--offline", description = "Never download.")
  private boolean offline;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Train on the first N samples (digits01: N/2 of each class).")
  private Integer limit;

  DataChoice choice() {
    if ((x == null) != (y == null)) {
      throw InputException.of(
          "--x and --y",
          "both",
          x == null ? "--y alone" : "--x alone",
          "Give samples and labels together");
    }
    if (generated && dir != null || generated && x != null || dir != null && x != null) {
      throw InputException.of(
          "data options",
          "one of --data, --generated, --x with --y",
          "several",
          "Leave all but one out");
    }
    if (limit != null && limit < 1) {
      throw InputException.of("--limit", "at least 1", limit, "Correct the value");
    }
    MnistOptions mnist =
        MnistOptions.defaults().withDataDir(dir).withOffline(offline).withGenerated(generated);
    return new DataChoice(mnist, x, y, limit == null ? 0 : limit);
  }
}
