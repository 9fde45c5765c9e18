package dev.sinter.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import dev.sinter.program.Op.Accuracy;
import org.junit.jupiter.api.Test;

class MetricTest {
  @Test
  void of_nameOrAlias_findsTheMetric() {
    for (Metric metric : Metric.values()) {
      assertThat(Metric.of(metric.toString())).isSameAs(metric);
    }
    assertThat(Metric.of("acc")).isSameAs(Metric.ACCURACY);
    assertThat(Metric.of("Accuracy")).isSameAs(Metric.ACCURACY);
    assertThat(Metric.of("BinaryAccuracy")).isSameAs(Metric.BINARY_ACCURACY);
  }

  @Test
  void of_unknownName_listsEveryChoice() {
    assertThatThrownBy(() -> Metric.of("precision"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("\"precision\"")
        .satisfies(
            error -> {
              for (Metric metric : Metric.values()) {
                assertThat(error).hasMessageContaining(metric.toString());
              }
            });
  }

  @Test
  void resolve_accuracy_followsTheShapes() {
    assertThat(Metric.ACCURACY.resolve(1, 1)).isEqualTo(Accuracy.BINARY);
    assertThat(Metric.ACCURACY.resolve(10, 1)).isEqualTo(Accuracy.SPARSE_CATEGORICAL);
    assertThat(Metric.ACCURACY.resolve(10, 10)).isEqualTo(Accuracy.CATEGORICAL);
  }

  @Test
  void resolve_namedAccuracyThatDoesNotFit_isRefused() {
    assertThat(Metric.BINARY_ACCURACY.resolve(10, 10)).isEqualTo(Accuracy.BINARY);
    assertThatThrownBy(() -> Metric.CATEGORICAL_ACCURACY.resolve(10, 1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("metric categorical_accuracy")
        .hasMessageContaining("10 label columns for 10 outputs, received 1");
    assertThatThrownBy(() -> Metric.SPARSE_CATEGORICAL_ACCURACY.resolve(10, 10))
        .hasMessageContaining("1 label columns");
  }
}
