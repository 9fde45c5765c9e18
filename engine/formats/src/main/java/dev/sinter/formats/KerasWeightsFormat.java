package dev.sinter.formats;

import dev.sinter.data.Tensor;
import dev.sinter.io.AtomicFile;
import dev.sinter.saving.WeightsByName;
import dev.sinter.saving.WeightsFormat;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Keras 3's .weights.h5; Keras 2's weights, which are laid out as in its models, are read as well.
 * Immutable: any number of threads may use it.
 *
 * <p>Groups are named by class and number, and Dense is the one class with weights: another layer
 * of the user's own is written as if it were one.
 */
public final class KerasWeightsFormat implements WeightsFormat {
  private static final String EXPECTED = "a .weights.h5 file of Keras";

  /** Called by {@link java.util.ServiceLoader}. */
  public KerasWeightsFormat() {}

  @Override
  public String name() {
    return "Keras weights (.weights.h5)";
  }

  @Override
  public List<String> suffixes() {
    return List.of(".weights.h5");
  }

  @Override
  public void write(Path file, Map<String, Tensor> weights) {
    AtomicFile.check(file);
    Map<String, Map<String, Tensor>> layers = new LinkedHashMap<>(); // name -> part -> array
    WeightsByName.kernelsFirst(weights)
        .forEach(
            (name, array) -> {
              int end = name.lastIndexOf('/');
              layers
                  .computeIfAbsent(name.substring(0, Math.max(0, end)), n -> new LinkedHashMap<>())
                  .put(name.substring(end + 1), array);
            });
    Hdf5Group root = new Hdf5Group();
    Map<String, Integer> counts = new HashMap<>(); // layers of a class so far
    layers.forEach(
        (name, parts) -> {
          String type = KerasWeights.group(parts);
          int number = counts.merge(type, 1, Integer::sum) - 1;
          String group = number == 0 ? type : type + "_" + number;
          KerasWeights.write(root.child("layers").child(group), name, parts);
        });
    byte[] bytes = Hdf5.write(file.toString(), root);
    AtomicFile.write(file, out -> out.write(bytes));
  }

  @Override
  public Map<String, Tensor> read(Path file) {
    String where = file.toString();
    Hdf5Group root = Hdf5.read(where, Hdf5.bytes(file, EXPECTED));
    if (root.list("layer_names") == null) {
      return KerasWeights.readAll(where, root);
    }
    Map<String, Tensor> weights = new LinkedHashMap<>();
    List<List<Tensor>> layers = KerasH5Format.readLayers(where, root);
    for (int i = 0; i < layers.size(); i++) {
      String layer = i == 0 ? "dense" : "dense_" + i;
      for (int k = 0; k < layers.get(i).size(); k++) {
        weights.put(
            layer + "/" + (k == 0 ? "kernel" : k == 1 ? "bias" : "" + k), layers.get(i).get(k));
      }
    }
    return weights;
  }
}
