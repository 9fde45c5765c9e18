package dev.sinter.networks;

import dev.sinter.Fit;
import dev.sinter.Functional;
import dev.sinter.Model;
import dev.sinter.ModelLayer;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.data.ImageLayout;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Concatenate;
import dev.sinter.layers.Embedding;
import dev.sinter.layers.Flatten;
import dev.sinter.layers.Input;
import dev.sinter.layers.Layer;
import dev.sinter.layers.Node;
import dev.sinter.layers.Normalization;
import dev.sinter.losses.CrossEntropy;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.recipes.DataChoice;
import dev.sinter.recipes.RecipeData;
import dev.sinter.recipes.Task;
import dev.sinter.tables.ColumnCoding;
import dev.sinter.tables.TableCoding;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** A network of a user on data of their own: see {@link NetworkFile} and {@link NetworkData}. */
public final class NetworkTask implements Task {
  private static final int LISTED = 20; // classes in a message

  private final NetworkFile file;
  private final NetworkData data;

  private NetworkTask(NetworkFile file, NetworkData data) {
    this.file = file;
    this.data = data;
  }

  /**
   * Reads the data.
   *
   * @param seed of the parts to train and to test on
   */
  public static NetworkTask of(NetworkFile file, NetworkData.Place place, long seed) {
    return new NetworkTask(file, NetworkData.read(file, place, seed));
  }

  /** Reads other data, to test a trained network on. */
  public static NetworkTask tested(NetworkFile file, Preparation preparation, Path data) {
    return new NetworkTask(file, NetworkData.tested(preparation, data));
  }

  /** Creates a trained network's model, to be given its weights. */
  public static Model restored(NetworkFile file, Preparation preparation) {
    Normalization known = new Normalization(List.of(0f), List.of(1f)); // its weights follow
    return model(file, preparation, known);
  }

  /** Returns the file of the network. */
  public NetworkFile file() {
    return file;
  }

  /** Returns how files become samples. */
  public Preparation preparation() {
    return data.preparation();
  }

  /** Returns a checksum of the data, as it was parted and prepared. */
  public String checksum() {
    return data.checksum();
  }

  @Override
  public String name() {
    return file.name();
  }

  /** Creates the model; its layers are those of the file. */
  @Override
  public Model model(int hidden) {
    return model(file, data.preparation(), normalization());
  }

  @Override
  public Model model(Map<String, Tensor> weights) {
    return restored(file, data.preparation());
  }

  private static Model model(NetworkFile file, Preparation preparation, Normalization known) {
    List<Layer> layers = new ArrayList<>();
    for (Layer layer : file.layers()) {
      if (layer instanceof Normalization normalization) {
        if (!layers.isEmpty()) {
          throw InputException.of(
              file.path() + ", layers",
              "Normalization as the first layer",
              "one behind others",
              "Move it to the start: it learns mean and variance of the data");
        }
        layers.add(known.name(normalization.name()));
      } else {
        layers.add(layer);
      }
    }
    try {
      if (preparation instanceof Preparation.OfTable table
          && !table.coding().embedded().isEmpty()) {
        return embedded(file.name(), table.coding(), layers);
      }
      layers.add(0, new Input(preparation.input()));
      return Sequential.of(file.name(), layers.toArray(Layer[]::new));
    } catch (InputException problem) {
      throw new InputException(file.path() + ", layers: " + problem.getMessage(), problem);
    }
  }

  /**
   * Returns a model whose categories with embeddings are inputs of their own, joined with the other
   * features behind the normalization.
   */
  private static Model embedded(String name, TableCoding coding, List<Layer> layers) {
    List<Node> inputs = new ArrayList<>();
    List<Node> parts = new ArrayList<>();
    List<Layer> rest = layers;
    int plain = coding.features().size() - coding.embedded().size();
    if (plain > 0) {
      Node columns = Input.of("columns", plain);
      inputs.add(columns);
      boolean normalized = layers.get(0) instanceof Normalization;
      parts.add(normalized ? layers.get(0).apply(columns) : columns);
    }
    if (layers.get(0) instanceof Normalization) {
      rest = layers.subList(1, layers.size());
    }
    for (ColumnCoding.Category category : coding.embedded()) {
      Node index = Input.of("category_" + inputs.size(), 1);
      inputs.add(index);
      Layer vectors = new Embedding(category.values().size(), category.embedding());
      parts.add(new Flatten().apply(vectors.apply(index)));
    }
    Node node = parts.size() == 1 ? parts.get(0) : new Concatenate().apply(parts);
    for (Layer layer : rest) {
      node = layer.apply(node);
    }
    return Functional.of(name, inputs, List.of(node));
  }

  /**
   * Returns the layer that standardises the training samples: of a table the numbers, not the zeros
   * and ones of categories; of images each channel.
   */
  private Normalization normalization() {
    if (data.preparation() instanceof Preparation.OfTable table) {
      TableCoding.Statistics statistics = table.coding().statistics(data.train());
      int plain = table.coding().features().size() - table.coding().embedded().size();
      return plain == 0
          ? new Normalization(List.of(0f), List.of(1f))
          : new Normalization(
              list(statistics.mean()).subList(0, plain),
              list(statistics.variance()).subList(0, plain));
    }
    return new Normalization().adapt(data.train());
  }

  private static List<Float> list(float[] values) {
    List<Float> list = new ArrayList<>();
    for (float value : values) {
      list.add(value);
    }
    return list;
  }

  @Override
  public Optimizer defaultOptimizer() {
    return file.optimizer();
  }

  @Override
  public Loss loss() {
    return file.loss();
  }

  @Override
  public List<Metric> metrics() {
    return file.metrics(!predictsNumbers());
  }

  @Override
  public int epochs() {
    return file.epochs();
  }

  @Override
  public Fit fit(int number) {
    return file.fit(number);
  }

  @Override
  public ImageLayout layout() {
    return data.preparation().layout();
  }

  @Override
  public List<String> classes() {
    return data.preparation().classes();
  }

  @Override
  public boolean predictsNumbers() {
    return classes().isEmpty();
  }

  /** Returns the data, with labels as the loss wants them. */
  @Override
  public RecipeData data(DataChoice choice) {
    int outputs = outputs();
    requireOutputs(outputs);
    Dataset train = labelled(data.train(), outputs);
    Dataset limited = choice.limit() > 0 ? train.take(choice.limit()) : train;
    Dataset test = data.test() == null ? null : labelled(data.test(), outputs);
    return new RecipeData(limited, test, data.source(), data.note());
  }

  private int outputs() {
    try (Model model = restored(file, preparation())) {
      List<ModelLayer> layers = model.layers();
      return layers.get(layers.size() - 1).outputs();
    }
  }

  private void requireOutputs(int outputs) {
    List<String> classes = classes();
    boolean crossEntropy = loss() instanceof CrossEntropy;
    if (classes.isEmpty() && crossEntropy) {
      throw InputException.of(
          file.path() + ", loss",
          "a loss for numbers, such as mean_squared_error, as the label is a number",
          loss().name(),
          "Change the loss, or set label_kind: classes below data");
    }
    int expected = classes.isEmpty() || classes.size() == 2 && outputs == 1 ? 1 : classes.size();
    if (outputs != expected) {
      throw InputException.of(
          file.path() + ", layers",
          classes.isEmpty()
              ? "1 output of the last layer, for the number"
              : "%d outputs of the last layer, one for each class (%s)"
                  .formatted(classes.size(), listed(classes)),
          outputs,
          classes.isEmpty()
              ? "Correct the units of the last layer"
              : "Correct the units of the last layer; label_kind: number below data predicts a number");
    }
  }

  private static String listed(List<String> classes) {
    String first = String.join(", ", classes.subList(0, Math.min(LISTED, classes.size())));
    return classes.size() > LISTED ? first + ", ..." : first;
  }

  private Dataset labelled(Dataset samples, int outputs) {
    boolean oneHot = !classes().isEmpty() && loss().labelColumns(outputs) > 1;
    return oneHot ? samples.toCategorical(outputs) : samples;
  }
}
