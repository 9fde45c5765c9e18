package dev.sinter.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.backend.Backend;
import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.compile.Features;
import dev.sinter.compile.Graph;
import dev.sinter.compile.ModelCompiler;
import dev.sinter.compile.Objective;
import dev.sinter.data.Tensor;
import dev.sinter.layers.Dense;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.metrics.SummedMetric;
import dev.sinter.metrics.SummedMetric.SampleValue;
import dev.sinter.metrics.SummedMetric.Sum;
import dev.sinter.metrics.SummedMetric.Sum.Over;
import dev.sinter.optimizers.Sgd;
import dev.sinter.program.Expression;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.testkit.OwnObjectives.RightShare;
import dev.sinter.testkit.OwnObjectives.Within;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleBinaryOperator;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** Metrics that are formulas, of users and of Sinter, and what stands beside them. */
interface MetricContract extends ContractTheme {
  /** Samples of a batch. */
  int BATCH = 33;

  /** Features of a sample. */
  int FEATURES = 5;

  @Test
  default void metrics_behindAFoldedSoftmax_readItsProbabilities() {
    Run run =
        new Run(
            backend(),
            new Dense(3).softmax(),
            Loss.SPARSE_CATEGORICAL_CROSSENTROPY,
            List.of(new RightShare(), Metric.ACCURACY));
    double right = 0;
    double correct = 0;
    for (int row = 0; row < BATCH; row++) {
      int label = (int) run.y().get(row);
      right += run.outputs()[row * 3 + label] / 3.0;
      correct += run.largest(row) == label ? 1 : 0;
    }
    run.check(right, correct);
  }

  /** On a threshold of 0.5 probabilities and logits disagree. */
  @Test
  default void metrics_ofOneHotRows_readProbabilities() {
    Run run =
        new Run(
            backend(),
            new Dense(3).softmax(),
            Loss.CATEGORICAL_CROSSENTROPY,
            List.of(
                Metric.BINARY_ACCURACY, Metric.MEAN_ABSOLUTE_ERROR, Metric.CATEGORICAL_ACCURACY));
    double correct = 0;
    for (int row = 0; row < BATCH; row++) {
      correct += run.y().get(row * 3 + run.largest(row));
    }
    run.check(
        run.mean((p, y) -> (p > 0.5 ? 1 : 0) == y ? 1 : 0),
        run.mean((p, y) -> Math.abs(p - y)),
        correct);
  }

  @Test
  default void metrics_behindAFoldedSigmoid_readItsOutputs() {
    Run run =
        new Run(
            backend(),
            new Dense(4).sigmoid(),
            Loss.BINARY_CROSSENTROPY,
            List.of(Metric.BINARY_ACCURACY, new Within(0.4), Metric.MEAN_SQUARED_ERROR));
    run.check(
        run.mean((p, y) -> (p > 0.5 ? 1 : 0) == y ? 1 : 0),
        run.mean((p, y) -> Math.abs(p - y) < 0.4 ? 1 : 0),
        run.mean((p, y) -> (p - y) * (p - y)));
  }

  @Test
  default void metrics_ofAnOwnLoss_readTheOutputs() {
    Run run =
        new Run(
            backend(),
            new Dense(2),
            new OwnObjectives.Huber(0.5),
            List.of(Metric.MEAN_ABSOLUTE_ERROR, new Within(0.4)));
    run.check(
        run.mean((p, y) -> Math.abs(p - y)), run.mean((p, y) -> Math.abs(p - y) < 0.4 ? 1 : 0));
  }

  @Test
  default void metrics_ofSeveralSums_areThoseOfTheOutputs() {
    List<Metric> metrics = List.of(new OwnObjectives.EveryKindOfSum());
    Run run =
        new Run(backend(), new Dense(3).softmax(), Loss.SPARSE_CATEGORICAL_CROSSENTROPY, metrics);
    run.checkSums(metrics.stream().map(SummedMetric.class::cast).toList());
  }

  /** One batch through evaluation and prediction of a layer. */
  final class Run {
    private final float[] outputs;
    private final float[] results; // loss, then the metrics
    private final Tensor y;
    private final int columns;

    Run(Backend backend, Dense layer, Loss loss, List<Metric> metrics) {
      this.columns = layer.units();
      Graph graph = Graph.path(Features.of(FEATURES), List.of("dense"), List.of(layer.rules()));
      ModelCompiler compiler =
          new ModelCompiler(
              graph, new Objective(new Sgd().rule(), loss, metrics), 1, backend.fusion());
      Samples samples = new Samples(23);
      this.y =
          Tensor.of(
              Samples.flatten(TestLabels.of(loss, samples, BATCH, columns)),
              BATCH,
              loss.labelColumns(columns));
      Program evaluate = compiler.evaluate(BATCH, y.rowSize());
      Program gradients = compiler.gradients(BATCH, y.rowSize());
      Program predict = compiler.predict(BATCH);
      this.outputs = new float[predict.resultSize()];
      this.results = new float[evaluate.resultSize()];
      float[] trained = new float[gradients.resultSize()];
      int[] order = IntStream.range(0, BATCH).toArray();
      try (Session session = backend.open(compiler.state());
          Resident data =
              session.upload(
                  Tensor.of(samples.floats(BATCH * FEATURES), BATCH, FEATURES), y, 1, 0)) {
        session.write(0, samples.floats(compiler.state().size()));
        List<Executable> executables = session.prepare(List.of(evaluate, gradients, predict));
        List<float[]> all = List.of(results, trained, outputs);
        for (int i = 0; i < all.size(); i++) {
          executables
              .get(i)
              .run(new Feed(data, order), new Chunk(0, 1, 0, new double[1]), all.get(i));
        }
      }
      for (int i = 0; i < results.length; i++) {
        checkNear("result " + i + " of training", trained[i], results[i]);
      }
    }

    private void checkNear(String what, double received, double expected) {
      assertThat(received).as(what).isCloseTo(expected, Offset.offset(bound(expected)));
    }

    Tensor y() {
      return y;
    }

    float[] outputs() {
      return outputs;
    }

    int largest(int row) {
      return Tensor.of(outputs, BATCH, columns).argmax(row);
    }

    /** Returns the sum over samples of the mean over their outputs. */
    double mean(DoubleBinaryOperator element) {
      double sum = 0;
      for (int i = 0; i < outputs.length; i++) {
        sum += element.applyAsDouble(outputs[i], y.get(i));
      }
      return sum / columns;
    }

    void check(double... expected) {
      assertThat(results).hasSize(1 + expected.length);
      for (int i = 0; i < expected.length; i++) {
        assertThat(expected[i]).as("metric %s tells something", i).isGreaterThan(0.5);
        checkNear("metric " + i, results[1 + i], expected[i]);
      }
    }

    /** Compares all sums with those of the outputs, computed in double. */
    void checkSums(List<SummedMetric> metrics) {
      int at = 1;
      for (SummedMetric metric : metrics) {
        for (Sum sum : metric.sums(columns)) {
          int width = sum.over() == Over.OUTPUTS ? columns : sum.bounds();
          double[] expected = new double[width];
          for (int row = 0; row < BATCH; row++) {
            add(sum, samples(metric, row), row, expected);
          }
          for (double each : expected) {
            checkNear(metric.name() + ", sum " + at, results[at++], each);
          }
        }
      }
      assertThat(at).as("results").isEqualTo(results.length);
    }

    /** Returns the numbers of a sample, behind places for p and y. */
    private double[] samples(SummedMetric metric, int row) {
      double[] inputs = new double[2];
      for (SampleValue value : metric.ofSamples(columns)) {
        double[] elements = new double[columns];
        for (int column = 0; column < columns; column++) {
          elements[column] = element(value.element(), inputs, row, column, column);
        }
        DoubleStream all = Arrays.stream(elements);
        inputs = Arrays.copyOf(inputs, inputs.length + 1);
        inputs[inputs.length - 1] =
            value.reduction() == Op.Reduction.SUM ? all.sum() : all.max().orElseThrow();
      }
      return inputs;
    }

    private double element(Expression e, double[] inputs, int row, int output, int column) {
      inputs[0] = outputs[row * columns + output];
      inputs[1] = y.get(row) == output ? 1 : 0;
      return e.evaluate(inputs, column, new double[0]);
    }

    private void add(Sum sum, double[] inputs, int row, double[] to) {
      for (int output = 0; output < (sum.over() == Over.SAMPLES ? 1 : columns); output++) {
        for (int i = 0; i < (sum.over() == Over.BOUNDS ? sum.bounds() : 1); i++) {
          int column = sum.over() == Over.BOUNDS ? i : output;
          int place = sum.over() == Over.OUTPUTS ? output : i;
          to[place] += element(sum.element(), inputs, row, output, column);
        }
      }
    }

    /** How far a sum over outputs may be, each of which comes of a function. */
    private double bound(double sum) {
      double roundoffs = Tolerance.FUNCTION_ROUNDOFFS * Tolerance.UNIT_ROUNDOFF;
      return Math.max(1, Math.abs(sum)) * (Tolerance.sum(outputs.length) + roundoffs);
    }
  }
}
