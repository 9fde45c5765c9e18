package dev.sinter.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.sinter.datasets.ImageSet;
import dev.sinter.errors.InputException;
import dev.sinter.networks.NetworkData;
import dev.sinter.networks.NetworkFile;
import dev.sinter.networks.NetworkTask;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import picocli.CommandLine.Option;

/** The options of {@code train} for a network that a file describes. */
final class NetworkOptions {
  private static final Pattern SIZE = Pattern.compile("(\\d{1,5})x(\\d{1,5})");
  private static final String FIELD = "network";
  private static final String CHECKSUM = "checksum";

  @Option(
      names = "--model",
      paramLabel = "NET.yaml",
      description =
          "Train the network of this file, in place of a recipe, on --data: a CSV table, a folder"
              + " with a folder of images for each class, or IDX files. sinter init writes one.")
  private Path model;

  @Option(
      names = "--label",
      paramLabel = "NAME",
      description = "With --model and a table: the column to predict. Default: the file's.")
  private String label;

  @Option(
      names = "--size",
      paramLabel = "HxW",
      description = "With --model and images: resize them to this height and width.")
  private String size;

  /** Returns whether a file of a network is given; refuses options that need one. */
  boolean isGiven() {
    if (model == null && (label != null || size != null)) {
      throw InputException.of(
          label == null ? "--size " + size : "--label " + label,
          "--model NET.yaml with it",
          "none",
          "Add --model, or leave it out");
    }
    return model != null;
  }

  NetworkFile file() {
    return NetworkFile.read(model);
  }

  NetworkData.Place place(Path data) {
    if (data == null) {
      throw InputException.of(
          "--model " + model, "--data with it: a table or a folder", "none", "Add --data");
    }
    return new NetworkData.Place(data, label, size(size));
  }

  /** Returns the size that an option names; null without one. */
  static ImageSet.Size size(String size) {
    if (size == null) {
      return null;
    }
    Matcher matcher = SIZE.matcher(size);
    if (!matcher.matches() || size.matches("0+x.*|.*x0+")) {
      throw InputException.of("--size", "height and width, as in 32x32", size, "Correct the value");
    }
    return new ImageSet.Size(
        Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  /** Adds the file and the data of a network to the configuration of a run. */
  static void describe(ObjectNode configuration, NetworkTask task, NetworkData.Place place) {
    ObjectNode json = configuration.putObject(FIELD);
    json.put("file", task.file().path().toAbsolutePath().normalize().toString());
    json.put("data", place.path().toAbsolutePath().normalize().toString());
    json.put("label", place.label());
    json.put(
        "size", place.size() == null ? null : place.size().height() + "x" + place.size().width());
    json.put(CHECKSUM, task.checksum());
  }

  /** Returns the checksum of the data that {@link #describe} wrote. */
  static String checksum(JsonNode configuration) {
    return configuration.path(FIELD).path(CHECKSUM).asText("none");
  }

  /** Returns the data that {@link #describe} wrote. */
  static NetworkData.Place place(JsonNode configuration) {
    JsonNode json = configuration.path(FIELD);
    NetworkOptions options = new NetworkOptions();
    options.label = json.path("label").textValue();
    options.size = json.path("size").textValue();
    return options.place(Names.path("run.json, network, data", json.path("data").asText()));
  }
}
