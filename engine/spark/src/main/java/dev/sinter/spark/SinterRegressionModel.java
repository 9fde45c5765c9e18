package dev.sinter.spark;

import dev.sinter.Model;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.RegressionModel;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * A network that {@link SinterRegressor} has trained. It appends the column {@code prediction}: the
 * network's output. Rows are predicted in batches, by one predictor a process. Any number of
 * threads may use it while nobody sets parameters.
 */
public final class SinterRegressionModel extends RegressionModel<Vector, SinterRegressionModel>
    implements PredictionParams<SinterRegressionModel>, MLWritable {
  private static final long serialVersionUID = 1L;

  private @Nullable String uid; // set while the superclass is initialized
  private final ParamSet own = new ParamSet(this);
  private final TrainedNetwork network;
  private final SparkTraining.@Nullable Result summary;

  SinterRegressionModel(
      String uid, TrainedNetwork network, SparkTraining.@Nullable Result summary) {
    this(new Uid(uid), network, summary);
  }

  private SinterRegressionModel(
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
   * Returns what the training has brought: the loss of each epoch, and how it was done.
   *
   * @throws dev.sinter.errors.InputException for a model from a file
   */
  public SparkTraining.Result summary() {
    return Defaults.summary(uid(), summary);
  }

  @Override
  public int numFeatures() {
    return network.features();
  }

  @Override
  public StructType transformSchema(StructType schema) {
    FrameColumns.features(uid(), schema, getFeaturesCol());
    return getPredictionCol().isEmpty()
        ? schema
        : FrameColumns.with(
            uid() + ", predictionCol", schema, getPredictionCol(), DataTypes.DoubleType);
  }

  @Override
  public Dataset<Row> transform(Dataset<?> dataset) {
    StructType schema = transformSchema(dataset.schema());
    Columns columns = new Columns(getPredictionCol().isEmpty() ? 0 : 1);
    return network.score(this, dataset, getFeaturesCol(), schema, columns);
  }

  private record Columns(int count) implements Scorer.Columns {
    @Override
    public void write(float[] outputs, int from, Object[] row, int at) {
      row[at] = (double) outputs[from];
    }
  }

  @Override
  public double predict(Vector features) {
    return network.outputs(uid(), features)[0];
  }

  @Override
  public SinterRegressionModel copy(ParamMap extra) {
    SinterRegressionModel copy = new SinterRegressionModel(uid(), network, summary);
    copyValues(copy, extra);
    return copy.setParent(parent());
  }

  @Override
  public MLWriter write() {
    return new NetworkWriter(this, network.file());
  }

  /** Returns what reads saved models. */
  public static MLReader<SinterRegressionModel> read() {
    return new NetworkReader<>(
        SinterRegressionModel.class,
        (uid, file) ->
            new SinterRegressionModel(uid, new TrainedNetwork(NetworkReader.required(file)), null));
  }

  /** Reads a saved model. */
  public static SinterRegressionModel load(String path) {
    return read().load(path);
  }
}
