package dev.sinter.losses;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.errors.InputException;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op.CrossEntropyKind;
import java.util.List;
import org.junit.jupiter.api.Test;

class LossTest {
  @Test
  void of_nameOrAlias_findsTheLoss() {
    for (Loss loss : Loss.values()) {
      assertThat(Loss.of(loss.toString())).isSameAs(loss);
    }
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
              for (Loss loss : Loss.values()) {
                assertThat(error).hasMessageContaining(loss.toString());
              }
            });
  }

  @Test
  void foldedWith_ownActivation_isFoldedAndNoOther() {
    for (Loss loss : Loss.values()) {
      for (ActivationFunction function : ActivationFunction.values()) {
        CrossEntropyKind expected =
            switch (loss) {
              case SPARSE_CATEGORICAL_CROSSENTROPY ->
                  function == ActivationFunction.SOFTMAX ? CrossEntropyKind.SOFTMAX_SPARSE : null;
              case CATEGORICAL_CROSSENTROPY ->
                  function == ActivationFunction.SOFTMAX ? CrossEntropyKind.SOFTMAX : null;
              case BINARY_CROSSENTROPY ->
                  function == ActivationFunction.SIGMOID ? CrossEntropyKind.SIGMOID : null;
              case MEAN_SQUARED_ERROR -> null;
            };
        assertThat(loss.foldedWith(function)).as("%s, %s", loss, function).isEqualTo(expected);
      }
    }
  }

  @Test
  void labelColumns_sparse_isOne() {
    assertThat(Loss.SPARSE_CATEGORICAL_CROSSENTROPY.labelColumns(10)).isEqualTo(1);
    assertThat(Loss.CATEGORICAL_CROSSENTROPY.labelColumns(10)).isEqualTo(10);
    assertThat(Loss.BINARY_CROSSENTROPY.labelColumns(1)).isEqualTo(1);
  }
}
