package dev.sinter.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import org.junit.jupiter.api.Test;

class MetricTest {
  @Test
  void of_nameOrAlias_findsTheMetric() {
    assertThat(Metric.of("categorical_accuracy")).isSameAs(Metric.CATEGORICAL_ACCURACY);
    assertThat(Metric.of("MSE")).isSameAs(Metric.MEAN_SQUARED_ERROR);
    assertThat(Metric.of("MeanAbsoluteError")).isSameAs(Metric.MEAN_ABSOLUTE_ERROR);
    assertThat(Metric.of("acc")).isSameAs(Metric.ACCURACY);
    assertThat(Metric.of("Accuracy")).isSameAs(Metric.ACCURACY);
    assertThat(Metric.of("BinaryAccuracy")).isSameAs(Metric.BINARY_ACCURACY);
  }

  @Test
  void of_unknownName_listsEveryChoice() {
    assertThatThrownBy(() -> Metric.of("precison"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("\"precison\"")
        .satisfies(
            error -> {
              for (String name : MetricNames.KNOWN.names()) {
                assertThat(error).hasMessageContaining(name);
              }
            });
  }

  /** The squares of 0.1 in float32 leave a variance that is not exactly 0. */
  @Test
  void r2_equalLabels_countsAsZero() {
    double[] sums = {32 * 0.1f, (float) (32 * 0.01), 1.5};
    assertThat(new R2Score().value(sums, 32)).isZero();
    sums[2] = 0;
    assertThat(new R2Score().value(sums, 32)).isNaN();
  }

  @Test
  void options_outOfRange_areRefused() {
    assertThatThrownBy(() -> new Precision().classId(3).sums(3))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("class: expected below 3, the number of outputs, received 3");
    assertThatThrownBy(() -> new Recall().threshold(2)).hasMessageContaining("received 2.0");
    assertThatThrownBy(() -> new F1Score().threshold(0)).hasMessageContaining("above 0");
    assertThatThrownBy(() -> new Auc().thresholds(1)).hasMessageContaining("2 to 10000");
    assertThatThrownBy(() -> new TopKCategoricalAccuracy(0)).hasMessageContaining("at least 1");
  }
}
