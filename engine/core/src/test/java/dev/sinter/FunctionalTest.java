package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.callbacks.EarlyStopping;
import dev.sinter.compile.Goal;
import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Add;
import dev.sinter.layers.Concatenate;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.layers.Layer;
import dev.sinter.layers.Multiply;
import dev.sinter.layers.Node;
import dev.sinter.layers.Subtract;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Adam;
import dev.sinter.program.Fusion;
import dev.sinter.report.Style;
import dev.sinter.report.SummaryOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Models of several inputs and outputs, with branches and shared layers. */
class FunctionalTest {
  private static final int ROWS = 96;

  private final Node left = Input.of("left", 3);
  private final Node right = Input.of("right", 2);

  /** The product of the two inputs' sums is positive or not: neither input tells it alone. */
  private static Map<String, Tensor> samples() {
    Random random = new Random(4);
    float[][] a = new float[ROWS][3];
    float[][] b = new float[ROWS][2];
    for (float[][] rows : List.of(a, b)) {
      for (float[] row : rows) {
        for (int i = 0; i < row.length; i++) {
          row[i] = (float) random.nextGaussian();
        }
      }
    }
    return Map.of("right", Tensor.of(b), "left", Tensor.of(a));
  }

  private static float sum(Tensor rows, int row) {
    float sum = 0;
    for (int i = 0; i < rows.rowSize(); i++) {
      sum += rows.at(row, i);
    }
    return sum;
  }

  private static Map<String, Tensor> labels() {
    Map<String, Tensor> samples = samples();
    int[] sign = new int[ROWS];
    float[] size = new float[ROWS];
    for (int row = 0; row < ROWS; row++) {
      float product = sum(samples.get("left"), row) * sum(samples.get("right"), row);
      sign[row] = product > 0 ? 1 : 0;
      size[row] = Math.min(2, Math.abs(product));
    }
    return Map.of("size", Tensor.of(size, ROWS), "sign", Tensor.of(sign));
  }

  private Functional twoOutputs() {
    Node both = new Concatenate().apply(new Dense(12).relu().apply(left), right);
    Node hidden = new Dense(16).relu().name("hidden").apply(both);
    Node sign = new Dense(2).softmax().name("sign").apply(hidden);
    Node size = new Dense(1).name("size").apply(hidden);
    Functional model = Functional.of("two", List.of(left, right), List.of(sign, size));
    model.backend("reference").seed(2);
    model.compile(
        new Adam(0.02),
        new Goal("size", Loss.MEAN_SQUARED_ERROR).weight(0.25),
        new Goal("sign", Loss.SPARSE_CATEGORICAL_CROSSENTROPY, Metric.ACCURACY));
    return model;
  }

  private static void refused(ThrowingCallable call, String... parts) {
    assertThatThrownBy(call).isInstanceOf(InputException.class).hasMessageContainingAll(parts);
  }

  @Test
  void fit_twoInputsAndOutputs_learnsWhatNeitherInputTellsAlone() {
    try (Functional model = twoOutputs()) {
      Dataset data = model.dataset(samples(), labels());
      History history = model.fit(data, Fit.epochs(60).batchSize(32).verbose(0));
      assertThat(history.names())
          .containsExactly("loss", "sign_accuracy", "sign_loss", "size_loss");
      assertThat(history.last("sign_accuracy")).isGreaterThan(0.95);
      assertThat(history.last("loss"))
          .isCloseTo(history.last("sign_loss") + 0.25 * history.last("size_loss"), within(1e-6));
      Evaluation evaluation = model.evaluate(data);
      assertThat(evaluation.get("sign_accuracy")).isGreaterThan(0.95);
      assertThat(evaluation.get("size_loss")).isLessThan(0.2);
    }
  }

  @Test
  void predict_severalOutputs_standSideBySideAndByName() {
    try (Functional model = twoOutputs();
        Predictor predictor = model.predictor()) {
      Dataset data = model.dataset(samples());
      Tensor predictions = model.predict(data);
      assertThat(predictions.shape()).containsExactly(ROWS, 3);
      Map<String, Tensor> named = model.predictByName(data);
      assertThat(named.keySet()).containsExactly("sign", "size");
      float[] row = predictor.predict(data.x().rows(5, 6).floats());
      for (int i = 0; i < 3; i++) {
        float expected = predictions.at(5, i);
        assertThat(row[i]).isCloseTo(expected, within(1e-5f));
        assertThat(i < 2 ? named.get("sign").at(5, i) : named.get("size").at(5, 0))
            .isEqualTo(expected);
      }
    }
  }

  @Test
  void sameLayerObject_sharesItsWeights_anotherEqualOneDoesNot() {
    Node other = Input.of("other", 3);
    Layer shared = new Dense(4).tanh();
    Node twins = new Multiply().apply(shared.apply(left), shared.apply(other));
    Node own = new Dense(4).tanh().apply(left);
    Node result = new Dense(1).apply(new Add().apply(twins, own));
    try (Functional model = Functional.of(List.of(left, other), List.of(result))) {
      assertThat(model.getNamedWeights().keySet())
          .containsExactly(
              "dense/kernel",
              "dense/bias",
              "dense_1/kernel",
              "dense_1/bias",
              "dense_2/kernel",
              "dense_2/bias");
      assertThat(model.layer("dense").parameterCount()).isEqualTo(16);
      assertThat(model.layer("add").inputs()).isEqualTo(8);
      assertThat(model.summaryText(SummaryOptions.defaults().columns(200)))
          .contains("left[0][0], other[0][0]", "dense[0][0], dense[1][0]", "Total params: 37 ");
    }
  }

  /** The rows are those of Keras 3.15.1, for the same model. */
  @Test
  void summary_ofBranches_showsWhatFeedsALayerAsKerasDoes() {
    try (Functional model = twoOutputs()) {
      assertThat(model.summaryText(SummaryOptions.defaults().columns(100)).lines().limit(20))
          .containsExactly(
              "Model: \"two\"",
              "┏━━━━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━┳━━━━━━━━━━━━━━━━━━━━━━━━┓",
              "┃ Layer (type)              ┃ Output Shape           ┃        Param # ┃ Connected to           ┃",
              "┡━━━━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━╇━━━━━━━━━━━━━━━━━━━━━━━━┩",
              "│ left (InputLayer)         │ (None, 3)              │              0 │ -                      │",
              "├───────────────────────────┼────────────────────────┼────────────────┼────────────────────────┤",
              "│ dense (Dense)             │ (None, 12)             │             48 │ left[0][0]             │",
              "├───────────────────────────┼────────────────────────┼────────────────┼────────────────────────┤",
              "│ right (InputLayer)        │ (None, 2)              │              0 │ -                      │",
              "├───────────────────────────┼────────────────────────┼────────────────┼────────────────────────┤",
              "│ concatenate (Concatenate) │ (None, 14)             │              0 │ dense[0][0],           │",
              "│                           │                        │                │ right[0][0]            │",
              "├───────────────────────────┼────────────────────────┼────────────────┼────────────────────────┤",
              "│ hidden (Dense)            │ (None, 16)             │            240 │ concatenate[0][0]      │",
              "├───────────────────────────┼────────────────────────┼────────────────┼────────────────────────┤",
              "│ sign (Dense)              │ (None, 2)              │             34 │ hidden[0][0]           │",
              "├───────────────────────────┼────────────────────────┼────────────────┼────────────────────────┤",
              "│ size (Dense)              │ (None, 1)              │             17 │ hidden[0][0]           │",
              "└───────────────────────────┴────────────────────────┴────────────────┴────────────────────────┘",
              " Total params: 339 (1.32 KB)");
      assertThat(
              model.summaryText(SummaryOptions.defaults().columns(100).style(Style.KERAS2)).lines())
          .anyMatch(line -> line.matches(" *concatenate \\(Concatenate\\) .*dense\\[0]\\[0] *"))
          .anyMatch(line -> line.matches(" {60,}right\\[0]\\[0] *"));
    }
  }

  @Test
  void chainOfNodes_computesWhatASequentialModelDoes() {
    Node output = new Dense(2).softmax().apply(new Dense(5).relu().apply(left));
    Dataset data = Dataset.of(samples().get("left"), labels().get("sign"));
    List<List<Float>> losses = new ArrayList<>();
    List<String> programs = new ArrayList<>();
    List<Model> models =
        List.of(
            Functional.of(left, output),
            Sequential.of(new Input(3), new Dense(5).relu(), new Dense(2).softmax()));
    for (Model model : models) {
      try (model) {
        model.backend("reference").seed(3);
        model.compile("adam", "sparse_categorical_crossentropy", "accuracy");
        programs.add(model.trainingProgram(32, 1, Fusion.NONE).ops().toString());
        History history = model.fit(data, Fit.epochs(2).verbose(0));
        assertThat(history.names()).containsExactly("accuracy", "loss");
        losses.add(history.get("loss").stream().map(Double::floatValue).toList());
      }
    }
    assertThat(programs.get(0)).isEqualTo(programs.get(1));
    assertThat(losses.get(0)).isEqualTo(losses.get(1));
  }

  @Test
  void resume_goesOnAsIfItHadNeverStopped(@TempDir Path folder) {
    Fit fit = Fit.epochs(4).batchSize(20).verbose(0);
    List<Tensor> whole;
    try (Functional model = twoOutputs()) {
      model.fit(model.dataset(samples(), labels()), fit);
      whole = model.getWeights();
    }
    try (Functional first = twoOutputs();
        Functional second = twoOutputs()) {
      Dataset data = first.dataset(samples(), labels());
      first.fit(data, Fit.epochs(2).batchSize(20).verbose(0).checkpoint(Checkpoint.in(folder)));
      second.fit(data, fit.resume(folder));
      assertThat(second.getWeights()).isEqualTo(whole);
    }
  }

  @Test
  void saved_modelOfNodes_restoresNetworkAndCompilation() {
    try (Functional model = twoOutputs()) {
      Dataset data = model.dataset(samples(), labels());
      model.fit(data, Fit.epochs(1).verbose(0));
      try (Model restored = Model.of(model.saved()).backend("reference")) {
        assertThat(restored.resultNames()).isEqualTo(model.resultNames());
        assertThat(restored.predict(data)).isEqualTo(model.predict(data));
        assertThat(((Functional) restored).outputs()).containsExactly("sign", "size");
        assertThat(restored.iterations()).isEqualTo(model.iterations());
      }
    }
  }

  @Test
  void monitor_ofAnOutput_knowsItsDirection() {
    try (Functional model = twoOutputs()) {
      EarlyStopping stopping = new EarlyStopping("sign_accuracy").patience(1);
      Dataset data = model.dataset(samples(), labels());
      History history = model.fit(data, Fit.epochs(30).verbose(0).callback(stopping));
      List<Double> accuracy = history.get("sign_accuracy");
      int last = accuracy.size() - 1;
      assertThat(last).isBetween(1, 28);
      assertThat(accuracy.get(last)).isLessThanOrEqualTo(accuracy.get(last - 1));
    }
  }

  @Test
  void nodes_thatDoNotFit_areRefusedWhereTheyAreApplied() {
    refused(
        () -> new Add().name("sum").apply(left, right),
        "layer sum: expected inputs of one shape, received [[3], [2]]");
    refused(
        () -> new Concatenate().apply(left, Input.of("image", 2, 2)),
        "layer Concatenate: expected inputs that differ in their last dimension alone",
        "[2, 2]");
    refused(() -> new Subtract().apply(left, left, left), "layer Subtract: expected 2 inputs");
    refused(() -> new Dense(2).name("flat").apply(Input.of(2, 2)), "layer flat", "[2, 2]");
    refused(() -> new Input(3).apply(left), "layer InputLayer: expected a layer that computes");
    refused(() -> Sequential.of(new Input(3), new Add()), "layer add: expected at least 2 inputs");
  }

  @Test
  void model_ofWrongEnds_isRefusedByName() {
    Node hidden = new Dense(2).name("hidden").apply(left);
    Node both = new Concatenate().apply(hidden, right);
    refused(
        () -> Functional.of(left, both),
        "model functional: expected every input that its outputs depend on, received none for"
            + " right [2]");
    refused(
        () -> Functional.of(List.of(left, right), List.of(hidden)),
        "model functional: expected inputs that its outputs depend on, received right [2]");
    refused(() -> Functional.of(hidden, both), "inputs made with Input.of, received hidden [2]");
    refused(() -> Functional.of(List.of(left, left), List.of(hidden)), "inputs and outputs that");
    refused(() -> Functional.of(List.of(left), List.of(left)), "outputs of layers, received left");
    refused(() -> Functional.of(List.of(), List.of(hidden)), "at least one input");
    Node again = new Dense(2).name("hidden").apply(right);
    Node sum = new Add().apply(hidden, again);
    refused(
        () -> Functional.of(List.of(left, right), List.of(sum)),
        "layer names that differ, received \"hidden\" twice");
  }

  @Test
  void compile_goalsThatAreNotTheOutputs_isRefusedByName() {
    try (Functional model = twoOutputs()) {
      Goal sign = Goal.of("sign", "sparse_categorical_crossentropy");
      refused(() -> model.compile("adam", sign), "one goal for each output of [sign, size]");
      refused(() -> model.compile("adam", sign, Goal.of("sise", "mse")), "received [sign, sise]");
      refused(() -> sign.weight(Double.NaN), "loss weight of output sign: expected a finite");
      model.compile("adam", "mean_squared_error");
      assertThat(model.resultNames()).containsExactly("loss", "sign_loss", "size_loss");
    }
  }

  /** Together they have as many columns as the two outputs need. */
  @Test
  void dataset_labelsOfAnotherWidth_areRefusedByNameOfTheirOutput() {
    Node sign = new Dense(2).softmax().name("sign").apply(left);
    Node size = new Dense(2).name("size").apply(left);
    try (Functional model = Functional.of("two", List.of(left), List.of(sign, size))) {
      model.compile(
          new Adam(0.02),
          new Goal("sign", Loss.SPARSE_CATEGORICAL_CROSSENTROPY),
          new Goal("size", Loss.MEAN_SQUARED_ERROR));
      Map<String, Tensor> inputs = Map.of("left", Tensor.of(new float[4][3]));
      Tensor one = Tensor.of(new float[4][1]);
      Tensor two = Tensor.of(new float[4][2]);
      assertThat(model.dataset(inputs, Map.of("sign", one, "size", two)).size()).isEqualTo(4);
      assertThatThrownBy(() -> model.dataset(inputs, Map.of("sign", two, "size", one)))
          .isInstanceOf(InputException.class)
          .hasMessage(
              "dataset, output sign: expected labels of 1 columns for"
                  + " sparse_categorical_crossentropy, received 2. Give the labels that belong to"
                  + " this output.");
    }
  }

  @Test
  void dataset_thatDoesNotFit_isRefusedByNameOfItsInput() {
    try (Functional model = twoOutputs()) {
      Tensor rows = samples().get("left");
      refused(
          () -> model.dataset(Map.of("left", rows)),
          "a tensor for each input of [left, right], received [left]");
      refused(
          () -> model.dataset(Map.of("left", rows, "right", rows)),
          "dataset, input right: expected samples of shape [2], received [3]");
      refused(
          () -> model.dataset(Map.of("left", rows.rows(0, 5), "right", samples().get("right"))),
          "dataset, input right: expected 5 rows, as the others have, received " + ROWS);
      Map<String, Tensor> fewer =
          Map.of("sign", labels().get("sign").rows(0, 5), "size", labels().get("size").rows(0, 5));
      refused(
          () -> model.dataset(samples(), fewer),
          "dataset, output sign: expected " + ROWS + " rows, as the others have, received 5");
      Dataset wide = Dataset.of(rows, labels().get("sign"));
      refused(
          () -> model.fit(wide, Fit.epochs(1)),
          "fit: expected samples of 5 features, those of the inputs [left [3], right [2]]");
      Dataset data = model.dataset(samples());
      refused(
          () -> model.fit(Dataset.of(data.x(), labels().get("sign")), Fit.epochs(1)),
          "fit: expected labels of 2 columns, those of the outputs [sign, size] side by side");
      Map<String, Tensor> unknown =
          Map.of("sign", labels().get("size"), "size", labels().get("size"));
      refused(
          () -> model.fit(model.dataset(samples(), unknown), Fit.epochs(1)),
          "a class from 0 to 1, as layer sign has 2 outputs");
    }
  }
}
