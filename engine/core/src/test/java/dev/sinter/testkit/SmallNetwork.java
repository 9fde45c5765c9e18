package dev.sinter.testkit;

import static dev.sinter.testkit.ProgramFixture.parameter;
import static dev.sinter.testkit.ProgramFixture.temporary;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.data.Tensor;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.util.Arrays;

/**
 * A network of two dense layers, 33 inputs, 31 units, 10 classes, built by hand like the output of
 * the compiler, but without it.
 */
public final class SmallNetwork {
  /** The number of samples. */
  public static final int ROWS = 300;

  private static final int HIDDEN = 31;
  private static final int CLASSES = 10;

  private final Optimizer optimizer;
  private final State state;
  private final int inputs;
  private final Value w1;
  private final Value b1 = parameter("dense/bias", 1, HIDDEN);
  private final Value w2 = parameter("dense_1/kernel", HIDDEN, CLASSES);
  private final Value b2 = parameter("dense_1/bias", 1, CLASSES);
  private final long seed;

  /** Creates the layout of the network. */
  public SmallNetwork(int replicas, Optimizer optimizer, long seed) {
    this(replicas, optimizer, seed, 33);
  }

  /** Creates the layout of the network with another number of inputs. */
  public SmallNetwork(int replicas, Optimizer optimizer, long seed, int inputs) {
    this.inputs = inputs;
    this.w1 = parameter("dense/kernel", inputs, HIDDEN);
    this.optimizer = optimizer;
    this.seed = seed;
    this.state = new State(replicas, java.util.List.of(w1, b1, w2, b2), optimizer.rule().slots());
  }

  /** Returns the layout that all programs share. */
  public State state() {
    return state;
  }

  /** Returns one training step for a batch size; results: loss, correct. */
  public Program train(int batch) {
    Value h = temporary("dense/output", batch, HIDDEN);
    Value dz = temporary("dense_1/dz", batch, CLASSES);
    Value dh = temporary("dense/dz", batch, HIDDEN);
    Value x = temporary("x", batch, inputs);
    return forward(batch, dz)
        .ops(
            new Op.DenseGradWeights(
                "dense_1/gradient", h, dz, state.gradientOf(w2), state.gradientOf(b2)),
            new Op.DenseGradInput("dense_1/input", dz, w2, ActivationFunction.RELU, h, dh),
            new Op.DenseGradWeights(
                "dense/gradient", x, dh, state.gradientOf(w1), state.gradientOf(b1)),
            new Op.Update("update", optimizer.rule()))
        .build("train[" + batch + "]");
  }

  /** Returns one evaluation step for a batch size; results: loss, correct. */
  public Program evaluate(int batch) {
    return forward(batch, null).build("evaluate[" + batch + "]");
  }

  private ProgramFixture forward(int batch, Value dz) {
    Value x = temporary("x", batch, inputs);
    Value y = temporary("y", batch, 1);
    Value h = temporary("dense/output", batch, HIDDEN);
    Value z = temporary("dense_1/output", batch, CLASSES);
    Value loss = temporary("loss", 1, 1);
    Value correct = temporary("correct", 1, 1);
    return new ProgramFixture(state, batch)
        .ops(
            new Op.Gather("gather", x, y),
            new Op.Dense("dense", x, w1, b1, ActivationFunction.RELU, h),
            new Op.Dense("dense_1", h, w2, b2, ActivationFunction.LINEAR, z),
            new Op.CrossEntropy(
                "loss",
                Op.CrossEntropyKind.SOFTMAX_SPARSE,
                z,
                y,
                null,
                null,
                dz,
                loss,
                Op.Accuracy.SPARSE_CATEGORICAL,
                correct))
        .results(loss, correct);
  }

  /** Returns a whole state with initial weights, different for each replica. */
  public float[] initialState() {
    Samples samples = new Samples(seed);
    float[] initial = new float[state.size()];
    for (Value value : state.parameters()) {
      for (int replica = 0; replica < state.replicas(); replica++) {
        float[] weights = samples.floats(value.shape().size());
        for (int i = 0; i < weights.length; i++) {
          weights[i] *= 0.2f;
        }
        System.arraycopy(weights, 0, initial, OpRun.start(state, value, replica), weights.length);
      }
    }
    return initial;
  }

  /** The samples: bytes [ROWS, inputs] and their classes [ROWS]. */
  record Data(Tensor x, Tensor y) {}

  /** Returns the samples. */
  Data data() {
    Samples samples = new Samples(seed + 1);
    return new Data(
        Tensor.ofBytes(samples.bytes(ROWS * inputs), ROWS, inputs),
        Tensor.of(Samples.flatten(samples.indices(1, ROWS, CLASSES)), ROWS));
  }

  /** Makes the samples resident. */
  public Resident upload(Session session) {
    Data data = data();
    return session.upload(data.x, data.y, 1 / 255f, -0.5f);
  }

  /** Lends samples of these to a session. */
  Resident borrow(Session session, Tensor x, Tensor y) {
    return session.borrow(x, y, null, 1 / 255f, -0.5f);
  }

  /** Returns an order of the given length for each replica. */
  public int[] order(int length) {
    return new Samples(seed + 2).order(state.replicas() * length, ROWS);
  }

  /** Returns learning rates, different for each replica. */
  public double[] learningRates() {
    double[] rates = new double[state.replicas()];
    Arrays.setAll(rates, replica -> 0.01 / (replica + 1));
    return rates;
  }

  /** Runs steps [first, first + steps) of an epoch in one chunk and returns the results. */
  public float[] run(Executable executable, Feed feed, int first, int steps) {
    Program program = executable.program();
    float[] results = new float[steps * program.resultSize()];
    Chunk chunk = new Chunk(first * program.batch(), steps, first, learningRates());
    executable.run(feed, chunk, results);
    return results;
  }

  /** Returns the whole state. */
  public float[] read(Session session) {
    float[] values = new float[state.size()];
    session.read(0, values);
    return values;
  }
}
