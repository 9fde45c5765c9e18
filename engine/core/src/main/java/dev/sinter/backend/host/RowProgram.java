package dev.sinter.backend.host;

import dev.sinter.backend.Chunk;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.Shape;
import dev.sinter.program.Value;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * A prediction of one row in plain Java on the heap: microseconds for a small network, as nothing
 * is handed over to a library or to another thread.
 *
 * <p>Any number of threads may run it at once. They share the weights, which nobody writes; each
 * run takes a lane, that is, the steps with scratch memory of their own. Lanes are kept, so that a
 * run allocates its answer alone, once there are as many as runs at once. No run waits for another.
 *
 * <p>All sums are in float32 in the order of the inputs: a row's answer has the same bits in any
 * lane, on any machine.
 */
public final class RowProgram {
  /** Idle lanes kept at most; a power of two. */
  private static final int PLACES = 64;

  private final Program program;
  private final Map<Long, Weights> weights = new HashMap<>(); // by their place in the state
  private final int outputs;
  private final AtomicReferenceArray<@Nullable Lane> idle = new AtomicReferenceArray<>(PLACES);

  /**
   * Prepares a program.
   *
   * @param program a prediction of batch 1 for one replica, nothing fused
   * @param weights all that it reads of the state, as rows; not copied, never written
   */
  public RowProgram(Program program, Map<Value, float[][]> weights) {
    this.program = program;
    this.outputs = program.resultSize();
    weights.forEach(
        (value, rows) ->
            this.weights.put((long) program.offsetOf(value, 0), new Weights(rows, isFinite(rows))));
    release(new Lane());
  }

  private static boolean isFinite(float[][] rows) {
    for (float[] row : rows) {
      for (float weight : row) {
        if (!Float.isFinite(weight)) {
          return false;
        }
      }
    }
    return true;
  }

  /**
   * Returns the outputs [C] for one row.
   *
   * @param row [I], as wide as the program's input
   */
  public float[] run(float[] row) {
    float[] answer = new float[outputs];
    Lane lane = take();
    lane.run(row, answer);
    release(lane);
    return answer;
  }

  private Weights kept(long place) {
    return Objects.requireNonNull(weights.get(place), "all that it reads of the state");
  }

  /** Threads look for a lane from different places on, so that they rarely meet. */
  private static int firstPlace() {
    return (int) Thread.currentThread().getId();
  }

  private Lane take() {
    int first = firstPlace();
    for (int i = 0; i < PLACES; i++) {
      int place = first + i & PLACES - 1;
      if (idle.getPlain(place) != null) { // cheaper than to exchange; may be out of date
        Lane lane = idle.getAndSet(place, null);
        if (lane != null) {
          return lane;
        }
      }
    }
    return new Lane();
  }

  private void release(Lane lane) {
    int first = firstPlace();
    for (int i = 0; i < PLACES; i++) {
      if (idle.compareAndSet(first + i & PLACES - 1, null, lane)) {
        return;
      }
    }
  }

  /** The rows of an array of the state, and whether none of its numbers is infinite or NaN. */
  private record Weights(float[][] rows, boolean finite) {
    FloatBuffer flat() {
      if (rows.length == 1) {
        return FloatBuffer.wrap(rows[0]).asReadOnlyBuffer();
      }
      FloatBuffer all = FloatBuffer.allocate(rows.length * rows[0].length);
      for (float[] row : rows) {
        all.put(row);
      }
      return all.flip();
    }
  }

  private record Slice(FloatBuffer host, Shape shape) implements HostView {}

  /** What one run at a time uses. */
  private final class Lane {
    private final HostView input;
    private final HostView output;
    private final Step[] steps;
    private final Step.Position position = new Step.Position();

    Lane() {
      FloatBuffer scratch = FloatBuffer.allocate(program.scratch().size());
      HostArena<Slice> temporaries =
          (offset, shape) -> new Slice(scratch.slice((int) offset, shape.size()), shape);
      Translator translator = new Translator(temporaries);
      steps = translator.translate().toArray(Step[]::new);
      input = Objects.requireNonNull(translator.input, "a prediction gathers its input");
      Value result = program.results().get(0);
      output = temporaries.view(program.offsetOf(result, 0), result.shape());
      position.begin(null, new Chunk(0, 1, 0, new double[1]));
    }

    void run(float[] row, float[] answer) {
      input.write(row);
      for (Step step : steps) {
        step.run(position);
      }
      output.read(answer);
    }
  }

  /** Adds the products; a batch that is there already needs no gathering. */
  private final class Translator extends HostTranslator<Slice> {
    private @Nullable Slice input; // null until gathered

    Translator(HostArena<Slice> scratch) {
      super(
          RowProgram.this.program,
          (offset, shape) -> new Slice(kept(offset).flat(), shape),
          scratch);
    }

    List<Step> translate() {
      return translate(0, 1);
    }

    @Override
    public void gather(Op.Gather op) {
      input = view(op.x());
    }

    @Override
    public void dense(Op.Dense op) {
      Slice output = view(op.output());
      Weights kernel = kept(program.offsetOf(op.weights(), 0));
      steps.add(new Product(view(op.x()), kernel, viewOrNull(op.bias()), output));
      if (op.activation() != ActivationFunction.LINEAR) {
        add(ExpressionCode.of(op.activation().forward()), List.of(output), output);
      }
    }

    @Override
    public void denseGradWeights(Op.DenseGradWeights op) {
      throw notAPrediction(op);
    }

    @Override
    public void denseGradInput(Op.DenseGradInput op) {
      throw notAPrediction(op);
    }

    private IllegalArgumentException notAPrediction(Op op) {
      return new IllegalArgumentException(op.label() + " is no part of a prediction");
    }
  }

  /**
   * z = b + the sum over i of x_i W_i, in this order, where W_i is row i.
   *
   * <p>Rows are arrays of their own, because C2 vectorizes loops over equal indices of several
   * arrays, but not over shifted ones of the same. Four rows a pass, so that the sums are read and
   * written a quarter as often; C2 gives up on eight. An x_i of 0 adds nothing where the weights
   * are finite: that leaves out half of the inputs after a ReLU, and most pixels of a digit.
   */
  private static final class Product implements Step {
    private final HostView input; // [R, I]
    private final float[][] rows; // [I][U]
    private final boolean skipsZeros;
    private final float @Nullable [] bias; // [U], or null
    private final HostView output; // [R, U]
    private final float[] x; // [I]
    private final int[] used; // [I] indices of the inputs that count
    private final float[] sums; // [U]

    Product(HostView input, Weights kernel, @Nullable HostView bias, HostView output) {
      this.input = input;
      this.rows = kernel.rows;
      this.skipsZeros = kernel.finite;
      this.output = output;
      this.x = new float[input.shape().columns()];
      this.used = new int[x.length];
      this.sums = new float[output.shape().columns()];
      this.bias = bias == null ? null : read(bias);
    }

    private static float[] read(HostView view) {
      float[] floats = new float[view.shape().size()];
      view.read(floats);
      return floats;
    }

    @Override
    public void run(Position position) {
      for (int row = 0; row < input.shape().rows(); row++) {
        input.host().get(row * x.length, x);
        add();
        output.host().put(row * sums.length, sums);
      }
    }

    /** Sums up one row. */
    private void add() {
      if (bias == null) {
        Arrays.fill(sums, 0);
      } else {
        System.arraycopy(bias, 0, sums, 0, sums.length);
      }
      int count = countUsed();
      int i = 0;
      for (; i + 4 <= count; i += 4) {
        add4(sums, rows, x, used, i);
      }
      for (; i < count; i++) {
        add(sums, rows[used[i]], x[used[i]]);
      }
    }

    private int countUsed() {
      int count = 0;
      for (int i = 0; i < x.length; i++) {
        used[count] = i;
        count += x[i] != 0 || !skipsZeros ? 1 : 0; // NaN is not 0
      }
      return count;
    }

    private static void add(float[] sums, float[] row, float x) {
      for (int j = 0; j < sums.length; j++) {
        sums[j] += x * row[j];
      }
    }

    private static void add4(float[] sums, float[][] rows, float[] x, int[] used, int from) {
      float[] row0 = rows[used[from]];
      float[] row1 = rows[used[from + 1]];
      float[] row2 = rows[used[from + 2]];
      float[] row3 = rows[used[from + 3]];
      float x0 = x[used[from]];
      float x1 = x[used[from + 1]];
      float x2 = x[used[from + 2]];
      float x3 = x[used[from + 3]];
      for (int j = 0; j < sums.length; j++) {
        sums[j] = sums[j] + x0 * row0[j] + x1 * row1[j] + x2 * row2[j] + x3 * row3[j];
      }
    }
  }
}
