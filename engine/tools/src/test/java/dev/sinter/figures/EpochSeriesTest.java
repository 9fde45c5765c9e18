package dev.sinter.figures;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.Fit;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Dense;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Numbers by epoch, from a training and from a file of CSVLogger. */
class EpochSeriesTest {
  @TempDir Path folder;

  private Path file(String content) {
    try {
      return Files.writeString(folder.resolve("history.csv"), content);
    } catch (IOException problem) {
      throw new java.io.UncheckedIOException(problem);
    }
  }

  @Test
  void history_ofATraining_isTakenOver() {
    try (Model model = Sequential.of(new Dense(2).softmax())) {
      model.backend("reference");
      model.compile("sgd", "sparse_categorical_crossentropy", "accuracy");
      float[][] x = {{0, 1}, {1, 0}};
      History history = model.fit(x, new int[] {0, 1}, Fit.epochs(3).verbose(0));
      EpochSeries series = EpochSeries.of(history);
      assertThat(series.epochs()).containsExactly(0, 1, 2);
      assertThat(series.values()).containsOnlyKeys("accuracy", "loss");
      assertThat(series.values().get("loss")).isEqualTo(history.get("loss"));
    }
  }

  @Test
  void file_ofCsvLogger_isRead() {
    EpochSeries series =
        EpochSeries.read(
            file(
                "epoch,accuracy,learning_rate,loss,val_accuracy,val_loss\r\n"
                    + "0,0.5,0.1,1.25,NA,NA\r\n"
                    + "1,0.75,none,nan,0.5,inf\r\n"));
    assertThat(series.epochs()).containsExactly(0, 1);
    assertThat(series.values()).containsOnlyKeys("accuracy", "loss", "val_accuracy", "val_loss");
    assertThat(series.values().get("loss")).containsExactly(1.25, Double.NaN);
    assertThat(series.values().get("val_loss"))
        .containsExactly(Double.NaN, Double.POSITIVE_INFINITY);
    assertThat(series.get("nothing", 0)).isNaN();
    assertThat(series.has("val_accuracy")).isTrue();
    assertThat(series.has("val_loss")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "'' | line 1: expected names including epoch and loss, received \"\"",
        "'a,b' | line 1: expected names including epoch and loss, received \"a,b\"",
        "'epoch,other' | line 1: expected names",
        "'epoch,loss' | expected at least one epoch, received line 1 alone",
        "'epoch,loss\n0,1\n1' | line 3: expected 2 columns, as in line 1, received 1",
        "'epoch,loss\n0,x' | line 2, loss: expected a number, or NA, received x",
        "'epoch,loss\n1,1\n1,1' | line 3, epoch: expected a whole number above 1, received 1",
        "'epoch,loss\n0.5,1' | line 2, epoch: expected a whole number above -1, received 0.5",
      })
  void file_damaged_namesLineAndContent(String content, String message) {
    Path damaged = file(content);
    assertThatThrownBy(() -> EpochSeries.read(damaged))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith(damaged.toString())
        .hasMessageContaining(message);
  }

  @Test
  void file_missingFolderOrBinary_refused() throws IOException {
    assertThatThrownBy(() -> EpochSeries.read(folder.resolve("none.csv")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("received nothing (no such file)");
    assertThatThrownBy(() -> EpochSeries.read(folder))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("received a folder");
    Path binary = Files.write(folder.resolve("b.csv"), new byte[] {(byte) 0xFF, 0, 1});
    assertThatThrownBy(() -> EpochSeries.read(binary))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("received a file that is not text");
  }

  @Test
  void values_otherLength_refused() {
    assertThatThrownBy(() -> new EpochSeries(List.of(0, 1), Map.of("loss", List.of(1.0))))
        .isInstanceOf(InputException.class)
        .hasMessageStartingWith("epoch series loss: expected 2 values, one per epoch, received 1");
  }
}
