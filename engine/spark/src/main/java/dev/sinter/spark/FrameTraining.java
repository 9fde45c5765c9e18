package dev.sinter.spark;

import dev.sinter.Checkpoint;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.compile.Goal;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.distributed.Parts;
import dev.sinter.errors.InputException;
import dev.sinter.errors.KnownNames;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Layer;
import dev.sinter.losses.BinaryFocalCrossentropy;
import dev.sinter.losses.CrossEntropy;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.saving.Compilation;
import dev.sinter.saving.SavedModel;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.apache.spark.ml.attribute.Attribute$;
import org.apache.spark.ml.attribute.BinaryAttribute;
import org.apache.spark.ml.attribute.NominalAttribute;
import org.apache.spark.ml.param.Param;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.Option;

/** Trains on a DataFrame as an estimator's parameters say. */
final class FrameTraining {
  /** More classes are taken for a mistake unless the column's metadata has them; as in Spark ML. */
  private static final int MOST_CLASSES = 100;

  private final TrainingParams<?> params;
  private final String features;
  private final String label;
  private final boolean classifies;
  private final @Nullable SavedModel given;

  /** A trained network. */
  record Trained(byte[] network, SparkTraining.Result result) {}

  /**
   * Prepares a training.
   *
   * @param features name of the column
   * @param label name of the column
   * @param classifies whether labels are classes
   * @param network to train, as a .keras file, or null
   */
  FrameTraining(
      TrainingParams<?> params,
      String features,
      String label,
      boolean classifies,
      byte @Nullable [] network) {
    this.params = params;
    this.features = features;
    this.label = label;
    this.classifies = classifies;
    this.given = given(params, network);
  }

  private static @Nullable SavedModel given(TrainingParams<?> params, byte @Nullable [] network) {
    if (network != null) {
      return NetworkBytes.read(network);
    }
    String file = text(params, params.modelFile());
    if (file == null) {
      return null;
    }
    try (Model model = Model.load(local(params.uid() + ", modelFile", file))) {
      return model.saved();
    }
  }

  /** Returns the value of a parameter that may be missing or blank, or null. */
  static @Nullable String text(TrainingParams<?> params, Param<String> param) {
    return params.isDefined(param) && !params.getOrDefault(param).isBlank()
        ? params.getOrDefault(param)
        : null;
  }

  /** Checks the columns. */
  static void check(TrainingParams<?> params, StructType schema, String features, String label) {
    FrameColumns.features(params.uid(), schema, features);
    FrameColumns.label(params.uid(), schema, label);
    String indicator = text(params, params.validationIndicatorCol());
    if (indicator != null) {
      FrameColumns.indicator(params.uid(), schema, indicator);
    }
  }

  /** Trains on the rows of a DataFrame. */
  Trained run(org.apache.spark.sql.Dataset<?> frame) {
    final SparkTraining training = training(frame);
    int batch = params.getBatchSize();
    if (params.getNumWorkers() > 0) {
      training.requireSlots(batch); // before the rows are read
    }
    Goal goal = goal();
    int classes = classes(frame.schema());
    String indicator = text(params, params.validationIndicatorCol());
    List<Column> columns = new ArrayList<>();
    columns.add(column(features));
    columns.add(column(label).cast("double"));
    if (indicator != null) {
      columns.add(column(indicator));
    }
    FrameColumns.Kind kind = FrameColumns.features(params.uid(), frame.schema(), features);
    RowEncoder encoder =
        new RowEncoder(
            new FrameColumns.Reader(kind, 0), classifies ? classes : -1, indicator != null);
    org.apache.spark.sql.Dataset<Row> rows = frame.toDF().select(columns.toArray(Column[]::new));
    try (FrameRows read = new FrameRows(params.uid(), rows, encoder);
        Model model = model(goal, classes > 0 ? classes : inferred(read.largestClass()))) {
      int outputs = check(model, goal, read.features());
      int count = training.workers(batch, read.training(), held(read));
      Parts parts = new Parts(batch, count);
      read.requireRoom(params.uid(), parts);
      boolean oneHot = classifies && goal.loss().labelColumns(outputs) > 1;
      SparkTraining.Result result =
          training.run(
              model, read.dealt(parts), read.loader(parts, oneHot ? outputs : 0), options(), count);
      return new Trained(NetworkBytes.of(model.saved()), result);
    }
  }

  private static long held(FrameRows rows) {
    return rows.validation() == 0 ? -1 : rows.validation();
  }

  /** Returns a column by its name, dots and all. */
  static Column column(String name) {
    return functions.col("`" + name.replace("`", "``") + "`");
  }

  private SparkTraining training(org.apache.spark.sql.Dataset<?> frame) {
    return SparkTraining.on(frame.sparkSession().sparkContext())
        .workers(params.getNumWorkers())
        .transport(params.getOrDefault(params.transport()))
        .timeout(Duration.ofSeconds((int) params.getOrDefault(params.timeout())))
        .backend(
            params.getBackend(), PredictionParams.parsedBackendOptions(params.getBackendOptions()));
  }

  private FitOptions options() {
    String folder = text(params, params.checkpointDir());
    String unit = params.getOrDefault(params.checkpointUnit());
    FitOptions.Checkpoints plan = null;
    boolean resumes = (boolean) params.getOrDefault(params.resume());
    if (folder != null) {
      plan =
          new FitOptions.Checkpoints(
              local(params.uid() + ", checkpointDir", folder).toAbsolutePath().toString(),
              (int) params.getOrDefault(params.checkpointInterval()),
              KnownNames.of(
                      "checkpointUnit",
                      List.of(Checkpoint.Unit.values()),
                      each -> each.name().toLowerCase(Locale.ROOT))
                  .get(unit),
              Checkpoint.OnFailure.WARN,
              resumes);
    } else if (resumes) {
      throw InputException.of(
          params.uid() + ", resume",
          "a checkpointDir",
          "none",
          "Set the folder of the checkpoints");
    }
    return new FitOptions(
        params.getEpochs(), 0, params.getBatchSize(), null, true, params.getAverageEvery(), plan);
  }

  /** Returns a path of the machine's own file system, which may be written as file:... */
  private static Path local(String where, String text) {
    if (!text.matches("[a-zA-Z][a-zA-Z0-9+.-]+:.*")) {
      return Path.of(text);
    }
    if (!text.startsWith("file:")) {
      throw InputException.of(
          where,
          "a path of a file system that is mounted on the machines",
          text,
          "Use such a path, or copy what is there: Hadoop's file systems hold saved models alone");
    }
    return Path.of(URI.create(text).getPath());
  }

  /** Returns what the network is trained for: what the parameters say, else what it says itself. */
  private Goal goal() {
    Compilation compiled = given == null ? null : given.compilation();
    Loss loss;
    List<Metric> metrics = classifies ? List.of(Metric.ACCURACY) : List.of();
    if (compiled != null && !params.isSet(params.loss())) {
      if (compiled.goals().size() != 1) {
        throw InputException.of(
            params.uid(), "a network with one output", compiled.goals().size(), "Use another one");
      }
      loss = compiled.loss();
      metrics = compiled.metrics();
    } else {
      loss = Loss.of(params.getLoss());
    }
    boolean known = loss instanceof CrossEntropy || loss instanceof BinaryFocalCrossentropy;
    if (classifies && !known) {
      throw InputException.of(
          params.uid() + ", loss",
          "a cross-entropy, so that the outputs are probabilities",
          loss.name(),
          "Use one of them, or SinterRegressor");
    }
    return new Goal(null, loss, 1, metrics);
  }

  private static boolean isBinary(Loss loss) {
    return loss instanceof CrossEntropy entropy
        ? entropy.labels() == CrossEntropy.Labels.SHARES
        : loss instanceof BinaryFocalCrossentropy;
  }

  /** Returns the number of classes where the network or the column says it, else 0. */
  private int classes(StructType schema) {
    if (!classifies) {
      return 0;
    }
    if (given != null) {
      return Head.classes(outputs(given));
    }
    StructField field = FrameColumns.label(params.uid(), schema, label);
    var attribute = Attribute$.MODULE$.fromStructField(field);
    if (attribute instanceof BinaryAttribute) {
      return 2;
    }
    if (attribute instanceof NominalAttribute nominal) {
      Option<Object> count = nominal.getNumValues();
      return count.isDefined() ? (Integer) count.get() : 0;
    }
    return 0;
  }

  /** Returns the number of classes that labels show. */
  private int inferred(int largest) {
    if (classifies && largest >= MOST_CLASSES) {
      throw InputException.of(
          params.uid() + ", labelCol",
          "at most " + MOST_CLASSES + " classes, where the column's metadata does not list more",
          "class " + largest,
          "Correct the label, or apply a StringIndexer to the column");
    }
    return Math.max(2, largest + 1);
  }

  static int outputs(SavedModel network) {
    try (Model model = Model.of(network)) {
      return Head.outputs(model, network.input().size());
    }
  }

  /** Returns the network, compiled, with the weights that it begins with. */
  private Model model(Goal goal, int classes) {
    if (given == null) {
      List<Layer> layers = LayerText.parse(params.getLayers());
      if (!classifies) {
        layers.add(new Dense(1));
      } else if (isBinary(goal.loss())) {
        if (classes > 2) {
          throw InputException.of(
              params.uid() + ", loss",
              "two classes for " + goal.loss().name(),
              classes,
              "Use sparse_categorical_crossentropy");
        }
        layers.add(new Dense(1, "sigmoid"));
      } else {
        layers.add(new Dense(classes, "softmax"));
      }
      Model model = Sequential.of("sinter", layers.toArray(Layer[]::new));
      model.seed(params.getSeed());
      compile(model, goal, Optimizer.of(params.getOptimizer()));
      return model;
    }
    Model model = Model.of(given);
    Compilation compiled = given.compilation();
    boolean keeps = compiled != null && !params.isSet(params.loss());
    if (!keeps || params.isSet(params.optimizer()) || params.isSet(params.learningRate())) {
      boolean other = compiled == null || params.isSet(params.optimizer());
      compile(model, goal, other ? Optimizer.of(params.getOptimizer()) : compiled.optimizer());
    }
    return model;
  }

  private void compile(Model model, Goal goal, Optimizer optimizer) {
    Optimizer chosen =
        params.isSet(params.learningRate())
            ? optimizer.learningRate((double) params.getOrDefault(params.learningRate()))
            : optimizer;
    model.compile(chosen, goal);
  }

  /** Checks that rows fit the model, builds it, and returns the number of its outputs. */
  private int check(Model model, Goal goal, int width) {
    if (given == null) {
      model.build(width);
    }
    int outputs =
        given == null ? model.layers().get(model.layers().size() - 1).outputs() : outputs(given);
    int columns = goal.loss().labelColumns(outputs);
    if (!classifies && columns > 1) {
      throw InputException.of(
          params.uid(), "a network with one output", outputs, "Make its last layer Dense(1)");
    }
    float[][] y = new float[1][columns];
    y[0][0] = 1; // a class, a one-hot row, a share, a number
    Tensor x = Tensor.of(new float[width], 1, width);
    Tensor labels = columns > 1 ? Tensor.of(y) : Tensor.of(new float[] {0}, 1);
    model.check(params.uid(), Dataset.of(x, labels));
    return outputs;
  }
}
