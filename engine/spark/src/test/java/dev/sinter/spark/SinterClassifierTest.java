package dev.sinter.spark;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.Model;
import java.nio.file.Path;
import java.util.List;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.MulticlassClassificationEvaluator;
import org.apache.spark.ml.feature.StandardScaler;
import org.apache.spark.ml.feature.StringIndexer;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.linalg.Vector;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
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
    model.write().overwrite().save(saved.toString());
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
}
