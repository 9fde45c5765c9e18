package dev.sinter.metrics;

import dev.sinter.errors.KnownNames;
import java.util.List;

/** The metrics that have a name. */
final class MetricNames {
  static final KnownNames<Metric> KNOWN =
      KnownNames.<Metric>of(
              "metric",
              List.of(
                  Metric.ACCURACY,
                  Metric.SPARSE_CATEGORICAL_ACCURACY,
                  Metric.CATEGORICAL_ACCURACY,
                  Metric.BINARY_ACCURACY,
                  new TopKCategoricalAccuracy(5),
                  new TopKCategoricalAccuracy(5).name("sparse_top_k_categorical_accuracy"),
                  new Precision(),
                  new Recall(),
                  new F1Score(),
                  new Auc(),
                  Metric.MEAN_SQUARED_ERROR,
                  new RootMeanSquaredError(),
                  Metric.MEAN_ABSOLUTE_ERROR,
                  Metric.MEAN_ABSOLUTE_PERCENTAGE_ERROR,
                  Metric.MEAN_SQUARED_LOGARITHMIC_ERROR,
                  Metric.LOG_COSH_ERROR,
                  new R2Score(),
                  new CosineSimilarity(),
                  Metric.KL_DIVERGENCE,
                  Metric.POISSON,
                  Metric.HINGE,
                  Metric.SQUARED_HINGE),
              Metric::name)
          .with("acc", Metric.ACCURACY)
          .with("mse", Metric.MEAN_SQUARED_ERROR)
          .with("mae", Metric.MEAN_ABSOLUTE_ERROR)
          .with("mape", Metric.MEAN_ABSOLUTE_PERCENTAGE_ERROR)
          .with("msle", Metric.MEAN_SQUARED_LOGARITHMIC_ERROR)
          .with("log_cosh_error", Metric.LOG_COSH_ERROR)
          .with("kld", Metric.KL_DIVERGENCE);

  private MetricNames() {}
}
