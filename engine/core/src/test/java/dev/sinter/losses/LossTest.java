package dev.sinter.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import java.util.List;
import org.junit.jupiter.api.Test;

class LossTest {
  @Test
  void of_nameOrAlias_findsTheLoss() {
    assertThat(Loss.of("categorical_crossentropy")).isSameAs(Loss.CATEGORICAL_CROSSENTROPY);
    assertThat(Loss.of("mae")).isSameAs(Loss.MEAN_ABSOLUTE_ERROR);
    for (String name : List.of("mse", "MSE", "MeanSquaredError", "Mean_Squared_Error")) {
      assertThat(Loss.of(name)).isSameAs(Loss.MEAN_SQUARED_ERROR);
    }
    assertThat(Loss.of("SparseCategoricalCrossentropy"))
        .isSameAs(Loss.SPARSE_CATEGORICAL_CROSSENTROPY);
  }

  @Test
  void of_unknownName_listsEveryChoice() {
    assertThatThrownBy(() -> Loss.of("binary_crossentrpy"))
        .isInstanceOf(InputException.class)
        .hasMessageEndingWith(
            "received \"binary_crossentrpy\". Correct the name: the nearest is binary_crossentropy.")
        .satisfies(
            error -> {
              for (String name : LossNames.KNOWN.names()) {
                assertThat(error).hasMessageContaining(name);
              }
            });
  }

  @Test
  void labelColumns_sparse_isOne() {
    assertThat(Loss.SPARSE_CATEGORICAL_CROSSENTROPY.labelColumns(10)).isEqualTo(1);
    assertThat(Loss.CATEGORICAL_CROSSENTROPY.labelColumns(10)).isEqualTo(10);
    assertThat(Loss.BINARY_CROSSENTROPY.labelColumns(1)).isEqualTo(1);
  }

  @Test
  void options_outOfRange_areRefused() {
    assertThatThrownBy(() -> CrossEntropy.sparseCategorical().labelSmoothing(0.1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("expected no label smoothing, received 0.1. Use categorical");
    assertThatThrownBy(() -> CrossEntropy.binary().labelSmoothing(1.5))
        .hasMessageContaining("a share from 0 to 1, received 1.5");
    assertThatThrownBy(() -> new Huber(0)).hasMessageContaining("above 0, received 0.0");
    assertThatThrownBy(() -> new BinaryFocalCrossentropy().gamma(-1))
        .hasMessageContaining("gamma: expected a number at least 0, received -1.0");
  }
}
