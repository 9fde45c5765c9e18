package dev.sinter.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Compares the texts with the output of Keras, character by character; only the speed is added by
 * Sinter.
 */
class ProgressTextTest {
  private static final Map<String, Double> LOGS = Map.of("accuracy", 0.9273, "loss", 0.2524);
  private static final Map<String, Double> WITH_VALIDATION =
      Map.of("accuracy", 0.9273, "loss", 0.2524, "val_accuracy", 0.96, "val_loss", 0.13);
  private static final Progress HALF = new Progress(0, 5, 235, 469, 30080, 0.5, LOGS);
  private static final Progress WHOLE = new Progress(0, 5, 469, 469, 60000, 0.735, LOGS);

  private static Terminal plain(int columns) {
    return new Terminal(true, columns, false, true);
  }

  private static ProgressText keras3(int columns) {
    return new ProgressText(Style.KERAS3, plain(columns));
  }

  private static ProgressText keras2(int columns) {
    return new ProgressText(Style.KERAS2, plain(columns));
  }

  private static String joined(List<ProgressText.Row> rows) {
    return rows.stream().map(ProgressText.Row::text).collect(Collectors.joining("\n"));
  }

  @Test
  void running_wideTerminal_isKeras3sLineAndTheSpeed() {
    assertThat(keras3(120).running(HALF).text())
        .isEqualTo(
            "235/469 ━━━━━━━━━━────────── 0s 2ms/step - accuracy: 0.9273 - loss: 0.2524"
                + " - 60,160 samples/s");
  }

  @Test
  void running_withColour_hasKeras3sEscapes() {
    ProgressText text = new ProgressText(Style.KERAS3, new Terminal(true, 120, true, true));
    ProgressText.Row row = text.running(HALF);
    assertThat(row.text())
        .isEqualTo(
            "\033[1m235/469\033[0m \033[32m━━━━━━━━━━\033[0m\033[37m━━━━━━━━━━\033[0m"
                + " \033[1m0s\033[0m 2ms/step - accuracy: 0.9273 - loss: 0.2524"
                + " - 60,160 samples/s");
    assertThat(row.width()).isEqualTo(keras3(120).running(HALF).width());
  }

  @Test
  void running_firstStep_isPaddedAndHasNoGreen() {
    ProgressText text = new ProgressText(Style.KERAS3, new Terminal(true, 120, true, true));
    Progress first = new Progress(0, 5, 1, 469, 128, 0.25, Map.of("loss", 2.0));
    assertThat(text.running(first).text())
        .isEqualTo(
            "\033[1m  1/469\033[0m \033[37m━━━━━━━━━━━━━━━━━━━━\033[0m \033[1m1:57\033[0m"
                + " 250ms/step - loss: 2.0000 - 512 samples/s");
  }

  /** Keras counts to Unknown, and shows the time that has passed in place of the time left. */
  @Test
  void running_stepsUnknown_hasNoBar() {
    Progress unknown = new Progress(0, 1, 235, 0, 30080, 2.0, LOGS);
    assertThat(keras3(120).running(unknown).text())
        .isEqualTo(
            "    235/Unknown 2s 9ms/step - accuracy: 0.9273 - loss: 0.2524 - 15,040 samples/s");
    assertThat(keras3(60).running(unknown).text())
        .isEqualTo(
            "    235/Unknown 2s 9ms/step - accuracy: 0.9273 - loss: 0.2524".substring(0, 46));
    assertThat(ProgressText.line(unknown, LOGS))
        .startsWith("Epoch 1/1 -     235/Unknown - 2s - 9ms/step - accuracy: 0.9273");
    assertThat(unknown.secondsLeft()).isNaN();
  }

  @Test
  void running_80Columns_shortensTheBarForTheSpeed() {
    assertThat(keras3(80).running(HALF).text())
        .isEqualTo(
            "235/469 ━━━━───── 0s 2ms/step - accuracy: 0.9273 - loss: 0.2524 - 60k samples/s")
        .hasSize(79);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "70 | 235/469 ━━━━━━━──────── 0s 2ms/step - accuracy: 0.9273 - loss: 0.2524",
        "50 | 235/469 0s 2ms/step - accuracy: 0.9273",
        "20 | 235/469 0s 2ms/step",
        "12 | 235/469 0s",
        "5  | 235/",
        "1  | 2"
      })
  void running_narrowTerminal_leavesOutWhatDoesNotFit(int columns, String expected) {
    assertThat(keras3(columns).running(HALF).text()).isEqualTo(expected);
  }

  @Test
  void finished_wideTerminal_isKeras3sLastLine() {
    assertThat(joined(keras3(160).finished(WHOLE, WITH_VALIDATION)))
        .isEqualTo(
            "469/469 ━━━━━━━━━━━━━━━━━━━━ 1s 2ms/step - accuracy: 0.9273 - loss: 0.2524"
                + " - val_accuracy: 0.9600 - val_loss: 0.1300 - 81,633 samples/s");
  }

  @Test
  void finished_tooLongForOneRow_goesOnBelowWithNothingLost() {
    assertThat(joined(keras3(80).finished(WHOLE, WITH_VALIDATION)))
        .isEqualTo(
            "469/469 ━━━━━━━━━━━━━━━━━━━━ 1s 2ms/step - accuracy: 0.9273 - loss: 0.2524\n"
                + "        val_accuracy: 0.9600 - val_loss: 0.1300 - 81,633 samples/s");
  }

  @Test
  void finished_20Columns_hasOneValueARow() {
    assertThat(joined(keras3(20).finished(WHOLE, WITH_VALIDATION)))
        .isEqualTo(
            "469/469 1s 2ms/step\naccuracy: 0.9273\nloss: 0.2524\nval_accuracy: 0.960\n0"
                + "\nval_loss: 0.1300\n81,633 samples/s");
  }

  @Test
  void finished_noTerminal_knowsNoWidth() {
    ProgressText text = new ProgressText(Style.KERAS3, new Terminal(false, 20, false, true));
    assertThat(joined(text.finished(WHOLE, LOGS)))
        .isEqualTo(
            "469/469 ━━━━━━━━━━━━━━━━━━━━ 1s 2ms/step - accuracy: 0.9273 - loss: 0.2524"
                + " - 81,633 samples/s");
  }

  @Test
  void bar_charsetWithoutLines_isAscii() {
    ProgressText text = new ProgressText(Style.KERAS3, new Terminal(true, 120, false, false));
    assertThat(text.running(HALF).text())
        .startsWith("235/469 ==========---------- 0s")
        .matches("\\p{ASCII}*");
  }

  @Test
  void running_keras2_isTheOlderLine() {
    assertThat(keras2(120).running(HALF).text())
        .isEqualTo(
            "235/469 [==============>...............] - ETA: 0s - loss: 0.2524 - accuracy: 0.9273"
                + " - 60,160 samples/s");
  }

  @Test
  void finished_keras2_isTheOlderLastLine() {
    assertThat(joined(keras2(160).finished(WHOLE, WITH_VALIDATION)))
        .isEqualTo(
            "469/469 [==============================] - 1s 2ms/step - loss: 0.2524"
                + " - accuracy: 0.9273 - val_loss: 0.1300 - val_accuracy: 0.9600"
                + " - 81,633 samples/s");
  }

  @Test
  void line_wholeEpoch_isKerasVerbose2BehindItsEpoch() {
    Progress late = new Progress(8, 10, 469, 469, 60000, 1.6, LOGS);
    assertThat(ProgressText.line(late, WITH_VALIDATION))
        .isEqualTo(
            "Epoch  9/10 - 469/469 - 2s - 3ms/step - accuracy: 0.9273 - loss: 0.2524"
                + " - val_accuracy: 0.9600 - val_loss: 0.1300 - 37,500 samples/s");
  }

  /** At any width, with or without colours: never the last column, and never an empty row. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void rows_anyWidth_fit(boolean color) {
    Progress slow = new Progress(0, 5, 1, 1_000_000, 1, 98765.4, Map.of("loss", -12345.678));
    for (Style style : Style.values()) {
      for (int columns = 1; columns <= 200; columns++) {
        ProgressText text = new ProgressText(style, new Terminal(true, columns, color, true));
        for (Progress progress : List.of(HALF, WHOLE, slow)) {
          List<ProgressText.Row> rows = text.finished(progress, WITH_VALIDATION);
          int room = Math.max(1, columns - 1);
          assertThat(text.running(progress).width()).isBetween(1, room);
          assertThat(rows).allMatch(row -> row.width() >= 1 && row.width() <= room);
          for (ProgressText.Row row : rows) {
            assertThat(row.text().replaceAll("\033\\[\\d+m", "")).hasSize(row.width());
          }
        }
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0s",
    "0.99, 0s",
    "12.7, 12s",
    "60, 60s",
    "61, 1:01",
    "3600, 60:00",
    "3661, 1:01:01",
    "90000, 25:00:00"
  })
  void timeLeft_each_isKeras(double seconds, String expected) {
    assertThat(Numbers.timeLeft(seconds)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0s/step",
    "3e-6, 3us/step",
    "9.99e-4, 999us/step",
    "1e-3, 1ms/step",
    "0.25, 250ms/step",
    "1, 1s/step",
    "12.3, 12s/step"
  })
  void perStep_each_isKeras(double seconds, String expected) {
    assertThat(Numbers.perStep(seconds)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "0.9273, 0.9273", "0, 0.0000e+00", "0.001, 1.0000e-03", "0.00101, 0.0010",
    "-0.5, -0.5000", "-1e-5, -1.0000e-05", "12345.678, 12345.6780", "NaN, NaN"
  })
  void metric_each_isKeras(double value, String expected) {
    assertThat(Numbers.metric(value)).isEqualTo(expected);
  }

  @ParameterizedTest
  @CsvSource({
    "950, 950 samples/s",
    "9999, 9999 samples/s",
    "9999.9, 10k samples/s",
    "81234, 81k samples/s",
    "999900, 1.0M samples/s",
    "12345678, 12.3M samples/s"
  })
  void shortRate_each_isShort(double rate, String expected) {
    assertThat(Numbers.shortRate(rate)).isEqualTo(expected);
  }
}
