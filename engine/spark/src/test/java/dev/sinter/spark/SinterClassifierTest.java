package dev.sinter.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.functions;
import org.apache.spark.sql.types.DataTypes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SinterClassifierTest {
  @Test
  void pipeline_savedAndLoaded_predictsTheSame(@TempDir Path folder) throws Exception {
    Dataset<Row> flowers = Tables.flowers(150).cache();
    Pipeline pipeline =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  new StringIndexer().setInputCol("kind").setOutputCol("label"),
                  new VectorAssembler()
                      .setInputCols(
                          new String[] {
                            "petal_length", "petal_width", "sepal_length", "sepal_width"
                          })
                      .setOutputCol("measured"),
                  new StandardScaler()
                      .setInputCol("measured")
                      .setOutputCol("features")
                      .setWithMean(true),
                  new SinterClassifier()
                      .setLayers("Dense(16, relu)")
                      .setLearningRate(0.02)
                      .setEpochs(8)
                      .setBatchSize(16)
                      .setBackend("reference")
                      .setNumWorkers(2)
                });
    Path stages = folder.resolve("pipeline");
    pipeline.write().save(stages.toString());
    PipelineModel model = Pipeline.load(stages.toString()).fit(flowers);
    Path saved = folder.resolve("model");
    model.write().save(saved.toString());
    Dataset<Row> expected = model.transform(flowers);
    Dataset<Row> received = PipelineModel.load(saved.toString()).transform(flowers);
    assertThat(rows(received)).isEqualTo(rows(expected));
    assertThat(new MulticlassClassificationEvaluator().setMetricName("accuracy").evaluate(expected))
        .isGreaterThan(0.95);

    SinterClassificationModel last = (SinterClassificationModel) model.stages()[3];
    assertThat(last.summary().workers()).isEqualTo(2);
    assertThat(last.summary().transport()).isEqualTo("tcp");
    assertThat(last.summary().history().get("loss")).hasSize(8);
    Row first = expected.first();
    Vector features = first.getAs("features");
    Vector probability = first.getAs("probability");
    assertThat(last.predict(features)).isEqualTo(first.<Double>getAs("prediction"));
    try (Model network = last.model()) {
      assertThat(network.iterations()).isEqualTo(8 * 10);
      float[] x = new float[4];
      for (int i = 0; i < x.length; i++) {
        x[i] = (float) features.apply(i);
      }
      float[] outputs = network.predict(new float[][] {x}).toFloats();
      assertThat((float) probability.apply(0))
          .isCloseTo(outputs[0], org.assertj.core.data.Offset.offset(1e-5f));
    }
  }

  private static List<Row> rows(Dataset<Row> frame) {
    return frame.select("features", "rawPrediction", "probability", "prediction").collectAsList();
  }

  @Test
  void features_asVectorsDenseOrSparseOrArrays_trainTheSame() {
    List<Row> rows = Tables.classes(60);
    SinterClassifier classifier =
        new SinterClassifier().setBackend("reference").setNumWorkers(1).setEpochs(2);
    SinterClassificationModel dense = classifier.fit(Tables.table(rows));
    List<Row> sparse = new ArrayList<>();
    List<Row> arrays = new ArrayList<>();
    for (Row row : rows) {
      Vector vector = row.getAs(0);
      sparse.add(RowFactory.create(vector.toSparse(), row.get(1)));
      arrays.add(RowFactory.create(Arrays.stream(vector.toArray()).boxed().toList(), row.get(1)));
    }
    Dataset<Row> ofArrays = Tables.table(arrays, DataTypes.createArrayType(DataTypes.DoubleType));
    SinterClassificationModel other = classifier.fit(ofArrays);
    assertThat(weights(classifier.fit(Tables.table(sparse)))).isEqualTo(weights(dense));
    assertThat(weights(other)).isEqualTo(weights(dense));
    assertThat(other.transform(ofArrays).select("prediction").collectAsList())
        .isEqualTo(dense.transform(Tables.table(sparse)).select("prediction").collectAsList());
  }

  private static Map<String, Tensor> weights(SinterClassificationModel model) {
    try (Model network = model.model()) {
      return network.getNamedWeights();
    }
  }

  @Test
  void fit_ofRowsThatCannotBeLearnedFrom_isRefusedWithTheRowsNumber() {
    Row good = Tables.row(1, 1, 2);
    assertRefused(List.of(), "an empty table");
    assertRefused(List.of(good, good, Tables.row(0, 1, 2, 3)), "row 2", "expected 2", "received 3");
    assertRefused(List.of(good, Tables.row(0, 1, Double.NaN)), "row 1, feature 1", "NaN");
    assertRefused(List.of(RowFactory.create(null, 1.0)), "row 0, features", "null");
    assertRefused(List.of(good, Tables.row(1.5, 1, 2)), "row 1, label", "received 1.5");
    assertRefused(List.of(Tables.row(-1, 1, 2)), "row 0, label", "received -1");
    assertRefused(List.of(RowFactory.create(good.get(0), null)), "row 0, label", "null");
    assertRefused(List.of(good, Tables.row(1234, 1, 2)), "at most 100 classes", "1234");
    Dataset<Row> two = Tables.table(List.of(good, good));
    refuse(new SinterClassifier().setFeaturesCol("x"), two, "featuresCol", "[features, label]");
    refuse(new SinterClassifier().setFeaturesCol("label"), two, "a column of vectors", "double");
    refuse(new SinterClassifier().setLabelCol("features"), two, "labelCol", "a column of numbers");
    refuse(new SinterClassifier().setNumWorkers(3), two, "expected 3 slots", "received 2");
    refuse(new SinterClassifier().setLayers("Dense(4, relu"), two, "layers", "Dense(4, relu");
    refuse(new SinterClassifier().setLoss("mse"), two, "a cross-entropy", "mean_squared_error");
    refuse(new SinterClassifier().setPredictionCol("label"), two, "a new column", "label");
    refuse(new SinterClassifier().setCheckpointDir("s3a://b/c"), two, "checkpointDir", "s3a");
    assertThatThrownBy(() -> new SinterClassifier().setBackendOptions("threads"))
        .hasMessageContaining("name=value");
  }

  private static void assertRefused(List<Row> rows, String... parts) {
    refuse(new SinterClassifier().setNumWorkers(1), Tables.table(rows), parts);
  }

  private static void refuse(SinterClassifier classifier, Dataset<Row> table, String... parts) {
    assertThatThrownBy(() -> classifier.fit(table))
        .isInstanceOf(InputException.class)
        .hasMessageContainingAll(parts);
  }

  @Test
  void model_givenToTheEstimator_isTrainedOnAndSavedWithIt(@TempDir Path folder) throws Exception {
    Dataset<Row> table =
        Tables.table(Tables.classes(40)).withColumn("held", functions.expr("label = 2"));
    try (Model network = Sequential.of(new Input(3), new Dense(3).softmax())) {
      network.compile("sgd", "categorical_crossentropy", "accuracy");
      SinterClassifier classifier =
          new SinterClassifier()
              .setModel(network)
              .setBackend("reference")
              .setNumWorkers(1)
              .setEpochs(1)
              .setBatchSize(7)
              .setValidationIndicatorCol("held");
      String path = folder.resolve("classifier").toString();
      classifier.write().save(path);
      SinterClassificationModel trained = SinterClassifier.load(path).fit(table);
      assertThat(trained.summary().history().names()).contains("val_loss", "accuracy");
      assertThat(trained.summary().history().samples()).isEqualTo(27);
      assertThat(trained.numClasses()).isEqualTo(3);
      try (Model after = trained.model()) {
        assertThat(after.iterations()).isEqualTo(4);
        assertThat(after.getNamedWeights()).isNotEqualTo(network.getNamedWeights());
      }
      trained.setThresholds(new double[] {1, 0, 1});
      assertThat(trained.transform(table).select("prediction").distinct().collectAsList())
          .containsExactly(RowFactory.create(1.0));
    }
  }

  @Test
  void crossValidator_findsTheBetterParameters_andIsSaved(@TempDir Path folder) throws Exception {
    Dataset<Row> table = Tables.table(Tables.classes(60)).cache();
    SinterClassifier classifier =
        new SinterClassifier()
            .setLayers("")
            .setBackend("reference")
            .setNumWorkers(1)
            .setEpochs(4)
            .setLoss("sparse_categorical_crossentropy");
    CrossValidator validator =
        new CrossValidator()
            .setEstimator(classifier)
            .setEvaluator(new MulticlassClassificationEvaluator().setMetricName("logLoss"))
            .setEstimatorParamMaps(
                new ParamGridBuilder()
                    .addGrid(classifier.learningRate(), new double[] {1e-6, 0.1})
                    .build())
            .setNumFolds(2);
    CrossValidatorModel best = validator.fit(table);
    assertThat(best.avgMetrics()[1]).isLessThan(best.avgMetrics()[0]);
    String path = folder.resolve("best").toString();
    best.write().save(path);
    assertThat(rows(CrossValidatorModel.load(path).transform(table)))
        .isEqualTo(rows(best.transform(table)));
  }
}
