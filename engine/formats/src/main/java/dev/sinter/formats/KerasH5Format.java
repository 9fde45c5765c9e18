package dev.sinter.formats;

import com.google.gson.JsonObject;
import dev.sinter.compile.Weight;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.io.AtomicFile;
import dev.sinter.layers.Normalization;
import dev.sinter.saving.Compilation;
import dev.sinter.saving.ModelFormat;
import dev.sinter.saving.NamedLayer;
import dev.sinter.saving.SavedModel;
import dev.sinter.saving.TrainingProgress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The .h5 of Keras 2, which Keras 3 reads and writes as well: model_config and training_config are
 * attributes of JSON, weights are datasets by layer. Immutable: any number of threads may use it.
 * Source: Keras, legacy/saving/legacy_h5_format.py.
 */
public final class KerasH5Format implements ModelFormat {
  private static final Logger LOG = LoggerFactory.getLogger(KerasH5Format.class);
  private static final String EXPECTED = "an .h5 file of Keras";
  private static final String NOTES = "sinter";
  private static final String WEIGHTS = "model_weights";
  private static final String OPTIMIZER = "optimizer_weights";

  /** Keras 2's last: it decides that names and metrics are read as Keras 2 wrote them. */
  private static final String VERSION = "2.15.0";

  /** Called by {@link java.util.ServiceLoader}. */
  public KerasH5Format() {}

  @Override
  public String name() {
    return "Keras 2 and 3 (.h5)";
  }

  @Override
  public List<String> suffixes() {
    return List.of(".h5", ".hdf5");
  }

  @Override
  public void write(Path file, SavedModel model) {
    AtomicFile.check(file);
    String where = file.toString();
    model.requirePath(where);
    KerasConfigs.requireNames(where, model);
    Hdf5Group root = new Hdf5Group();
    root.texts().put("keras_version", VERSION);
    root.texts().put("backend", "tensorflow");
    root.texts().put("model_config", KerasLayers.keras2(where, model).toString());
    root.texts().put(NOTES, SinterNotes.write(model).toString());
    writeLayers(root.child(WEIGHTS), model.layers(), model.weights());
    JsonObject compilation = KerasCompilation.write(where, model.compilation());
    if (compilation != null) {
      root.texts().put("training_config", trainingConfig(compilation).toString());
      writeOptimizer(root.child(OPTIMIZER), model);
    }
    byte[] bytes = Hdf5.write(where, root);
    AtomicFile.write(file, out -> out.write(bytes));
  }

  private static JsonObject trainingConfig(JsonObject compilation) {
    JsonObject optimizer = compilation.getAsJsonObject("optimizer");
    JsonObject older = new JsonObject();
    older.add("class_name", optimizer.get("class_name"));
    older.add("config", optimizer.get("config"));
    JsonObject json = new JsonObject();
    json.add("loss", compilation.get("loss"));
    json.add("metrics", compilation.get("metrics"));
    json.add("weighted_metrics", compilation.get("weighted_metrics"));
    json.add("loss_weights", compilation.get("loss_weights"));
    json.add("optimizer_config", older);
    return json;
  }

  /** Writes weights by layer: of a model, or of a weights file. */
  static void writeLayers(Hdf5Group all, List<NamedLayer> layers, Map<String, Tensor> weights) {
    all.texts().put("keras_version", VERSION);
    all.texts().put("backend", "tensorflow");
    all.lists().put("layer_names", layers.stream().map(NamedLayer::name).toList());
    for (NamedLayer layer : layers) {
      Hdf5Group group = all.child(layer.name());
      List<String> names = new ArrayList<>();
      for (Map.Entry<String, Tensor> weight : weights.entrySet()) {
        if (weight.getKey().startsWith(layer.name() + "/")) {
          names.add(weight.getKey() + ":0");
          put(group, weight.getKey() + ":0", weight.getValue());
        }
      }
      if (layer.layer() instanceof Normalization) { // Keras keeps a count of batches behind them
        names.add(layer.name() + "/count:0");
        group.child(layer.name()).integers().put("count:0", 0L);
      }
      group.lists().put("weight_names", names);
    }
  }

  private static void put(Hdf5Group root, String path, Tensor array) {
    Hdf5Group group = root;
    String[] names = path.split("/");
    for (int i = 0; i + 1 < names.length; i++) {
      group = group.child(names[i]);
    }
    group.arrays().put(names[names.length - 1], array);
  }

  private static void writeOptimizer(Hdf5Group group, SavedModel model) {
    TrainingProgress progress = model.progress();
    if (progress == null) {
      return;
    }
    List<String> names = new ArrayList<>(List.of("optimizer/iteration:0"));
    group.child("optimizer").integers().put("iteration:0", progress.iterations());
    KerasWeights.optimizerArrays(model, progress)
        .forEach(
            (name, array) -> {
              String path = "optimizer/" + name.replace('/', '_') + ":0";
              names.add(path);
              put(group, path, array);
            });
    group.lists().put("weight_names", names);
  }

  @Override
  public SavedModel read(Path file) {
    String where = file.toString();
    Hdf5Group root = Hdf5.read(where, Hdf5.bytes(file, EXPECTED));
    String config = root.texts().get("model_config");
    if (config == null) {
      throw InputException.of(
          where,
          "a whole model: an attribute model_config",
          root.find("layers") == null && root.list("layer_names") == null
              ? "none"
              : "weights alone",
          "Save it with model.save, or rename a weights file to .weights.h5");
    }
    Hdf5Group weightGroup = root.groups().get(WEIGHTS);
    if (weightGroup == null) {
      throw InputException.of(
          where, "a group " + WEIGHTS, root.groups().keySet(), "Save the model again with Keras");
    }
    List<List<Tensor>> arrays = readLayers(where, weightGroup);
    Tensor first = arrays.stream().flatMap(List::stream).findFirst().orElse(null);
    int inputs = first == null || first.rank() != 2 ? 0 : first.dimension(0);
    KerasLayers.Architecture read =
        KerasLayers.read(where, StrictJson.object(where + ", model_config", config), inputs);
    Map<String, Tensor> weights = named(where, read, arrays);
    String training = root.texts().get("training_config");
    String own = root.texts().get(NOTES);
    JsonObject notes = own == null ? null : StrictJson.object(where + ", " + NOTES, own);
    Compilation compilation =
        training == null
            ? null
            : KerasCompilation.read(
                where, StrictJson.object(where + ", training_config", training), read.outputs());
    return new SavedModel(
        read.name(),
        read.input(),
        read.adapted(weights),
        read.connections(),
        weights,
        compilation,
        compilation == null
            ? null
            : progress(
                where,
                notes,
                root,
                compilation,
                weights,
                KerasLayers.trained(read.places(), read.layers())),
        SinterNotes.notes(notes));
  }

  /** Returns the arrays of each layer that has some, in order. */
  static List<List<Tensor>> readLayers(String where, Hdf5Group all) {
    List<String> layers = all.list("layer_names");
    if (layers == null) {
      throw InputException.of(
          where, "an attribute layer_names", "none", "Save the model again with Keras");
    }
    List<List<Tensor>> arrays = new ArrayList<>();
    for (String layer : layers) {
      Hdf5Group group = all.groups().get(layer);
      List<Tensor> own = group == null ? List.of() : readNamed(where + ", " + layer, group);
      if (!own.isEmpty()) {
        arrays.add(own);
      }
    }
    return arrays;
  }

  /** Returns the arrays that the attribute weight_names of a group names, in its order. */
  private static List<Tensor> readNamed(String where, Hdf5Group group) {
    List<String> names = group.list("weight_names");
    List<Tensor> arrays = new ArrayList<>();
    for (String name : names == null ? List.<String>of() : names) {
      Tensor array = group.array(name);
      if (array == null) {
        throw InputException.of(
            where, "an array " + name, "none", "Save the model again with Keras");
      }
      arrays.add(array);
    }
    return arrays;
  }

  /** Gives arrays the names of the layers that have weights, in order. */
  private static Map<String, Tensor> named(
      String where, KerasLayers.Architecture architecture, List<List<Tensor>> arrays) {
    List<List<Weight>> expected = KerasLayers.weights(architecture.places(), architecture.layers());
    List<Integer> weighted =
        IntStream.range(0, expected.size())
            .filter(i -> !expected.get(i).isEmpty())
            .boxed()
            .toList();
    if (weighted.size() != arrays.size()) {
      throw InputException.of(
          where,
          "weights of " + weighted.size() + " layers",
          arrays.size(),
          "Save the model again with Keras");
    }
    Map<String, Tensor> weights = new LinkedHashMap<>();
    for (int i = 0; i < arrays.size(); i++) {
      String name = architecture.layers().get(weighted.get(i)).name();
      List<Weight> own = expected.get(weighted.get(i));
      for (int k = 0; k < Math.min(own.size(), arrays.get(i).size()); k++) {
        weights.put(name + "/" + own.get(k).name(), arrays.get(i).get(k));
      }
    }
    return weights;
  }

  private static TrainingProgress progress(
      String where,
      @Nullable JsonObject notes,
      Hdf5Group root,
      Compilation compilation,
      Map<String, Tensor> weights,
      List<String> owners) {
    Hdf5Group group = root.groups().get(OPTIMIZER);
    List<Tensor> variables = group == null ? List.of() : readNamed(where + ", " + OPTIMIZER, group);
    double rate = compilation.optimizer().learningRate();
    if (variables.isEmpty()) {
      return SinterNotes.progress(where, notes, Map.of(), 0, rate);
    }
    boolean hasRate = variables.size() > 1 && variables.get(1).rank() == 0;
    List<String> names =
        hasRate || compilation.optimizer().options().schedule() != null
            ? KerasOptimizers.slots(compilation.optimizer(), owners)
            : KerasOptimizers.slotsOfOldKeras(compilation.optimizer(), owners);
    Map<String, Tensor> slots =
        KerasOptimizers.named(names, variables.subList(1, variables.size()), weights);
    if (slots == null || variables.get(0).size() != 1) {
      LOG.warn("{}: the optimizer's arrays do not fit the model; training starts them anew", where);
      return SinterNotes.progress(where, null, Map.of(), 0, rate);
    }
    if (hasRate) {
      rate = variables.get(1).get(0);
    }
    return SinterNotes.progress(where, notes, slots, (long) variables.get(0).get(0), rate);
  }
}
