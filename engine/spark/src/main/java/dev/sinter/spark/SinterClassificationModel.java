package dev.sinter.spark;

import dev.sinter.Model;
import dev.sinter.errors.InputException;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.ml.classification.ProbabilisticClassificationModel;
import org.apache.spark.ml.linalg.DenseVector;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataType;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;
import scala.Tuple3;

/**
 * A network that {@link SinterClassifier} has trained. It appends up to three columns:
 *
 * <ul>
 *   <li>{@code rawPrediction}, a vector [classes]: logarithms of the probabilities, or the outputs
 *       themselves where the network gives logits; softmax turns both into probabilities;
 *   <li>{@code probability}, a vector [classes] that adds up to 1;
 *   <li>{@code prediction}, the class with the largest probability, or with the largest one over
 *       its threshold where thresholds are set.
 * </ul>
 *
 * <p>A column whose name is empty is left out. Rows are predicted in batches, by one predictor a
 * process. Any number of threads may use it while nobody sets parameters.
 */
public final class SinterClassificationModel
    extends ProbabilisticClassificationModel<Vector, SinterClassificationModel>
    implements PredictionParams<SinterClassificationModel>, MLWritable {
  private static final long serialVersionUID = 1L;

  private @Nullable String uid; // set while the superclass is initialized
  private final ParamSet own = new ParamSet(this);
  private final TrainedNetwork network;
  private final SparkTraining.@Nullable Result summary;

  SinterClassificationModel(
      String uid, TrainedNetwork network, SparkTraining.@Nullable Result summary) {
    this(new Uid(uid), network, summary);
  }

  private SinterClassificationModel(
      Uid given, TrainedNetwork network, SparkTraining.@Nullable Result summary) {
    this.network = network;
    this.summary = summary;
    Defaults.prediction(this);
  }

  @Override
  public String uid() {
    if (uid == null) {
      uid = Uid.given();
    }
    return uid;
  }

  @Override
  public ParamSet own() {
    return own;
  }

  /** Returns the network with its weights and the optimizer's state, to use without Spark. */
  public Model model() {
    return network.model();
  }

  /** Returns whether this model comes from a training, not from a file. */
  public boolean hasSummary() {
    return summary != null;
  }

  /**
   * Returns what the training has brought: loss and accuracy of each epoch, and how it was done.
   *
   * @throws InputException for a model from a file
   */
  public SparkTraining.Result summary() {
    return Defaults.summary(uid(), summary);
  }

  @Override
  public int numClasses() {
    return Head.classes(network.head().outputs());
  }

  @Override
  public int numFeatures() {
    return network.features();
  }

  @Override
  public StructType transformSchema(StructType schema) {
    FrameColumns.features(uid(), schema, getFeaturesCol());
    StructType result = schema;
    for (Added each : added()) {
      result = FrameColumns.with(uid() + ", " + each.param, result, each.column, each.type);
    }
    return result;
  }

  /** A column to append. */
  private record Added(String param, String column, DataType type) {}

  private List<Added> added() {
    List<Added> all = new ArrayList<>();
    DataType vector = SQLDataTypes.VectorType();
    all.add(new Added("rawPredictionCol", getRawPredictionCol(), vector));
    all.add(new Added("probabilityCol", getProbabilityCol(), vector));
    all.add(new Added("predictionCol", getPredictionCol(), DataTypes.DoubleType));
    all.removeIf(each -> each.column.isEmpty());
    return all;
  }

  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    StructType schema = transformSchema(dataset.schema());
    double[] thresholds = isDefined(thresholds()) ? getThresholds() : null;
    if (thresholds != null && thresholds.length != numClasses()) {
      throw InputException.of(
          uid() + ", thresholds",
          "one for each of " + numClasses() + " classes",
          thresholds.length,
          "Set as many, or none");
    }
    Columns columns =
        new Columns(
            network.head(),
            !getRawPredictionCol().isEmpty(),
            !getProbabilityCol().isEmpty(),
            !getPredictionCol().isEmpty(),
            thresholds);
    return network.score(this, dataset, getFeaturesCol(), schema, columns);
  }

  private record Columns(
      Head head,
      boolean raw,
      boolean probability,
      boolean prediction,
      double @Nullable [] thresholds)
      implements Scorer.Columns {
    @Override
    public int count() {
      return (raw ? 1 : 0) + (probability ? 1 : 0) + (prediction ? 1 : 0);
    }

    @Override
    public void write(float[] outputs, int from, Object[] row, int at) {
      double[] values = head.raw(outputs, from);
      int next = at;
      if (raw) {
        row[next++] = Vectors.dense(values.clone());
      }
      Head.probabilities(values);
      if (probability) {
        row[next++] = Vectors.dense(values);
      }
      if (prediction) {
        row[next] = (double) Head.predicted(values, thresholds);
      }
    }
  }

  /**
   * Spark's own: the columns that a summary looks at. Two superclasses declare it with types that
   * Java cannot tell apart.
   */
  @Override
  @SuppressWarnings({"rawtypes", "unchecked"})
  public Tuple3 findSummaryModel() {
    return new Tuple3(this, getProbabilityCol(), getPredictionCol());
  }

  @Override
  public Vector predictRaw(Vector features) {
    return Vectors.dense(network.head().raw(network.outputs(uid(), features), 0));
  }

  @Override
  public Vector raw2probabilityInPlace(Vector rawPrediction) {
    Head.probabilities(((DenseVector) rawPrediction).values());
    return rawPrediction;
  }

  @Override
  public SinterClassificationModel copy(ParamMap extra) {
    SinterClassificationModel copy = new SinterClassificationModel(uid(), network, summary);
    copyValues(copy, extra);
    return copy.setParent(parent());
  }

  @Override
  public MLWriter write() {
    return new NetworkWriter(this, network.file());
  }

  /** Returns what reads saved models. */
  public static MLReader<SinterClassificationModel> read() {
    return new NetworkReader<>(
        SinterClassificationModel.class,
        (uid, file) ->
            new SinterClassificationModel(
                uid, new TrainedNetwork(NetworkReader.required(file)), null));
  }

  /** Reads a saved model. */
  public static SinterClassificationModel load(String path) {
    return read().load(path);
  }
}
