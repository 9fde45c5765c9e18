package dev.sinter.spark;

import dev.sinter.Model;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.regression.Regressor;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Trains a network to predict a number, on the rows of a DataFrame, together on several executors.
 * Columns and parameters are those of {@link SinterClassifier}, but labels are any finite numbers.
 * Used by one thread at a time; {@code fit} by any number while nobody sets parameters.
 */
public final class SinterRegressor extends Regressor<Vector, SinterRegressor, SinterRegressionModel>
    implements TrainingParams<SinterRegressor>, MLWritable {
  private static final long serialVersionUID = 1L;

  private @Nullable String uid; // set while the superclass is initialized
  private final ParamSet own = new ParamSet(this);
  private byte @Nullable [] network; // to train; a .keras file

  /** Creates an estimator with a name of its own. */
  public SinterRegressor() {
    this(Uid.random("sinterRegressor"));
  }

  /** Creates an estimator with a name. */
  public SinterRegressor(String uid) {
    this(new Uid(uid));
  }

  private SinterRegressor(Uid given) {
    Defaults.training(this, "mean_squared_error");
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

  @Override
  public SinterRegressor setModel(@Nullable Model model) {
    network = model == null ? null : NetworkBytes.of(model.saved());
    return this;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    FrameTraining.check(this, schema, getFeaturesCol(), getLabelCol());
    return getPredictionCol().isEmpty()
        ? schema
        : FrameColumns.with(uid(), schema, getPredictionCol(), DataTypes.DoubleType);
  }

  @Override
  public SinterRegressionModel train(Dataset<?> dataset) {
    FrameTraining training =
        new FrameTraining(this, getFeaturesCol(), getLabelCol(), false, network);
    FrameTraining.Trained trained = training.run(dataset);
    return new SinterRegressionModel(
        uid(), new TrainedNetwork(trained.network()), trained.result());
  }

  @Override
  public SinterRegressor copy(ParamMap extra) {
    SinterRegressor copy = new SinterRegressor(uid());
    copy.network = network;
    return copyValues(copy, extra);
  }

  @Override
  public MLWriter write() {
    return new NetworkWriter(this, network);
  }

  /** Returns what reads saved estimators. */
  public static MLReader<SinterRegressor> read() {
    return new NetworkReader<>(
        SinterRegressor.class,
        (uid, file) -> {
          SinterRegressor made = new SinterRegressor(uid);
          made.network = file;
          return made;
        });
  }

  /** Reads a saved estimator. */
  public static SinterRegressor load(String path) {
    return read().load(path);
  }
}
