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
                  Metric.MEAN_SQUARED_ERROR,
                  Metric.MEAN_ABSOLUTE_ERROR),
              Metric::name)
          .with("acc", Metric.ACCURACY)
          .with("mse", Metric.MEAN_SQUARED_ERROR)
          .with("mae", Metric.MEAN_ABSOLUTE_ERROR);

  private MetricNames() {}
}
