package dev.sinter.cuda.check;

import static dev.sinter.testkit.ProgramFixture.parameter;
import static dev.sinter.testkit.ProgramFixture.temporary;

import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.BackendProvider;
import dev.sinter.backend.Chunk;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Precision;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.cuda.CudaOptions;
import dev.sinter.cuda.PlatformProvider.Method;
import dev.sinter.data.Tensor;
import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.layers.Layer;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Fusion;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.Value;
import dev.sinter.program.Window;
import dev.sinter.testkit.OpRun;
import dev.sinter.testkit.ProgramFixture;
import dev.sinter.testkit.Samples;
import dev.sinter.testkit.SmallNetwork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/**
 * A small program, run for a few steps: a training, or one operation on parameters.
 *
 * @param name unique, also a file's name
 * @param method how the cuda backend runs it
 * @param ops fused or cudnn
 * @param tolerance of its numbers, absolute, and relative to larger ones
 * @param classes labels are integers below it
 * @param program makes the program as a backend fuses it
 */
record SmokeCase(
    String name,
    Method method,
    Precision precision,
    String ops,
    double tolerance,
    int classes,
    Function<Fusion, Program> program) {
  private static final int STEPS = 3; // graphs of two and of one
  private static final int ROWS = 40;
  private static final int BATCH = 12;
  private static final int COLUMNS = 7;
  private static final double RATE = 0.05;

  /** Returns all cases, the simplest first. */
  static List<SmokeCase> all() {
    List<SmokeCase> cases = new ArrayList<>();
    operations(cases);
    for (Method method : List.of(Method.KERNELS, Method.BLOCK, Method.EPOCH)) {
      cases.add(training(method, "sgd", Precision.FLOAT32, Shape.CLASSES));
      cases.add(training(method, "rmsprop", Precision.FLOAT32, Shape.CLASSES));
      cases.add(training(method, "adam", Precision.FLOAT32, Shape.BINARY));
    }
    cases.add(training(Method.KERNELS, "nesterov", Precision.FLOAT32, Shape.DEEP));
    cases.add(training(Method.KERNELS, "momentum", Precision.FLOAT32, Shape.WIDE));
    cases.add(training(Method.KERNELS, "adamw", Precision.FLOAT32, Shape.OTHER));
    cases.add(replicas(Method.KERNELS));
    cases.add(replicas(Method.EPOCH));
    cases.add(training(Method.LIBRARY, "sgd", Precision.FLOAT32, Shape.DEEP));
    for (Precision precision : List.of(Precision.TF32, Precision.BF16)) {
      cases.add(training(Method.KERNELS, "sgd", precision, Shape.WIDE));
      cases.add(training(Method.EPOCH, "sgd", precision, Shape.WIDE));
      cases.add(training(Method.LIBRARY, "sgd", precision, Shape.WIDE));
    }
    SmokeCase cudnn = training(Method.LIBRARY, "sgd", Precision.FLOAT32, Shape.OTHER);
    cases.add(
        new SmokeCase(
            "cudnn-" + cudnn.name,
            cudnn.method,
            cudnn.precision,
            CudaOptions.CUDNN,
            cudnn.tolerance,
            cudnn.classes,
            cudnn.program));
    return cases;
  }

  /** The networks that are trained. */
  private enum Shape {
    CLASSES(10, Loss.SPARSE_CATEGORICAL_CROSSENTROPY, new Dense(9).relu(), new Dense(10).softmax()),
    BINARY(2, Loss.BINARY_CROSSENTROPY, new Dense(5).sigmoid(), new Dense(1).sigmoid()),
    DEEP(
        3,
        Loss.SPARSE_CATEGORICAL_CROSSENTROPY,
        new Dense(8).tanh(),
        new Dense(8).relu(),
        new Dense(3).useBias(false).softmax()),
    WIDE(20, Loss.SPARSE_CATEGORICAL_CROSSENTROPY, new Dense(64).relu(), new Dense(20).softmax()),
    OTHER(
        2,
        Loss.MEAN_SQUARED_ERROR,
        new Dense(6).tanh(),
        new Activation("softmax"),
        new Dense(4).sigmoid());

    private final int classes;
    private final Loss loss;
    private final Layer[] layers;

    Shape(int classes, Loss loss, Layer... layers) {
      this.classes = classes;
      this.loss = loss;
      this.layers = layers;
    }
  }

  private static SmokeCase training(
      Method method, String optimizer, Precision precision, Shape shape) {
    double tolerance =
        switch (precision) {
          case FLOAT32 -> 2e-5;
          case TF32 -> 1e-3;
          case BF16 -> 1e-2;
        };
    String name =
        String.join("-", method.name(), shape.name(), optimizer, precision.toString())
            .toLowerCase(Locale.ROOT);
    return new SmokeCase(
        name,
        method,
        precision,
        CudaOptions.FUSED,
        tolerance,
        shape.classes,
        fusion -> {
          List<Layer> layers = new ArrayList<>(List.of(shape.layers));
          layers.add(0, new Input(COLUMNS));
          try (Model model = Sequential.of(layers.toArray(Layer[]::new)).backend("reference")) {
            model.compile(Optimizer.of(optimizer), shape.loss, Metric.ACCURACY);
            boolean scores = shape == Shape.OTHER;
            return model.trainingProgram(BATCH, scores ? 4 : 1, fusion);
          }
        });
  }

  private static SmokeCase replicas(Method method) {
    SmallNetwork network = new SmallNetwork(3, Optimizer.of("adam"), 5);
    return new SmokeCase(
        method.name().toLowerCase(Locale.ROOT) + "-three-replicas-adam",
        method,
        Precision.FLOAT32,
        CudaOptions.FUSED,
        2e-5,
        10,
        fusion -> network.train(BATCH));
  }

  /** Each operation alone, so that a wrong number names its kernel. */
  private static void operations(List<SmokeCase> cases) {
    Value x = parameter("x", BATCH, COLUMNS);
    Value w = parameter("w", COLUMNS, 5);
    Value b = parameter("b", 1, 5);
    Value dz = parameter("dz", BATCH, 5);
    Value label = parameter("label", BATCH, 1);
    Value p = parameter("p", BATCH, 5);
    List<Value> all = List.of(x, w, b, dz, label, p);
    State state = new State(1, all, List.of());

    Value gathered = temporary("rows", BATCH, COLUMNS);
    Value labels = temporary("labels", BATCH, 1);
    add(cases, "gather", state, List.of(gathered, labels), new Op.Gather("g", gathered, labels));
    for (ActivationFunction f : ActivationFunction.values()) {
      if (f.isFoldable()) {
        Value a = temporary("a", BATCH, 5);
        add(cases, "dense-" + f, state, List.of(a), new Op.Dense("d", x, w, b, f, a));
      }
    }
    Value dw = state.gradientOf(w);
    Value db = state.gradientOf(b);
    add(cases, "weights", state, List.of(), new Op.DenseGradWeights("d", x, dz, dw, db));
    Value dx = temporary("dx", BATCH, COLUMNS);
    ActivationFunction tanh = ActivationFunction.TANH;
    add(cases, "input", state, List.of(dx), new Op.DenseGradInput("d", dz, w, tanh, x, dx));
    Value soft = temporary("soft", BATCH, 5);
    add(cases, "softmax", state, List.of(soft), new Op.Softmax("s", dz, soft));
    Value loss = temporary("loss", 1, 1);
    Value correct = temporary("correct", 1, 1);
    for (Op.CrossEntropyKind kind : Op.CrossEntropyKind.values()) {
      Value y = kind == Op.CrossEntropyKind.SOFTMAX_SPARSE ? label : p;
      Op.Accuracy accuracy = Op.Accuracy.values()[kind.ordinal()];
      Op op = new Op.CrossEntropy("c", kind, dz, y, null, null, soft, loss, accuracy, correct);
      add(cases, "crossentropy-" + kind, state, List.of(soft, loss, correct), op);
      Op count = new Op.CountCorrect("c", accuracy, dz, y, null, 0.5, correct);
      add(cases, "count-" + accuracy, state, List.of(correct), count);
    }
    for (Op.Reduction reduction : Op.Reduction.values()) {
      Value rows = temporary("of rows", BATCH, 1);
      Value columns = temporary("of columns", 1, COLUMNS);
      Value whole = temporary("of all", 1, 1);
      add(
          cases,
          "reduce-" + reduction,
          state,
          List.of(rows, columns, whole),
          new Op.Reduce("rows", reduction, x, rows),
          new Op.Reduce("columns", reduction, x, columns),
          new Op.Reduce("all", reduction, x, whole));
    }
    Value part = temporary("part", BATCH, COLUMNS - 3);
    Value joined = temporary("joined", BATCH, 2 * COLUMNS - 3);
    add(
        cases,
        "columns",
        state,
        List.of(part, joined),
        new Op.Slice("slice", x, 2, part),
        new Op.Concatenate("concatenate", List.of(part, x), joined));
    Window window = Window.same(COLUMNS, 1, 1, 3, 1, 2, 1);
    Value patches = temporary("patches", BATCH * window.count(), window.patchSize());
    Value sums = temporary("sums", BATCH, COLUMNS);
    add(
        cases,
        "patches",
        state,
        List.of(patches, sums),
        new Op.Patches("patches", window, x, patches),
        new Op.PatchesGrad("sums", window, patches, sums));
    for (Op.Pooling pooling : Op.Pooling.values()) {
      Value pooled = temporary("pooled", BATCH, window.pooledSize());
      Value image = pooling == Op.Pooling.MAXIMUM ? x : null;
      add(
          cases,
          "pool-" + pooling,
          state,
          List.of(pooled, sums),
          new Op.Pool("pool", pooling, window, x, pooled),
          new Op.PoolGrad("gradient", pooling, window, image, pooled, sums));
    }
    Value random = temporary("random", BATCH, COLUMNS);
    add(cases, "random", state, List.of(random), new Op.RandomUniform("r", 0, random));
    for (String optimizer : List.of("sgd", "rmsprop", "adam")) {
      UpdateRule rule = Optimizer.of(optimizer).rule();
      State own = new State(1, List.of(w, b), rule.slots());
      Value slopes = temporary("slopes", BATCH, 5);
      add(
          cases,
          "update-" + optimizer,
          own,
          List.of(),
          new Op.Gather("g", gathered, slopes),
          new Op.DenseGradWeights("d", gathered, slopes, own.gradientOf(w), own.gradientOf(b)),
          new Op.Update("u", rule));
    }
  }

  private static void add(
      List<SmokeCase> cases, String name, State state, List<Value> results, Op... ops) {
    Program program =
        new ProgramFixture(state, BATCH)
            .ops(ops)
            .results(results.toArray(Value[]::new))
            .build(name);
    cases.add(
        new SmokeCase(
            "op-" + name.toLowerCase(Locale.ROOT),
            Method.KERNELS,
            Precision.FLOAT32,
            CudaOptions.FUSED,
            2e-5,
            5,
            fusion -> program));
  }

  BackendOptions options() {
    BackendOptions plain = BackendOptions.DEFAULT.precision(precision);
    return ops.equals(CudaOptions.FUSED) ? plain : plain.option(CudaOptions.OPS, ops);
  }

  /**
   * Runs the case.
   *
   * @return arrays by name, with their columns: parameters, gradients that no update used, results
   *     of each step
   */
  Map<String, Numbers> run(BackendProvider provider, BackendOptions options) {
    Backend backend = provider.open(options);
    Program made = program.apply(backend.fusion());
    State state = made.state();
    Op.Gather gather =
        made.simpleOps().stream()
            .filter(Op.Gather.class::isInstance)
            .map(Op.Gather.class::cast)
            .findFirst()
            .orElse(null);
    float[] after = new float[state.size()];
    float[] results = new float[STEPS * made.resultSize()];
    try (Session session = backend.open(state)) {
      session.write(0, initial(state));
      Samples samples = new Samples(2);
      Resident data = gather == null ? null : upload(session, gather, samples);
      int[] order = samples.order(state.replicas() * STEPS * BATCH, ROWS);
      double[] rates = new double[state.replicas()];
      Arrays.setAll(rates, replica -> RATE / (replica + 1));
      long[] seeds = IntStream.range(0, state.replicas()).asLongStream().toArray();
      session
          .prepare(List.of(made))
          .get(0)
          .run(
              data == null ? null : new Feed(data, order),
              new Chunk(0, STEPS, 0, rates, seeds),
              results);
      session.read(0, after);
    }
    Map<String, Numbers> all = new LinkedHashMap<>();
    for (Value value : state.parameters()) {
      for (int replica = 0; replica < state.replicas(); replica++) {
        String suffix = state.replicas() == 1 ? "" : " of replica " + replica;
        put(all, value.name() + suffix, value, OpRun.start(state, value, replica), after);
        if (made.rule() == null) { // otherwise they may stay inside a kernel
          Value gradient = state.gradientOf(value);
          put(all, gradient.name() + suffix, value, OpRun.start(state, gradient, replica), after);
        }
      }
    }
    all.put("results", new Numbers(Math.max(1, made.resultSize()), results));
    return all;
  }

  /** Numbers, row by row. */
  record Numbers(int columns, float[] values) {}

  private static void put(
      Map<String, Numbers> all, String name, Value value, int start, float[] state) {
    int size = value.shape().size();
    all.put(
        name, new Numbers(value.shape().columns(), Arrays.copyOfRange(state, start, start + size)));
  }

  private Resident upload(Session session, Op.Gather gather, Samples samples) {
    int inputs = gather.x().shape().columns();
    int columns = gather.y() == null ? 0 : gather.y().shape().columns();
    Tensor x = Tensor.ofBytes(samples.bytes(ROWS * inputs), ROWS, inputs);
    Tensor y =
        columns == 0
            ? null
            : Tensor.of(Samples.flatten(samples.indices(ROWS, columns, classes)), ROWS, columns);
    return session.upload(x, y, 1 / 255f, -0.5f);
  }

  private static float[] initial(State state) {
    Samples samples = new Samples(1);
    float[] initial = new float[state.size()];
    for (Value value : state.parameters()) {
      for (int replica = 0; replica < state.replicas(); replica++) {
        int rows = value.shape().rows();
        int columns = value.shape().columns();
        double[][] drawn =
            switch (value.name()) {
              case "label" -> samples.indices(rows, columns, 5);
              case "p" -> samples.distributions(rows, columns);
              default -> samples.normal(rows, columns, 0.5);
            };
        float[] flat = Samples.flatten(drawn);
        System.arraycopy(flat, 0, initial, OpRun.start(state, value, replica), flat.length);
      }
    }
    return initial;
  }
}
