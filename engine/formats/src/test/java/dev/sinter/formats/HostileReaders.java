package dev.sinter.formats;

import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Idx;
import dev.sinter.data.Tensor;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.saving.Formats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Every reader on the class path, and a good file for it. Any number of threads may call it. */
final class HostileReaders {
  private static final String IDX = ".idx";

  private HostileReaders() {}

  /** Returns the ends of names that have a reader here. */
  static List<String> suffixes() {
    List<String> found = new ArrayList<>(List.of(IDX));
    Stream.of(".onnx", ".safetensors", ".npz", ".npy", ".keras", ".weights.h5", ".h5", ".zip")
        .filter(suffix -> has(Path.of("m" + suffix)))
        .forEach(found::add);
    return found;
  }

  private static boolean has(Path file) {
    return Formats.findModel(file).isPresent() || Formats.findWeights(file).isPresent();
  }

  /** Writes a good file with the end of a name, and returns its bytes. */
  static byte[] good(Path folder, String suffix) throws IOException {
    Path file = folder.resolve("good" + suffix);
    Model model = network();
    if (suffix.equals(IDX)) {
      Tensor images = Tensor.ofBytes(new byte[3 * 16], 3, 4, 4);
      byte[] header = Idx.header(images);
      byte[] bytes = java.util.Arrays.copyOf(header, header.length + images.size());
      Files.write(file, bytes);
    } else if (Formats.findModel(file).isPresent()) {
      model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
      model.save(file);
    } else {
      model.saveWeights(file);
    }
    read(file);
    return Files.readAllBytes(file);
  }

  private static Model network() {
    return Sequential.of(new Input(12), new Dense(8).relu(), new Dense(3).softmax()).seed(3);
  }

  /** Reads a file to the end: to a model, or to the weights of one. */
  static void read(Path file) {
    if (file.toString().endsWith(IDX)) {
      Idx.read(file);
    } else if (Formats.findModel(file).isPresent()) {
      Model.load(file).close();
    } else {
      network().loadWeights(file);
    }
  }
}
