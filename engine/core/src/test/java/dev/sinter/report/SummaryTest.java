package dev.sinter.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.report.Summary.Layer;
import dev.sinter.report.Summary.Weight;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Compares summaries with the output of Keras 3 and Keras 2, character by character. */
class SummaryTest {
  private static final SummaryOptions KERAS3 = SummaryOptions.defaults().withoutDetails();
  private static final List<Layer> DENSE =
      List.of(dense("dense", 784, 512), dense("dense_1", 512, 10));
  private static final List<Layer> LAB =
      List.of(dense("layer1", 400, 25), dense("layer2", 25, 15), dense("layer3", 15, 1));

  private static Layer dense(String name, int inputs, int units) {
    Weight kernel = new Weight("W", List.of(inputs, units));
    return new Layer(name, "Dense", units, true, List.of(kernel, new Weight("b", List.of(units))));
  }

  private static Summary summary(String model, List<Layer> layers) {
    return new Summary(model, layers, null, new Summary.Memory(0, 0, 0, 0, 0));
  }

  private static String text(Summary summary, SummaryOptions options) {
    return summary.text(options).replace(System.lineSeparator(), "\n");
  }

  @Test
  void keras3_80Columns_isItsTable() {
    assertThat(text(summary("sequential", DENSE), KERAS3))
        .isEqualTo(
            """
            Model: "sequential"
            ┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━┓
            ┃ Layer (type)                    ┃ Output Shape           ┃       Param # ┃
            ┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━┩
            │ dense (Dense)                   │ (None, 512)            │       401,920 │
            ├─────────────────────────────────┼────────────────────────┼───────────────┤
            │ dense_1 (Dense)                 │ (None, 10)             │         5,130 │
            └─────────────────────────────────┴────────────────────────┴───────────────┘
             Total params: 407,050 (1.55 MB)
             Trainable params: 407,050 (1.55 MB)
             Non-trainable params: 0 (0.00 B)
            """);
  }

  @Test
  void keras3_wideTerminal_has88Columns() {
    assertThat(text(summary("sequential", DENSE), KERAS3.columns(200)).lines().skip(1).limit(4))
        .containsExactly(
            "┏━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━┓",
            "┃ Layer (type)                         ┃ Output Shape                ┃         Param # ┃",
            "┡━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━┩",
            "│ dense (Dense)                        │ (None, 512)                 │         401,920 │");
  }

  @Test
  void keras3_optimizerInUse_isCounted() {
    Summary trained =
        new Summary(
            "sequential",
            DENSE,
            new Summary.Optimizer("rmsprop", List.of("velocity"), true),
            new Summary.Memory(1, 1, 1, 1, 128));
    assertThat(text(trained, KERAS3))
        .endsWith(
            """
             Total params: 814,102 (3.11 MB)
             Trainable params: 407,050 (1.55 MB)
             Non-trainable params: 0 (0.00 B)
             Optimizer params: 407,052 (1.55 MB)
            """);
  }

  @Test
  void keras3_unbuilt_saysSoAsKeras() {
    List<Layer> layers =
        List.of(
            new Layer("dense", "Dense", 0, false, List.of()),
            new Layer("activation", "Activation", 0, true, List.of()));
    String text = text(new Summary("sequential", layers, null, null), SummaryOptions.defaults());
    assertThat(text)
        .contains(
            """
            │ dense (Dense)                   │ ?                      │   0 (unbuilt) │
            ├─────────────────────────────────┼────────────────────────┼───────────────┤
            │ activation (Activation)         │ ?                      │             0 │
            └─────────────────────────────────┴────────────────────────┴───────────────┘
             Total params: 0 (0.00 B)
             Trainable params: 0 (0.00 B)
             Non-trainable params: 0 (0.00 B)
            """)
        .endsWith(" Not built: start the model with an Input, call build, or let fit see data.\n");
  }

  @Test
  void keras3_asciiAlone_keepsItsWidths() {
    assertThat(text(summary("my_model", LAB), KERAS3.ascii()))
        .isEqualTo(
            """
            Model: "my_model"
            +--------------------------------------------------------------------------+
            | Layer (type)                    | Output Shape           |       Param # |
            |---------------------------------+------------------------+---------------|
            | layer1 (Dense)                  | (None, 25)             |        10,025 |
            |---------------------------------+------------------------+---------------|
            | layer2 (Dense)                  | (None, 15)             |           390 |
            |---------------------------------+------------------------+---------------|
            | layer3 (Dense)                  | (None, 1)              |            16 |
            +--------------------------------------------------------------------------+
             Total params: 10,431 (40.75 KB)
             Trainable params: 10,431 (40.75 KB)
             Non-trainable params: 0 (0.00 B)
            """);
  }

  @Test
  void keras2_theLabsModel_isTheLabsText() {
    assertThat(text(summary("my_model", LAB), KERAS3.style(Style.KERAS2)).lines())
        .containsExactly(
            "Model: \"my_model\"",
            "_________________________________________________________________",
            "Layer (type)                 Output Shape              Param #   ",
            "=================================================================",
            "layer1 (Dense)               (None, 25)                10025     ",
            "_________________________________________________________________",
            "layer2 (Dense)               (None, 15)                390       ",
            "_________________________________________________________________",
            "layer3 (Dense)               (None, 1)                 16        ",
            "=================================================================",
            "Total params: 10,431",
            "Trainable params: 10,431",
            "Non-trainable params: 0",
            "_________________________________________________________________");
  }

  @Test
  void keras2_longName_isCutAsInKeras2() {
    List<Layer> layers = List.of(dense("a_name_of_thirty_two_characters_", 2, 3));
    assertThat(text(summary("m", layers), KERAS3.style(Style.KERAS2)).lines().skip(4).findFirst())
        .contains("a_name_of_thirty_two_charact (None, 3)                 9         ");
  }

  @Test
  void details_trainedModel_areShapesOptimizerAndMemory() {
    Summary summary =
        new Summary(
            "my_model",
            LAB,
            new Summary.Optimizer("adam", List.of("momentum", "velocity"), false),
            new Summary.Memory(42752, 42752, 85504, 63232, 32));
    assertThat(text(summary, SummaryOptions.defaults()))
        .endsWith(
            """
             Non-trainable params: 0 (0.00 B)

             layer1: W (400, 25), b (25,)
             layer2: W (25, 15), b (15,)
             layer3: W (15, 1), b (1,)
             Optimizer adam: momentum and velocity for each weight
             Memory with padding: weights 41.75 KB, gradients 41.75 KB, optimizer state
             83.50 KB, scratch 61.75 KB for batches of 32
            """);
  }

  @Test
  void details_noBiasAndPlainSgd_areSaid() {
    Layer layer = new Layer("d", "Dense", 3, true, List.of(new Weight("W", List.of(2, 3))));
    Summary summary =
        new Summary(
            "m",
            List.of(layer),
            new Summary.Optimizer("sgd", List.of(), true),
            new Summary.Memory(24, 0, 0, 0, 0));
    assertThat(text(summary, SummaryOptions.defaults()))
        .contains(" Optimizer params: 2 (12.00 B)\n")
        .endsWith(
            " d: W (2, 3)\n Optimizer sgd: no state\n Memory with padding: weights 24.00 B\n");
  }

  /** A box fits from 28 columns on; below, it keeps the minimum width with content. */
  @Test
  void keras3_anyWidth_hasEqualRowsThatFit() {
    List<Layer> layers =
        List.of(dense("a_rather_long_name_for_a_layer", 784, 512), dense("数字", 512, 10));
    for (int columns = 1; columns <= 100; columns++) {
      List<String> box =
          text(summary("m", layers), KERAS3.columns(columns))
              .lines()
              .filter(line -> "┏┃┡│├└".indexOf(line.charAt(0)) >= 0)
              .toList();
      int width = Math.max(24, Math.min(88, columns - 4));
      assertThat(box)
          .allMatch(line -> line.length() + line.replaceAll("[^数字]", "").length() == width);
      boolean whole = columns < 40 || String.join("", box).contains("401,920");
      assertThat(whole).as("the number in one piece at %s columns", columns).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "0, 0.00 B",
    "1023, 1023.00 B",
    "1024, 1.00 KB",
    "1628200, 1.55 MB",
    "1073741824, 1.00 GB",
    "5e18, 4440.89 PB"
  })
  void bytes_each_isKeras(double size, String expected) {
    assertThat(Numbers.bytes(size)).isEqualTo(expected);
  }
}
