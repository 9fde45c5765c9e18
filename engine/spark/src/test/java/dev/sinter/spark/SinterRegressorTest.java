package dev.sinter.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.apache.spark.ml.evaluation.RegressionEvaluator;
import org.apache.spark.ml.linalg.Vectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SinterRegressorTest {
  @Test
  void fit_learnsALine_andTheModelIsSaved(@TempDir Path folder) throws Exception {
    Random random = new Random(1);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < 64; i++) {
      double a = random.nextGaussian();
      double b = random.nextGaussian();
      rows.add(Tables.row(2 * a - b + 1, a, b));
    }
    Dataset<Row> table = Tables.table(rows);
    SinterRegressionModel model =
        new SinterRegressor()
            .setLayers("")
            .setOptimizer("sgd")
            .setLearningRate(0.1)
            .setBatchSize(8)
            .setBackend("reference")
            .setNumWorkers(1)
            .fit(table);
    Dataset<Row> predicted = model.transform(table);
    assertThat(new RegressionEvaluator().evaluate(predicted)).isLessThan(0.05);
    assertThat(model.predict(Vectors.dense(1, 1))).isBetween(1.9, 2.1);
    String path = folder.resolve("model").toString();
    model.write().save(path);
    assertThatThrownBy(() -> model.write().save(path)).hasMessageContaining("already exists");
    model.write().overwrite().save(path);
    SinterRegressionModel loaded = SinterRegressionModel.load(path);
    assertThat(loaded.transform(table).collectAsList()).isEqualTo(predicted.collectAsList());
    assertThat(loaded.getBackend()).isEqualTo("reference");
    assertThat(loaded.hasSummary()).isFalse();
  }
}
