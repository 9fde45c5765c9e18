package dev.sinter.cli;

import dev.sinter.datasets.ImageSet;
import dev.sinter.errors.InputException;
import dev.sinter.io.AtomicFile;
import dev.sinter.networks.NetworkDraft;
import dev.sinter.networks.NetworkFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sinter init DATA}: writes the file of a network for data of the user. */
@Command(
    name = "init",
    description =
        "Writes the file of a network for a table or a folder of images, to change and train.",
    sortOptions = false)
final class InitCommand extends Subcommand {
  @Parameters(
      arity = "0..1",
      paramLabel = "DATA",
      description =
          "A CSV table, a folder with a folder of images for each class, or IDX files; none with --schema.")
  private String data;

  @Option(
      names = "--label",
      paramLabel = "NAME",
      description = "The column of the table to predict.")
  private String label;

  @Option(
      names = "--size",
      paramLabel = "HxW",
      description = "Of images in folders: the height and width that they are resized to.")
  private String size;

  @Option(
      names = "--out",
      paramLabel = "NET.yaml",
      description = "The new file. Default: print it.")
  private Path out;

  @Option(names = "--schema", description = "Print the JSON Schema of such files, for editors.")
  private boolean schema;

  @Override
  void run() {
    if (schema) {
      print(Json.print(Json.of(NetworkFile.schema())) + "\n");
      return;
    }
    if (data == null) {
      throw wrongArguments("Missing required parameter: 'DATA'");
    }
    Path path = Names.path("init", data);
    if (label == null && !Files.isDirectory(path) && Files.exists(path)) {
      throw InputException.of(
          "init " + data, "--label NAME, the column to predict", "none", "Add --label");
    }
    if (label != null && Files.isDirectory(path)) {
      throw InputException.of("--label " + label, "a table", "a folder", "Leave the label out");
    }
    if (size != null && (!Files.isDirectory(path) || ImageSet.isIdx(path))) {
      throw InputException.of(
          "--size " + size, "a folder of images for each class", data, "Leave the size out");
    }
    if (out != null && Files.exists(out)) {
      throw InputException.of(
          "--out " + out, "a new file", "one that exists", "Choose another name, or remove it");
    }
    if (out == null) {
      print(NetworkDraft.of(path, label, NetworkOptions.size(size)));
      return;
    }
    AtomicFile.check(out);
    String draft = NetworkDraft.of(path, label, NetworkOptions.size(size));
    byte[] text = draft.getBytes(StandardCharsets.UTF_8);
    AtomicFile.write(out, stream -> stream.write(text));
    out().println("wrote " + out);
    out().println("next: sinter train --model %s --data %s --out runs/NAME".formatted(out, data));
  }

  private static void print(String text) {
    // Not the writer of the command, which has another charset before Java 18.
    System.out.print(text);
    System.out.flush();
  }
}
