package dev.sinter.networks;

import dev.sinter.Callback;
import dev.sinter.Fit;
import dev.sinter.errors.InputException;
import dev.sinter.io.FileInput;
import dev.sinter.layers.Layer;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.networks.Section.Values;
import dev.sinter.optimizers.Optimizer;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * A network and its training, from a YAML file; docs/your-own-data.md describes the keys. Each
 * mistake is answered with its line, what was received and the nearest known key.
 */
public final class NetworkFile {
  private static final String EXPECTED = "a YAML file of a network";
  private static final long MAX_BYTES = 1 << 20;

  private static final Key<String> NAME =
      Key.of("name", Type.NAME, "The name of the network; that of the file if absent.");
  private static final Key<Values> DATA = Key.of("data", DataEntries.ALL, "How data is read.");
  private static final Key<List<Layer>> LAYERS =
      Key.of("layers", Type.listOf(LayerEntries.ALL), "The layers, from the input to the output.");
  private static final Key<Optimizer> OPTIMIZER =
      Key.of("optimizer", OptimizerEntries.ALL, "What changes the weights.");
  private static final Key<Loss> LOSS =
      Key.of("loss", TrainingEntries.LOSSES, "What training makes small.");
  private static final Key<List<Metric>> METRICS =
      Key.of(
          "metrics",
          Type.listOf(TrainingEntries.METRICS),
          "What is reported beside the loss: accuracy, or mean_absolute_error for numbers.");
  private static final Key<Integer> EPOCHS =
      Key.of("epochs", Type.integer(0), "How often all training samples are seen.");
  private static final Key<Integer> BATCH_SIZE =
      Key.of("batch_size", Type.integer(1), "Samples a step; 32 if absent.");
  private static final Key<Double> VALIDATION_SPLIT =
      Key.of(
          "validation_split",
          Type.NUMBER.map(DataEntries::share),
          "The share of the training samples that is held out and evaluated after each epoch.");
  private static final Key<Boolean> SHUFFLE =
      Key.of("shuffle", Type.BOOLEAN, "Whether each epoch has a new order; true if absent.");
  private static final Key<Integer> SEED =
      Key.of("seed", Type.integer(0), "Of the parts, the weights and the orders; 1 if absent.");
  private static final Key<List<Callback>> CALLBACKS =
      Key.of("callbacks", Type.listOf(TrainingEntries.CALLBACKS), "What watches the training.");

  private static final Section ALL =
      new Section(
          List.of(LAYERS, OPTIMIZER, LOSS, EPOCHS),
          List.of(NAME, DATA, METRICS, BATCH_SIZE, VALIDATION_SPLIT, SHUFFLE, SEED, CALLBACKS));

  private final Path path;
  private final String text;
  private final Values values;

  private NetworkFile(Path path, String text) {
    this.path = path;
    this.text = text;
    this.values = ALL.read(YamlValue.parse(path.toString(), text));
    if (layers().isEmpty()) {
      throw InputException.of(path + ", layers", "at least one layer", "none", "Add a Dense layer");
    }
    values.get(CALLBACKS, List.of()).forEach(this::requireValidation);
  }

  /** Refuses to watch values that there are none of, or those of the test samples alone. */
  private void requireValidation(Callback callback) {
    String monitor = TrainingEntries.monitor(callback);
    if (monitor.startsWith("val_") && values.get(VALIDATION_SPLIT, 0.0) == 0) {
      throw InputException.of(
          path + ", callbacks, monitor " + monitor,
          "a validation_split, whose samples it watches",
          "none",
          "Add validation_split: 0.1, or monitor loss");
    }
  }

  /**
   * Reads a file.
   *
   * @throws InputException for a file that is missing or too large, and for each mistake in it
   */
  public static NetworkFile read(Path path) {
    long sizeBytes = FileInput.requireFile(path, EXPECTED);
    if (sizeBytes > MAX_BYTES) {
      throw InputException.of(
          path.toString(), EXPECTED, sizeBytes + " bytes", "Name a file of a network");
    }
    try {
      return new NetworkFile(path, Files.readString(path));
    } catch (CharacterCodingException problem) {
      throw InputException.of(
          path.toString(), EXPECTED + " in UTF-8", "another file", "Write it in UTF-8", problem);
    } catch (IOException problem) {
      throw FileInput.unreadable(path, EXPECTED, problem);
    }
  }

  /** Returns the JSON Schema of the file, as a tree of maps and lists. */
  public static Map<String, Object> schema() {
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.put("title", "A network and its training, as sinter train reads it");
    schema.putAll(ALL.schema());
    schema.put("$defs", OptimizerEntries.DEFINITIONS);
    return schema;
  }

  /** Returns the file. */
  public Path path() {
    return path;
  }

  /** Returns the text of the file. */
  public String text() {
    return text;
  }

  /** Returns the name: what the file says, else the file's own without its ending. */
  public String name() {
    String file = String.valueOf(path.getFileName());
    return values.get(NAME, file.replaceFirst("\\.ya?ml$", ""));
  }

  /** Returns the layers, without an input. */
  public List<Layer> layers() {
    return values.get(LAYERS);
  }

  /** Returns the optimizer. */
  public Optimizer optimizer() {
    return values.get(OPTIMIZER);
  }

  /** Returns the loss. */
  public Loss loss() {
    return values.get(LOSS);
  }

  /**
   * Returns the metrics; if the file says none, accuracy for classes, an error for numbers.
   *
   * @param classes whether the label is one of several classes
   */
  public List<Metric> metrics(boolean classes) {
    return values.get(METRICS, List.of(classes ? Metric.ACCURACY : Metric.MEAN_ABSOLUTE_ERROR));
  }

  /** Returns the number of epochs. */
  public int epochs() {
    return values.get(EPOCHS);
  }

  /** Returns how to train for a number of epochs. */
  public Fit fit(int number) {
    Fit fit =
        Fit.epochs(number)
            .batchSize(values.get(BATCH_SIZE, 32))
            .validationSplit(values.get(VALIDATION_SPLIT, 0.0))
            .shuffle(values.get(SHUFFLE, true));
    for (Callback callback : values.get(CALLBACKS, List.of())) {
      fit = fit.callback(callback);
    }
    return fit;
  }

  /** Returns the seed. */
  public long seed() {
    return values.get(SEED, 1);
  }

  /** Returns what the file says of the data. */
  Values data() {
    return values.has(DATA) ? values.get(DATA) : new Values();
  }
}
