package dev.sinter.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.backend.Backend;
import dev.sinter.backend.Chunk;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.data.Tensor;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.Shape;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Runs operations on a backend without a network: inputs are parameters, outputs are results or
 * gradients.
 *
 * <p>Every run makes two steps in one chunk. Their results must agree to the bit, because outputs
 * are overwritten, not accumulated. Then the whole state is read back: only the declared gradients
 * may have changed, not even the padding.
 */
public final class OpRun {
  private static final int STEPS = 2;

  private final Backend backend;
  private final int replicas;
  private final long seed;
  private final Map<Value, double[][][]> inputs = new LinkedHashMap<>(); // [R][rows][columns]
  private final List<Value> gradients = new ArrayList<>();
  private final List<Value> results = new ArrayList<>();
  private final List<Op> ops = new ArrayList<>();
  private final Map<Value, float[][]> received = new LinkedHashMap<>(); // [R][rows * columns]

  /** Starts a run. */
  public OpRun(Backend backend, int replicas, long seed) {
    this.backend = backend;
    this.replicas = replicas;
    this.seed = seed;
  }

  /** Returns R. */
  public int replicas() {
    return replicas;
  }

  /** Declares an input; the supplier is called once per replica. */
  public Value input(String name, Supplier<double[][]> values) {
    double[][][] all = new double[replicas][][];
    for (int replica = 0; replica < replicas; replica++) {
      all[replica] = values.get();
      for (double[] row : all[replica]) {
        Arrays.setAll(row, column -> (float) row[column]);
      }
    }
    Value value = ProgramFixture.parameter(name, all[0].length, all[0][0].length);
    inputs.put(value, all);
    return value;
  }

  /** Declares an output that is a result of the program. */
  public Value output(String name, int rows, int columns) {
    Value value = ProgramFixture.temporary(name, rows, columns);
    results.add(value);
    return value;
  }

  /** Declares an output in the gradient region of the state. */
  public Value gradient(String name, int rows, int columns) {
    Value owner = input(name, () -> new double[rows][columns]);
    Value value = new Value(name + ".gradient", Value.Kind.GRADIENT, new Shape(rows, columns));
    gradients.add(value);
    assertThat(new State(1, List.of(owner), List.of()).gradientOf(owner)).isEqualTo(value);
    return value;
  }

  /** Appends an operation. */
  public void op(Op op) {
    ops.add(op);
  }

  /** Returns the values of an input. */
  public double[][] in(Value input, int replica) {
    return inputs.get(input)[replica];
  }

  /** Returns the values of an output after {@link #run}, row by row. */
  public float[] out(Value output, int replica) {
    return received.get(output)[replica];
  }

  /** Runs the operations for a batch size, twice. */
  public void run(int batch) {
    State state = new State(replicas, List.copyOf(inputs.keySet()), List.of());
    Program program =
        new ProgramFixture(state, batch)
            .ops(ops.toArray(Op[]::new))
            .results(results.toArray(Value[]::new))
            .build("contract[" + batch + "]");
    float[] before = stateBefore(state);
    float[] after = new float[state.size()];
    float[] output = new float[STEPS * program.resultSize()];
    Arrays.fill(output, Float.NaN);
    try (Session session = backend.open(state);
        Resident data = session.upload(Tensor.of(new float[1], 1, 1), null, 1, 0)) {
      session.write(0, before);
      Feed feed = new Feed(data, new int[replicas * STEPS * batch]);
      Chunk chunk = new Chunk(0, STEPS, 0, new double[replicas]);
      session.prepare(List.of(program)).get(0).run(feed, chunk, output);
      session.read(0, after);
    }
    receive(program, output, after);
    checkUntouched(state, before, after);
  }

  private float[] stateBefore(State state) {
    float[] before = new float[state.size()];
    inputs.forEach(
        (value, values) -> {
          for (int replica = 0; replica < replicas; replica++) {
            float[] flat = Samples.flatten(values[replica]);
            System.arraycopy(flat, 0, before, start(state, value, replica), flat.length);
          }
        });
    return before;
  }

  private void receive(Program program, float[] output, float[] after) {
    int size = program.resultSize();
    assertThat(Arrays.copyOfRange(output, size, 2 * size))
        .as("results of a second step on the same inputs, seed %d", seed)
        .isEqualTo(Arrays.copyOf(output, size));
    int from = 0;
    for (Value result : results) {
      float[][] all = new float[replicas][];
      for (int replica = 0; replica < replicas; replica++) {
        all[replica] = Arrays.copyOfRange(output, from, from + result.shape().size());
        from += result.shape().size();
      }
      received.put(result, all);
    }
    for (Value gradient : gradients) {
      float[][] all = new float[replicas][];
      for (int replica = 0; replica < replicas; replica++) {
        int start = start(program.state(), gradient, replica);
        all[replica] = Arrays.copyOfRange(after, start, start + gradient.shape().size());
      }
      received.put(gradient, all);
    }
  }

  private void checkUntouched(State state, float[] before, float[] after) {
    float[] rest = after.clone();
    for (Value gradient : gradients) {
      for (int replica = 0; replica < replicas; replica++) {
        int start = start(state, gradient, replica);
        Arrays.fill(rest, start, start + gradient.shape().size(), 0);
      }
    }
    assertThat(rest).as("the state except for the gradients, seed %d", seed).isEqualTo(before);
  }

  /** Returns the offset of one replica of a value in the state. */
  public static int start(State state, Value value, int replica) {
    return state.offsetOf(value) + replica * value.shape().replicaStride();
  }

  /** Compares one replica of an output with the expected values. */
  public void check(Value output, int replica, Approximate[][] expected) {
    check(output + ", replica " + replica, seed, out(output, replica), expected);
  }

  /**
   * Compares numbers row by row; the message names the first wrong one and the number of wrong
   * ones.
   */
  public static void check(String what, long seed, float[] actual, Approximate[][] expected) {
    int columns = expected[0].length;
    assertThat(actual).as(what).hasSize(expected.length * columns);
    String first = null;
    int wrong = 0;
    for (int i = 0; i < actual.length; i++) {
      Approximate wanted = expected[i / columns][i % columns];
      if (!wanted.accepts(actual[i]) && wrong++ == 0) {
        first =
            String.format(
                java.util.Locale.ROOT,
                "at [%d, %d] expected %s within %.3g, received %s",
                i / columns,
                i % columns,
                wanted.value(),
                wanted.error(),
                actual[i]);
      }
    }
    assertThat(wrong)
        .as("%s: numbers off, of %d; %s; seed %d", what, actual.length, first, seed)
        .isZero();
  }
}
