package dev.sinter.callbacks;

import static dev.sinter.callbacks.Observed.refused;
import static dev.sinter.callbacks.Observed.scripted;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.Callback;
import dev.sinter.Fit;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.Toy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The table of epochs, as Keras writes it. */
class CSVLoggerTest {
  @TempDir Path folder;
  private Path file;

  @BeforeEach
  void nameTheFile() {
    file = folder.resolve("log.csv");
  }

  private static History fit(int from, int to, Callback... callbacks) {
    Fit fit = Toy.fit(to).initialEpoch(from);
    for (Callback callback : callbacks) {
      fit = fit.callback(callback);
    }
    return Toy.compiled().fit(Toy.data(8), fit);
  }

  private static Callback losses() {
    return scripted("loss", 1, 0.1 + 0.2, 1e-5, Double.NaN);
  }

  private static Callback accuracies() {
    return scripted("accuracy", 0, 0.5, 0.75, 1);
  }

  @Test
  void epochs_withoutValidation_haveKerasColumns() throws IOException {
    fit(0, 4, losses(), accuracies(), new CSVLogger(file));
    assertThat(file)
        .hasContent(
            """
            epoch,accuracy,loss,val_accuracy,val_loss\r
            0,0.0,1.0,NA,NA\r
            1,0.5,0.30000000000000004,NA,NA\r
            2,0.75,1e-05,NA,NA\r
            3,1.0,nan,NA,NA\r
            """);
    assertThat(Files.readString(file)).endsWith("NA\r\n");
  }

  @Test
  void epochs_withValidation_areTheHistory() throws IOException {
    Fit fit = Toy.fit(2).validationData(Toy.data(5)).callback(new CSVLogger(file));
    History history = Toy.compiled().fit(Toy.data(8), fit);
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(3);
    assertThat(lines.get(0)).isEqualTo("epoch,accuracy,loss,val_accuracy,val_loss");
    String[] values = lines.get(2).split(",");
    assertThat(values[0]).isEqualTo("1");
    assertThat(Double.parseDouble(values[2])).isEqualTo(history.last("loss"));
    assertThat(Double.parseDouble(values[4])).isEqualTo(history.last("val_loss"));
  }

  /** Keys that appear later have no column; keys that are missing later are NA. */
  @Test
  void keys_otherThanTheFirstEpochs_areLeftOut() throws IOException {
    LambdaCallback change =
        new LambdaCallback()
            .onEpochEnd(
                (model, epoch, logs) -> {
                  logs.put("loss", 1.0);
                  if (epoch == 1) {
                    logs.remove("accuracy");
                    logs.put("more", 3.0);
                  } else {
                    logs.put("accuracy", 0.5);
                  }
                });
    Observed seen = Observed.of(() -> fit(0, 2, change, new CSVLogger(file)));
    assertThat(Files.readAllLines(file)).endsWith("0,0.5,1.0,NA,NA", "1,NA,1.0,NA,NA");
    assertThat(seen.warnings()).hasSize(1).first().asString().contains("expected columns for");
  }

  @Test
  void learningRate_loggedBefore_isAColumn() throws IOException {
    fit(0, 1, new LearningRateScheduler((epoch, rate) -> 0.01), new CSVLogger(file));
    assertThat(Files.readAllLines(file).get(0))
        .startsWith("epoch,accuracy,learning_rate,loss,val_accuracy");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        ";|epoch;accuracy;loss;val_accuracy;val_loss|0;0.0;1.0;NA;NA",
        "'\t'|'epoch\taccuracy\tloss\tval_accuracy\tval_loss'|'0\t0.0\t1.0\tNA\tNA'",
        ".|epoch.accuracy.loss.val_accuracy.val_loss|0.\"0.0\".\"1.0\".NA.NA"
      })
  void separator_other_standsBetweenValues(char separator, String header, String line)
      throws IOException {
    fit(0, 1, losses(), accuracies(), new CSVLogger(file).separator(separator));
    assertThat(Files.readAllLines(file)).containsExactly(header, line);
  }

  @Test
  void append_toItsOwnFile_goesOnWithoutAHeader() throws IOException {
    CSVLogger logger = new CSVLogger(file).append(true);
    fit(0, 2, losses(), accuracies(), logger);
    fit(2, 3, losses(), accuracies(), logger);
    assertThat(Files.readAllLines(file))
        .containsExactly(
            "epoch,accuracy,loss,val_accuracy,val_loss",
            "0,0.0,1.0,NA,NA",
            "1,0.5,0.30000000000000004,NA,NA",
            "2,0.75,1e-05,NA,NA");
  }

  @Test
  void append_notAsked_writesAnew() throws IOException {
    CSVLogger logger = new CSVLogger(file);
    fit(0, 2, losses(), accuracies(), logger);
    fit(2, 3, losses(), accuracies(), logger);
    assertThat(Files.readAllLines(file))
        .containsExactly("epoch,accuracy,loss,val_accuracy,val_loss", "2,0.75,1e-05,NA,NA");
  }

  @Test
  void append_otherColumnsAndUnfinishedLine_followsTheHeader() throws IOException {
    Files.writeString(file, "epoch,loss,lr\n0,2.5");
    Observed seen =
        Observed.of(() -> fit(0, 1, losses(), accuracies(), new CSVLogger(file).append(true)));
    assertThat(Files.readAllLines(file)).containsExactly("epoch,loss,lr", "0,2.5", "0,1.0,NA");
    assertThat(seen.warnings()).hasSize(1);
  }

  @Test
  void append_emptyFile_getsAHeader() throws IOException {
    Files.createFile(file);
    fit(0, 1, losses(), accuracies(), new CSVLogger(file).append(true));
    assertThat(Files.readAllLines(file)).hasSize(2).first().asString().startsWith("epoch,");
  }

  @Test
  void append_toSomethingElse_isRefusedAndLeftAlone() throws IOException {
    Files.writeString(file, "epoch;loss\r\n");
    refused(
        () -> fit(0, 1, new CSVLogger(file).append(true)),
        "CSVLogger, " + file + ": expected a header with a column epoch",
        "epoch;loss");
    assertThat(file).hasContent("epoch;loss\r\n");
    Files.write(file, new byte[] {(byte) 0xff, (byte) 0xfe});
    refused(() -> fit(0, 1, new CSVLogger(file).append(true)), "a CSV file to append to");
  }

  @Test
  void file_afterEachEpoch_isWhole() {
    StringBuilder sizes = new StringBuilder();
    LambdaCallback look =
        new LambdaCallback()
            .onEpochEnd(
                (model, epoch, logs) -> {
                  try {
                    sizes.append(Files.readAllLines(file).size()).append(' ');
                  } catch (IOException e) {
                    throw new AssertionError(e);
                  }
                });
    fit(0, 3, new CSVLogger(file), look);
    assertThat(sizes).hasToString("2 3 4 ");
  }

  @Test
  void folder_missing_isRefusedBeforeTraining() {
    Model model = Toy.compiled();
    CSVLogger logger = new CSVLogger(folder.resolve("no/log.csv"));
    refused(() -> model.fit(Toy.data(8), Toy.fit(1).callback(logger)), "log.csv", "no such folder");
    assertThat(model.iterations()).isZero();
    refused(() -> new CSVLogger(file).separator('"'), "CSVLogger, separator");
  }

  @Test
  void noEpochs_leaveAnEmptyFile() {
    fit(0, 0, new CSVLogger(file));
    assertThat(file).isEmptyFile();
  }

  /** Each as Python 3 prints it. */
  @ParameterizedTest
  @CsvSource({
    "0, 0.0",
    "-0.0, -0.0",
    "1, 1.0",
    "-2.5, -2.5",
    "100, 100.0",
    "0.001, 0.001",
    "0.0001, 0.0001",
    "0.00001, 1e-05",
    "0.000012, 1.2e-05",
    "1e15, 1000000000000000.0",
    "9007199254740993, 9007199254740992.0",
    "1e16, 1e+16",
    "-1.5e100, -1.5e+100",
    "2e23, 2e+23",
    "4.9e-324, 5e-324",
    "1.7976931348623157e308, 1.7976931348623157e+308",
    "0.30000000000000004, 0.30000000000000004",
    "NaN, nan",
    "Infinity, inf",
    "-Infinity, -inf"
  })
  void number_printed_isPythonsRepr(double value, String expected) {
    assertThat(PythonNumber.of(value)).isEqualTo(expected);
  }
}
