package dev.sinter.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.datasets.MnistOptions;
import dev.sinter.errors.InputException;
import dev.sinter.recipes.DataChoice;
import dev.sinter.recipes.RecipeData;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The options for the choice of data, shared by several commands. */
final class DataOptions {
  @Option(
      names = "--data",
      paramLabel = "DIR",
      description =
          "The folder that holds mnist/ with the four IDX files; of a network of your own, a table or"
              + " a folder. Default: $SINTER_DATA, then caches, a download, generated digits.")
  private Path dir;

  @Option(names = "--generated", description = "Use generated digits.")
  private boolean generated;

  @Option(
      names = "--x",
      paramLabel = "X.npy",
      description =
          "Your own samples; needs --y. Unsigned bytes are scaled like MNIST in the recipe; other types are not scaled.")
  private Path x;

  @Option(names = "--y", paramLabel = "y.npy", description = "The labels of --x.")
  private Path y;

  @Option(names = "--offline", description = "Never download.")
  private boolean offline;

  @Option(
      names = "--limit",
      paramLabel = "N",
      description = "Use the first N samples (digits01: N/2 of each class).")
  private Integer limit;

  /** Returns the data of a network of the user; null if none is named. */
  Path own() {
    if (generated || x != null || y != null) {
      throw InputException.of(
          "data options", "--data for the network of --model", "others", "Leave them out");
    }
    return dir;
  }

  /** Returns the choice for a network of the user, whose data is read elsewhere. */
  DataChoice limitAlone() {
    Names.requirePositive("--limit", limit);
    return new DataChoice(MnistOptions.defaults(), null, null, limit == null ? 0 : limit);
  }

  DataChoice choice() {
    if ((x == null) != (y == null)) {
      throw new InputException(
          "--x and --y: expected both, received %s. Give samples and labels together."
              .formatted(x == null ? "--y alone" : "--x alone"));
    }
    if (generated && dir != null || generated && x != null || dir != null && x != null) {
      throw new InputException(
          "data options: expected one of --data, --generated, --x with --y, received several. Leave all but one out.");
    }
    Names.requirePositive("--limit", limit);
    MnistOptions mnist =
        MnistOptions.defaults().dataDir(dir, "--data").offline(offline).generated(generated);
    return new DataChoice(mnist, x, y, limit == null ? 0 : limit);
  }

  /** Adds the requested and the found data to the configuration of a run. */
  void describe(ObjectNode configuration, RecipeData found) {
    configuration.put("limit", limit);
    configuration.put("validation", found.test() == null ? "none" : "test set");
    ObjectNode data = configuration.putObject("data");
    data.put("source", found.source());
    put(data, "dir", dir);
    put(data, "x", x);
    put(data, "y", y);
  }

  private static void put(ObjectNode data, String name, Path file) {
    if (file != null) {
      data.put(name, file.toAbsolutePath().normalize().toString());
    }
  }

  /** Returns the choice of the options; if they make none, the one that {@link #describe} wrote. */
  DataChoice choiceOr(JsonNode configuration) {
    if (dir != null || generated || x != null || y != null || limit != null) {
      return choice();
    }
    JsonNode data = configuration.path("data");
    MnistOptions mnist =
        MnistOptions.defaults()
            .dataDir(path(data, "dir"))
            .offline(offline)
            .generated(data.path("source").asText().equals("generated"));
    return new DataChoice(
        mnist, path(data, "x"), path(data, "y"), configuration.path("limit").asInt());
  }

  private static Path path(JsonNode data, String name) {
    String text = data.path(name).asText("");
    return text.isEmpty() ? null : Names.path("run.json, data, " + name, text);
  }
}
