package dev.sinter.formats;

import com.google.gson.JsonNull;
import com.google.gson.JsonObject;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.io.AtomicFile;
import dev.sinter.saving.Compilation;
import dev.sinter.saving.ModelFormat;
import dev.sinter.saving.SavedModel;
import dev.sinter.saving.TrainingProgress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keras 3's .keras: a zip of metadata.json, config.json and model.weights.h5, and of sinter.json,
 * which Keras ignores. Sinter's own format: nothing of a model is lost in it. Immutable: any number
 * of threads may use it. Source: Keras, saving/saving_lib.py.
 */
public final class KerasFormat implements ModelFormat {
  static final String EXPECTED = "a .keras file, as Keras 3 and Sinter write it";

  private static final Logger LOG = LoggerFactory.getLogger(KerasFormat.class);
  private static final String METADATA = "metadata.json";
  private static final String CONFIG = "config.json";
  private static final String WEIGHTS = "model.weights.h5";
  private static final String NOTES = "sinter.json";

  /** The version that wrote the first files of this kind: the keys are that one's. */
  private static final String VERSION = "3.0.0";

  private static final DateTimeFormatter DATE =
      DateTimeFormatter.ofPattern("uuuu-MM-dd'@'HH:mm:ss", Locale.ROOT);

  /** Called by {@link java.util.ServiceLoader}. */
  public KerasFormat() {}

  @Override
  public String name() {
    return "Keras 3 (.keras)";
  }

  @Override
  public List<String> suffixes() {
    return List.of(".keras");
  }

  @Override
  public void write(Path file, SavedModel model) {
    AtomicFile.check(file);
    KerasConfigs.requireNames(file.toString(), model);
    JsonObject config =
        model.connections() == null
            ? KerasLayers.keras3(file.toString(), model)
            : KerasGraph.write(file.toString(), model, model.connections());
    JsonObject compilation = KerasCompilation.write(file.toString(), model.compilation());
    config.add("compile_config", compilation == null ? JsonNull.INSTANCE : compilation);
    List<String> groups = KerasLayers.groups(file.toString(), model.layers());
    Hdf5Group weights = KerasWeights.write(model.layers(), groups, model.weights());
    if (compilation != null) {
      KerasWeights.writeOptimizer(weights, model);
    }
    JsonObject metadata = new JsonObject();
    metadata.addProperty("keras_version", VERSION);
    metadata.addProperty("date_saved", DATE.format(LocalDateTime.now(ZoneOffset.UTC)));
    Map<String, byte[]> entries = new LinkedHashMap<>();
    entries.put(METADATA, bytes(metadata));
    entries.put(CONFIG, bytes(config));
    entries.put(NOTES, bytes(SinterNotes.write(model)));
    entries.put(WEIGHTS, Hdf5.write(file.toString(), weights));
    AtomicFile.write(file, out -> Zip.write(out, entries));
  }

  private static byte[] bytes(JsonObject json) {
    return json.toString().getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public SavedModel read(Path file) {
    String where = file.toString();
    Map<String, byte[]> entries = Zip.read(file, EXPECTED, List.of(CONFIG, WEIGHTS, NOTES));
    JsonObject config = StrictJson.object(where + ", " + CONFIG, text(where, entries, CONFIG));
    byte[] hdf5 = entries.get(WEIGHTS);
    if (hdf5 == null) {
      throw InputException.of(
          where, "an entry " + WEIGHTS, "none", "Save it with the weights in HDF5, as is usual");
    }
    JsonObject notes =
        entries.containsKey(NOTES)
            ? StrictJson.object(where + ", " + NOTES, text(where, entries, NOTES))
            : null;
    Hdf5Group root = Hdf5.read(where + ", " + WEIGHTS, hdf5);
    Tensor first = root.array("layers/dense/vars/0");
    int inputs = first == null || first.rank() != 2 ? 0 : first.dimension(0);
    KerasLayers.Architecture read = KerasLayers.read(where, config, inputs);
    Map<String, Tensor> weights = KerasWeights.read(where, root, read);
    Compilation compilation =
        KerasCompilation.read(where, config.get("compile_config"), read.outputs());
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

  private static @Nullable TrainingProgress progress(
      String where,
      @Nullable JsonObject notes,
      Hdf5Group root,
      Compilation compilation,
      Map<String, Tensor> weights,
      List<String> trained) {
    List<Tensor> variables = KerasWeights.readOptimizer(root);
    Map<String, Tensor> slots = Map.of();
    long iterations = 0;
    double rate = compilation.optimizer().learningRate();
    if (variables != null && !variables.isEmpty()) {
      Hdf5Group vars = root.child("optimizer").child("vars");
      iterations = vars.integers().getOrDefault("0", 0L);
      if (variables.size() > 1 && variables.get(1).rank() == 0) {
        rate = variables.get(1).get(0);
      }
      List<String> names = KerasOptimizers.slots(compilation.optimizer(), trained);
      Map<String, Tensor> named = KerasOptimizers.named(names, variables, weights);
      if (named == null) {
        LOG.warn(
            "{}: the optimizer's arrays do not fit the model; training starts them anew", where);
        iterations = 0;
      } else {
        slots = named;
      }
    }
    return SinterNotes.progress(where, notes, slots, iterations, rate);
  }

  private static String text(String where, Map<String, byte[]> entries, String name) {
    byte[] bytes = entries.get(name);
    if (bytes == null) {
      throw InputException.of(
          where, "an entry " + name, entries.keySet(), "Name a file that Keras 3 saved");
    }
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
