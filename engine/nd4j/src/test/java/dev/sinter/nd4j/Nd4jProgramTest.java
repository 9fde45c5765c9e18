package dev.sinter.nd4j;

import static dev.sinter.nd4j.Programs.parameter;
import static dev.sinter.nd4j.Programs.program;
import static dev.sinter.nd4j.Programs.temporary;
import static dev.sinter.program.Expression.constant;
import static dev.sinter.program.Expression.input;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Session;
import dev.sinter.backend.reference.ReferenceProvider;
import dev.sinter.data.Tensor;
import dev.sinter.nd4j.Translator.Placement;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.AdamW;
import dev.sinter.optimizers.RmsProp;
import dev.sinter.optimizers.Sgd;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Expression;
import dev.sinter.program.Expression.BinaryFunction;
import dev.sinter.program.Expression.Column;
import dev.sinter.program.Expression.Select;
import dev.sinter.program.Expression.UnaryFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every operation against the reference backend, expressions in both placements. */
class Nd4jProgramTest {
  private static final int[] SIZES = {1, 3, 31, 33, 128, 129};

  /** One setting: B = size; the other dimensions derive from it. */
  record Setting(int size, int replicas, Placement placement) {
    int inputs() {
      return Math.max(1, size / 2 + 1);
    }

    int units() {
      return size == 33 ? 1 : size + 2;
    }
  }

  static Stream<Setting> settings() {
    return Arrays.stream(SIZES)
        .boxed()
        .flatMap(size -> Stream.of(1, 3).map(r -> new int[] {size, r}))
        .flatMap(
            pair -> Arrays.stream(Placement.values()).map(p -> new Setting(pair[0], pair[1], p)));
  }

  @ParameterizedTest
  @MethodSource("settings")
  void denseAndItsGradientsMatchTheReference(Setting setting) {
    for (ActivationFunction f : ActivationFunction.values()) {
      for (boolean withBias : new boolean[] {true, false}) {
        if (f.isFoldable()) {
          check(setting, dense(setting, f, withBias));
        }
      }
    }
  }

  private static Program dense(Setting s, ActivationFunction f, boolean withBias) {
    Value w = parameter("kernel", s.inputs(), s.units());
    Value b = parameter("bias", 1, s.units());
    State state = new State(s.replicas(), List.of(w, b), List.of());
    Value x = temporary("x", s.size(), s.inputs());
    Value y = temporary("y", s.size(), s.units());
    Value a = temporary("a", s.size(), s.units());
    Value dx = temporary("dx", s.size(), s.inputs());
    Value dbCopy = temporary("db copy", 1, s.units());
    Value dwCopy = temporary("dw copy", s.inputs(), s.units());
    Value dw = state.gradientOf(w);
    Value db = state.gradientOf(b);
    Value derived = f == ActivationFunction.LINEAR ? null : x;
    List<Op> ops = new ArrayList<>();
    ops.add(new Op.Gather("gather", x, y));
    ops.add(new Op.Dense("dense", x, w, withBias ? b : null, f, a));
    ops.add(new Op.DenseGradWeights("gradient", x, y, dw, withBias ? db : null));
    ops.add(new Op.DenseGradInput("input", y, w, f, derived, dx));
    ops.add(new Op.Elementwise("copy dw", input(0), List.of(dw), dwCopy));
    List<Value> results = new ArrayList<>(List.of(a, dx, dwCopy));
    if (withBias) {
      ops.add(new Op.Elementwise("copy db", input(0), List.of(db), dbCopy));
      results.add(dbCopy);
    }
    return program(s.size(), state, ops, results);
  }

  @ParameterizedTest
  @MethodSource("settings")
  void expressionsMatchTheReference(Setting setting) {
    State state = new State(setting.replicas(), List.of(parameter("w", 1, 1)), List.of());
    Value x = temporary("x", setting.size(), setting.inputs());
    Value y = temporary("y", setting.size(), 1);
    Value rowSum = temporary("row sum", setting.size(), 1);
    Value row = temporary("row", 1, setting.inputs());
    Value all = temporary("all", 1, 1);
    List<Op> ops = new ArrayList<>();
    ops.add(new Op.Gather("gather", x, y));
    ops.add(new Op.Reduce("reduce rows", Op.Reduction.SUM, x, rowSum));
    ops.add(new Op.Reduce("reduce all", Op.Reduction.MAXIMUM, x, all));
    ops.add(new Op.Elementwise("row", new Column().times(0.1), List.of(), row));
    List<Value> results = new ArrayList<>(List.of(rowSum, all, row));
    List<Value> operands = List.of(x, y, rowSum, row, all);
    int index = 0;
    for (Expression expression : expressions()) {
      Value output = temporary("output " + index, setting.size(), setting.inputs());
      ops.add(new Op.Elementwise("expression " + index++, expression, operands, output));
      results.add(output);
    }
    check(setting, program(setting.size(), state, ops, results));
  }

  private static List<Expression> expressions() {
    Expression x = input(0);
    Expression nan = input(3).minus(constant(1e6)).apply(UnaryFunction.SQRT);
    List<Expression> list = new ArrayList<>();
    for (UnaryFunction function : UnaryFunction.values()) {
      boolean positive = function == UnaryFunction.LOG || function == UnaryFunction.SQRT;
      list.add((positive ? x.apply(UnaryFunction.SQUARE).plus(constant(1)) : x).apply(function));
    }
    for (BinaryFunction function : BinaryFunction.values()) {
      boolean power = function == BinaryFunction.POWER;
      Expression base = power ? x.apply(UnaryFunction.SQUARE).plus(constant(1)) : x;
      for (int operand = 1; operand <= 4; operand++) {
        Expression y = input(operand);
        boolean nonZero = function == BinaryFunction.DIVIDE;
        y = nonZero ? y.apply(UnaryFunction.SQUARE).plus(constant(1)) : power ? constant(1.5) : y;
        list.add(new Expression.Binary(function, base, y));
      }
    }
    list.add(constant(3));
    list.add(input(3).plus(input(4)));
    list.add(new Column().equalTo(input(1)));
    list.add(new Select(x.greater(constant(0)), x, nan));
    list.add(new Select(x.greater(constant(0)), x.times(2), input(2)).plus(x));
    list.add(new Select(new Column().greater(input(1)), nan, constant(1)));
    list.add(nan.max(x));
    list.add(x.max(nan));
    list.add(nan.min(x));
    list.add(nan.apply(UnaryFunction.SIGMOID));
    list.add(nan.max(constant(0)));
    return list;
  }

  @ParameterizedTest
  @MethodSource("settings")
  void lossesAndCountsMatchTheReference(Setting setting) {
    for (Op.CrossEntropyKind kind : Op.CrossEntropyKind.values()) {
      boolean sparse = kind == Op.CrossEntropyKind.SOFTMAX_SPARSE;
      Op.Accuracy accuracy =
          switch (kind) {
            case SOFTMAX_SPARSE -> Op.Accuracy.SPARSE_CATEGORICAL;
            case SOFTMAX -> Op.Accuracy.CATEGORICAL;
            case SIGMOID -> Op.Accuracy.BINARY;
          };
      int columns = setting.inputs();
      State state = new State(setting.replicas(), List.of(parameter("w", 1, 1)), List.of());
      Value z = temporary("z", setting.size(), columns);
      Value y = temporary("y", setting.size(), sparse ? 1 : columns);
      Value dz = temporary("dz", setting.size(), columns);
      Value p = temporary("p", setting.size(), columns);
      Value loss = temporary("loss", 1, 1);
      Value correct = temporary("correct", 1, 1);
      Value again = temporary("again", 1, 1);
      List<Op> ops =
          List.of(
              new Op.Gather("gather", z, y),
              new Op.CrossEntropy("loss", kind, z, y, null, null, dz, loss, accuracy, correct),
              new Op.Softmax("softmax", z, p),
              new Op.CountCorrect("count", accuracy, p, y, null, 0.5, again));
      check(setting, program(setting.size(), state, ops, List.of(dz, p, loss, correct, again)));
    }
  }

  @ParameterizedTest
  @MethodSource("settings")
  void trainingMatchesTheReference(Setting setting) {
    List<UpdateRule> rules =
        List.of(
            new RmsProp().rule(),
            new RmsProp(0.01).momentum(0.9).centered(true).rule(),
            new Adam(0.001).amsgrad(true).rule(),
            new AdamW().rule(),
            new Sgd(0.01).rule());
    for (UpdateRule rule : rules) {
      int classes = 3;
      check(
          setting,
          Networks.twoLayers(
              setting.size(),
              setting.inputs(),
              setting.units(),
              classes,
              setting.replicas(),
              rule));
    }
  }

  /** Runs five steps in two chunks on both backends and compares results and state. */
  private static void check(Setting setting, Program program) {
    Backend reference = new ReferenceProvider().open(BackendOptions.DEFAULT);
    Backend nd4j = new Nd4jBackend("test", new Threads(0), setting.placement());
    float[][] expected = run(reference, program);
    float[][] actual = run(nd4j, program);
    for (int i = 0; i < expected.length; i++) {
      assertClose(setting + " " + program.ops() + " part " + i, expected[i], actual[i]);
    }
  }

  private static void assertClose(String what, float[] expected, float[] actual) {
    double scale = 1;
    for (float value : expected) {
      scale = Float.isFinite(value) ? Math.max(scale, Math.abs(value)) : scale;
    }
    double tolerance = scale * 2e-5;
    for (int i = 0; i < expected.length; i++) {
      boolean same =
          Float.compare(expected[i], actual[i]) == 0
              || Math.abs(expected[i] - actual[i]) <= tolerance;
      if (!same) {
        assertThat(actual[i])
            .as(what + " [" + i + "] of " + expected.length)
            .isEqualTo(expected[i]);
      }
    }
  }

  private static float[][] run(Backend backend, Program program) {
    Random random = new Random(7);
    int steps = 5;
    Op.Gather gather = (Op.Gather) program.ops().get(0);
    int rows = program.batch() * steps;
    int columns = gather.x().shape().columns();
    int labels = gather.y().shape().columns();
    byte[] x = new byte[rows * columns];
    random.nextBytes(x);
    float[] y = new float[rows * labels];
    for (int i = 0; i < y.length; i++) {
      y[i] = labels == 1 ? random.nextInt(3) : random.nextInt(2);
    }
    int[] order = new int[rows * program.replicas()];
    for (int i = 0; i < order.length; i++) {
      order[i] = random.nextInt(rows);
    }
    float[] weights = parameters(program.state(), random);
    double[] rates = new double[program.replicas()];
    for (int i = 0; i < rates.length; i++) {
      rates[i] = 0.001 * (i + 1);
    }
    try (Session session = backend.open(program.state())) {
      session.write(0, weights);
      Feed feed =
          new Feed(
              session.upload(
                  Tensor.ofBytes(x, rows, columns), Tensor.of(y, rows, labels), 1 / 64f, -2),
              order);
      Executable executable = session.prepare(List.of(program)).get(0);
      float[] first = new float[2 * program.resultSize()];
      float[] second = new float[3 * program.resultSize()];
      executable.run(feed, new Chunk(0, 2, 0, rates), first);
      executable.run(feed, new Chunk(2 * program.batch(), 3, 2, rates), second);
      float[] state = new float[program.rule() != null ? program.state().regionSize() : 0];
      session.read(0, state);
      return new float[][] {first, second, state};
    }
  }

  private static float[] parameters(State state, Random random) {
    float[] weights = new float[state.regionSize()];
    for (Value parameter : state.parameters()) {
      for (int replica = 0; replica < state.replicas(); replica++) {
        int from = state.offsetOf(parameter) + replica * parameter.shape().replicaStride();
        for (int i = 0; i < parameter.shape().size(); i++) {
          weights[from + i] = (float) random.nextGaussian() * 0.3f;
        }
      }
    }
    return weights;
  }
}
