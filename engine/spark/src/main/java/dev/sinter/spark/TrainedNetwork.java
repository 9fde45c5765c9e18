package dev.sinter.spark;

import dev.sinter.Model;
import dev.sinter.Predictor;
import dev.sinter.saving.SavedModel;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.apache.spark.SparkContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.StructField;
import org.apache.spark.sql.types.StructType;
import org.jspecify.annotations.Nullable;

/** The network of a trained model: to predict with, here and on the executors. */
final class TrainedNetwork implements Serializable {
  private static final long serialVersionUID = 1L;

  private final byte[] file; // .keras, with the optimizer's state
  private final int features;
  private final Head head;
  private final String key = UUID.randomUUID().toString();
  private transient @Nullable Predictor predictor; // guarded by this; null until needed
  private transient @Nullable Broadcast<byte[]> sent; // guarded by this; without that state
  private transient @Nullable SparkContext sentBy; // guarded by this

  TrainedNetwork(byte[] file) {
    SavedModel saved = NetworkBytes.read(file);
    this.file = file;
    this.features = saved.input().size();
    this.head = Head.of(FrameTraining.outputs(saved), saved.compilation());
  }

  byte[] file() {
    return file;
  }

  int features() {
    return features;
  }

  Head head() {
    return head;
  }

  Model model() {
    return Model.of(NetworkBytes.read(file));
  }

  /** Returns the outputs for one row, computed by this thread. */
  float[] outputs(String who, Vector row) {
    float[] x = new float[features];
    FrameColumns.Problem problem = FrameColumns.sizeProblem(0, features, row.size());
    if (problem != null) {
      throw problem.exception(who, 0);
    }
    FrameColumns.vector(row, x, 0);
    return predictor().predict(x);
  }

  private synchronized Predictor predictor() {
    if (predictor == null) {
      try (Model model = model()) {
        predictor = model.predictor();
      }
    }
    return predictor;
  }

  private synchronized Broadcast<byte[]> sent(SparkContext context) {
    if (sent == null || sentBy != context) {
      SavedModel all = NetworkBytes.read(file);
      SavedModel network =
          new SavedModel(
              all.name(),
              all.input(),
              all.layers(),
              all.connections(),
              all.weights(),
              null,
              null,
              java.util.Map.of());
      sent = JavaSparkContext.fromSparkContext(context).broadcast(NetworkBytes.of(network));
      sentBy = context;
    }
    return sent;
  }

  /**
   * Returns a DataFrame with what a network says of its rows.
   *
   * @param params of the model
   * @param featuresCol the name of the column
   * @param schema of the result
   */
  Dataset<Row> score(
      PredictionParams<?> params,
      Dataset<?> frame,
      String featuresCol,
      StructType schema,
      Scorer.Columns columns) {
    FrameColumns.Kind kind = FrameColumns.features(params.uid(), frame.schema(), featuresCol);
    if (columns.count() == 0) {
      return frame.toDF();
    }
    WorkerOptions worker =
        WorkerOptions.DEFAULT.backend(
            params.getBackend(), PredictionParams.parsedBackendOptions(params.getBackendOptions()));
    Scorer scorer =
        new Scorer(
            params.uid(),
            String.join(" ", key, worker.backend(), worker.backendOptions().toString()),
            sent(frame.sparkSession().sparkContext()),
            worker,
            new FrameColumns.Reader(kind, frame.schema().fieldIndex(featuresCol)),
            features,
            columns);
    Dataset<Row> scored = frame.toDF().mapPartitions(scorer, Encoders.row(schema));
    List<Column> described = new ArrayList<>(); // with what Spark ML notes about columns
    for (StructField field : schema.fields()) {
      described.add(FrameTraining.column(field.name()).as(field.name(), field.metadata()));
    }
    return scored.select(described.toArray(Column[]::new));
  }
}
