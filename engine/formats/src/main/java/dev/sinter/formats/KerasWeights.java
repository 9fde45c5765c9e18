package dev.sinter.formats;

import dev.sinter.compile.Weight;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Normalization;
import dev.sinter.program.Philox;
import dev.sinter.saving.NamedLayer;
import dev.sinter.saving.SavedModel;
import dev.sinter.saving.TrainingProgress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Weights as Keras 3 has them in HDF5: layers/CLASS_N/vars/0, 1, ... and optimizer/vars/0, 1, ....
 * Source: Keras, saving/saving_lib.py.
 */
final class KerasWeights {
  private static final String LAYERS = "layers";
  private static final String OPTIMIZER = "optimizer";
  private static final String VARS = "vars";
  private static final List<String> PARTS = List.of("kernel", "bias");

  /** Behind mean and variance, a Normalization of Keras has the number of batches it has seen. */
  private static final String COUNT = "2";

  private static final String NORMALIZATION = "normalization";

  /** An attribute with the names of a layer's arrays, which Keras does not look at. */
  private static final String NOTED = "parts";

  private KerasWeights() {}

  // ---- writing

  /**
   * Returns weights by the groups of their layers; no group for a layer without, as jHDF writes
   * damaged files of groups that have an attribute alone.
   */
  static Hdf5Group write(
      List<NamedLayer> layers, List<String> groups, Map<String, Tensor> weights) {
    Hdf5Group root = new Hdf5Group();
    Hdf5Group all = root.child(LAYERS);
    for (int i = 0; i < layers.size(); i++) {
      String name = layers.get(i).name();
      Hdf5Group vars = new Hdf5Group();
      for (Map.Entry<String, Tensor> weight : weights.entrySet()) {
        if (weight.getKey().startsWith(name + "/")) {
          vars.arrays().put("" + vars.arrays().size(), weight.getValue());
        }
      }
      if (layers.get(i).layer() instanceof Normalization) {
        vars.integers().put(COUNT, 0L);
      }
      if (!vars.arrays().isEmpty()) {
        vars.texts().put("name", name);
        all.child(groups.get(i)).groups().put(VARS, vars);
      }
    }
    return root;
  }

  /** Adds the optimizer's variables. */
  static void writeOptimizer(Hdf5Group root, SavedModel model) {
    TrainingProgress progress = model.progress();
    if (progress == null || model.compilation() == null) {
      return;
    }
    Hdf5Group vars = root.child(OPTIMIZER).child(VARS);
    vars.texts().put("name", model.compilation().optimizer().name());
    vars.integers().put("0", progress.iterations());
    int number = 1;
    for (Tensor array : optimizerArrays(model, progress).values()) {
      vars.arrays().put("" + number++, array);
    }
  }

  /** Returns Keras's variables behind the iteration: learning rate and slots, in Keras's order. */
  static Map<String, Tensor> optimizerArrays(SavedModel model, TrainingProgress progress) {
    Map<String, Tensor> variables = new LinkedHashMap<>();
    boolean scheduled =
        model.compilation() != null && model.compilation().optimizer().options().schedule() != null;
    if (!scheduled) { // Keras has no variable for it
      variables.put(
          "learning_rate", Tensor.of(new float[] {(float) progress.learningRate()}).reshape());
    }
    if (model.compilation() != null) {
      List<String> trained = KerasLayers.trained(model.places(), model.layers());
      for (String name : KerasOptimizers.slots(model.compilation().optimizer(), trained)) {
        Tensor slot = progress.slots().get(name);
        Tensor weight = model.weights().get(name.substring(0, name.lastIndexOf('.')));
        if (slot == null && weight != null) {
          slot = Tensor.of(new float[weight.size()], weight.shape());
        }
        if (slot != null) {
          variables.put(name, slot);
        }
      }
      Double product =
          KerasOptimizers.product(model.compilation().optimizer(), progress.iterations());
      if (product != null) {
        variables.put("u_product", Tensor.of(new float[] {product.floatValue()}).reshape());
      }
    }
    return variables;
  }

  // ---- reading

  /**
   * Returns the weights of layers by Sinter's names.
   *
   * @throws InputException when a group is missing, or has too few or too many arrays
   */
  static Map<String, Tensor> read(
      String where, Hdf5Group root, KerasLayers.Architecture architecture) {
    List<List<Weight>> expected = KerasLayers.weights(architecture.places(), architecture.layers());
    Map<String, Tensor> weights = new LinkedHashMap<>();
    for (int i = 0; i < expected.size(); i++) {
      NamedLayer layer = architecture.layers().get(i);
      String group = architecture.groups().get(i);
      Hdf5Group vars = root.find(LAYERS, group, VARS);
      List<Tensor> arrays =
          arrays(layer, expected.get(i), vars == null ? List.of() : inOrder(vars));
      if (arrays.size() != expected.get(i).size()) {
        throw InputException.of(
            where + ", layer " + layer.name(),
            expected.get(i).size() + " arrays in " + LAYERS + "/" + group + "/" + VARS,
            arrays.size(),
            "Save the model again with Keras");
      }
      for (int k = 0; k < arrays.size(); k++) {
        weights.put(layer.name() + "/" + expected.get(i).get(k).name(), arrays.get(k));
      }
    }
    return weights;
  }

  /**
   * Returns the arrays of a layer. A Normalization has a count besides, or none where its config
   * states mean and variance.
   */
  private static List<Tensor> arrays(NamedLayer layer, List<Weight> expected, List<Tensor> found) {
    if (!(layer.layer() instanceof Normalization)) {
      return found;
    }
    if (!found.isEmpty()) {
      return found.subList(0, Math.min(found.size(), expected.size()));
    }
    Philox unused = new Philox(0, Philox.Stream.INITIAL_WEIGHTS, 0);
    return expected.stream()
        .map(weight -> Tensor.of(weight.start().weights(weight.shape(), unused), weight.shape()))
        .toList();
  }

  /** Returns a group's arrays by their numbers. */
  static List<Tensor> inOrder(Hdf5Group vars) {
    List<Tensor> arrays = new ArrayList<>();
    for (int i = 0; vars.arrays().containsKey("" + i); i++) {
      arrays.add(vars.arrays().get("" + i));
    }
    return arrays;
  }

  /** Returns the optimizer's variables; null where the file has none. */
  static @Nullable List<Tensor> readOptimizer(Hdf5Group root) {
    Hdf5Group vars = root.find(OPTIMIZER, VARS);
    return vars == null ? null : inOrder(vars);
  }

  /**
   * Returns all weights without an architecture: the name of a layer is the one in the file, or
   * that of its group.
   */
  static Map<String, Tensor> readAll(String where, Hdf5Group root) {
    Map<String, Tensor> weights = new LinkedHashMap<>();
    Hdf5Group all = root.find(LAYERS);
    if (all == null) {
      throw InputException.of(
          where, "a group " + LAYERS, root.groups().keySet(), "Name a weights file of Keras");
    }
    for (String group : Hdf5.inOrder(all.groups().keySet())) {
      Hdf5Group vars = all.find(group, VARS);
      if (vars != null) {
        String name = vars.texts().getOrDefault("name", group);
        List<Tensor> arrays = inOrder(vars);
        List<String> parts = parts(Hdf5.stem(group), vars, arrays);
        for (int i = 0; i < Math.min(parts.size(), arrays.size()); i++) {
          weights.put(name + "/" + parts.get(i), arrays.get(i));
        }
      }
    }
    return weights;
  }

  /** Returns the names of a layer's arrays: Sinter notes them, Keras has them by its class. */
  private static List<String> parts(String type, Hdf5Group vars, List<Tensor> arrays) {
    List<String> noted = vars.list(NOTED);
    if (noted != null) {
      return noted;
    }
    List<String> names =
        switch (type) {
          case "batch_normalization" -> List.of("gamma", "beta", "moving_mean", "moving_variance");
          case "layer_normalization" -> List.of("gamma", "beta");
          case NORMALIZATION -> List.of("mean", "variance");
          case "embedding" -> List.of("embeddings");
          default -> arrays.size() == 1 && arrays.get(0).rank() == 1 ? List.of("bias") : PARTS;
        };
    boolean movingAlone = names.size() == 4 && arrays.size() == 2;
    return movingAlone ? names.subList(2, 4) : names;
  }

  /** Returns the group of the class that has weights of these names. */
  static String group(Map<String, Tensor> parts) {
    Tensor kernel = parts.get("kernel");
    if (parts.containsKey("moving_mean")) {
      return "batch_normalization";
    } else if (parts.containsKey("gamma") || parts.containsKey("beta")) {
      return "layer_normalization";
    } else if (parts.containsKey("mean")) {
      return NORMALIZATION;
    } else if (parts.containsKey("embeddings")) {
      return "embedding";
    }
    return kernel != null && kernel.rank() == 4 ? "conv2d" : "dense";
  }

  /** Writes the weights of a layer, whose class is not known. */
  static void write(Hdf5Group group, String name, Map<String, Tensor> parts) {
    Hdf5Group vars = group.child(VARS);
    vars.texts().put("name", name);
    vars.lists().put(NOTED, List.copyOf(parts.keySet()));
    parts.values().forEach(array -> vars.arrays().put("" + vars.arrays().size(), array));
    if (group(parts).equals(NORMALIZATION)) {
      vars.integers().put(COUNT, 0L);
    }
  }
}
