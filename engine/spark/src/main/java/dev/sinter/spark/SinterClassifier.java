package dev.sinter.spark;

import dev.sinter.Model;
import org.apache.spark.ml.classification.ProbabilisticClassifier;
import org.apache.spark.ml.linalg.SQLDataTypes;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.util.MLReader;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.ml.util.MLWriter;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.types.DataTypes;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/**
 * Trains a network to tell classes apart, on the rows of a DataFrame, together on several
 * executors.
 *
 * <pre>{@code
 * var classifier = new SinterClassifier().setLayers("Dense(64, relu), Dropout(0.2)").setEpochs(20);
 * SinterClassificationModel model = classifier.fit(frame);   // columns features and label
 * model.transform(other).select("probability", "prediction");
 * }</pre>
 *
 * <p>Features are a column of vectors, array&lt;float&gt; or array&lt;double&gt;; labels are
 * classes 0, 1, 2, ... of any type of numbers. The number of classes is what the label column's
 * metadata says (a StringIndexer writes them), else it follows from the largest label. {@link
 * TrainingParams} lists the parameters; {@link SparkTraining} says how the workers train.
 *
 * <p>{@code fit} refuses rows that it cannot learn from, by their number, before any worker begins:
 * see {@link dev.sinter.errors.InputException}. Used by one thread at a time; {@code fit} by any
 * number while nobody sets parameters.
 */
public final class SinterClassifier
    extends ProbabilisticClassifier<Vector, SinterClassifier, SinterClassificationModel>
    implements TrainingParams<SinterClassifier>, MLWritable {
  private static final long serialVersionUID = 1L;

  private @Nullable String uid; // set while the superclass is initialized
  private final ParamSet own = new ParamSet(this);
  private byte @Nullable [] network; // to train; a .keras file

  /** Creates an estimator with a name of its own. */
  public SinterClassifier() {
    this(Uid.random("sinterClassifier"));
  }

  /** Creates an estimator with a name. */
  public SinterClassifier(String uid) {
    this(new Uid(uid));
  }

  private SinterClassifier(Uid given) {
    Defaults.training(this, "sparse_categorical_crossentropy");
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
  public SinterClassifier setModel(@Nullable Model model) {
    network = model == null ? null : NetworkBytes.of(model.saved());
    return this;
  }

  @Override
  public StructType transformSchema(StructType schema) {
    FrameTraining.check(this, schema, getFeaturesCol(), getLabelCol());
    StructType result = schema;
    for (String vector : new String[] {getRawPredictionCol(), getProbabilityCol()}) {
      if (!vector.isEmpty()) {
        result = FrameColumns.with(uid(), result, vector, SQLDataTypes.VectorType());
      }
    }
    return getPredictionCol().isEmpty()
        ? result
        : FrameColumns.with(uid(), result, getPredictionCol(), DataTypes.DoubleType);
  }

  @Override
  public SinterClassificationModel train(Dataset<?> dataset) {
    FrameTraining training =
        new FrameTraining(this, getFeaturesCol(), getLabelCol(), true, network);
    FrameTraining.Trained trained = training.run(dataset);
    return new SinterClassificationModel(
        uid(), new TrainedNetwork(trained.network()), trained.result());
  }

  @Override
  public SinterClassifier copy(ParamMap extra) {
    SinterClassifier copy = new SinterClassifier(uid());
    copy.network = network;
    return copyValues(copy, extra);
  }

  @Override
  public MLWriter write() {
    return new NetworkWriter(this, network);
  }

  /** Returns what reads saved estimators. */
  public static MLReader<SinterClassifier> read() {
    return new NetworkReader<>(
        SinterClassifier.class,
        (uid, file) -> {
          SinterClassifier made = new SinterClassifier(uid);
          made.network = file;
          return made;
        });
  }

  /** Reads a saved estimator. */
  public static SinterClassifier load(String path) {
    return read().load(path);
  }
}
