package dev.sinter;

import dev.sinter.backend.Backend;
import dev.sinter.backend.host.RowProgram;
import dev.sinter.compile.Graph;
import dev.sinter.compile.ModelCompiler;
import dev.sinter.data.Dataset;
import dev.sinter.data.InputScale;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.program.Program;
import dev.sinter.program.ProgramPrinter;
import dev.sinter.program.Value;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A model's network and weights as they were at one moment, to predict with: in a service, for
 * example, while the model trains on.
 *
 * <pre>{@code
 * try (Predictor predictor = model.predictor()) {
 *   float[] probabilities = predictor.predict(pixels);     // any thread, microseconds
 *   predictor.refresh(model);                              // takes the model's weights of now
 * }
 * }</pre>
 *
 * <p>Any number of threads may use it. It outlives the model: {@link Model#close} and later changes
 * do not reach it. Rows are computed in plain Java by the thread that calls; datasets on the
 * model's backend, in turns. The two agree to rounding; each gives the same bits for the same
 * samples.
 */
public final class Predictor implements AutoCloseable {
  private final Supplier<Backend> backend;
  private final ReentrantLock turn = new ReentrantLock(); // guards engine and held
  private final ReentrantLock refreshing = new ReentrantLock();
  private volatile @Nullable Snapshot current; // null once closed
  private @Nullable Engine engine; // null until needed
  private @Nullable Snapshot held; // whose weights the engine has

  /**
   * What a model was.
   *
   * @param weights as rows, shared by all threads: never written
   * @param inputScale of the training data, or null
   */
  record Snapshot(
      String model,
      Graph graph,
      Map<Value, float[][]> weights,
      @Nullable InputScale inputScale,
      int features,
      DataCheck check,
      Program program,
      RowProgram rows) {
    static Snapshot of(
        String model, Graph graph, Map<Value, float[][]> weights, @Nullable InputScale inputScale) {
      Program program = new ModelCompiler(graph, null, 1).predict(1);
      RowProgram rows = new RowProgram(program, weights);
      DataCheck check = new DataCheck("predict", graph);
      int features = graph.input().size();
      return new Snapshot(model, graph, weights, inputScale, features, check, program, rows);
    }

    /** Returns the operations, one a line. */
    List<String> operations() {
      return ProgramPrinter.print(program)
          .lines()
          .skip(1)
          .limit(program.ops().size())
          .map(line -> line.strip().replaceAll("\\s+", " "))
          .toList();
    }
  }

  /** Creates a predictor; the backend is asked for when the first dataset comes. */
  Predictor(Snapshot snapshot, Supplier<Backend> backend) {
    this.current = snapshot;
    this.backend = backend;
  }

  /**
   * Returns the outputs [C] for one row. Allocates the answer and nothing else, and waits for
   * nobody. NaN in the row gives NaN.
   *
   * @param row [I], scaled as the training data was
   * @throws InputException for a row of another width or with an unknown category, or once closed
   */
  public float[] predict(float[] row) {
    Snapshot now = snapshot("predict");
    if (row.length != now.features) {
      throw InputException.of(
          "predict, layer " + now.graph.nodes().get(0).layer(),
          "a row of " + now.features + " features",
          row.length,
          "Use rows as wide as the model's input");
    }
    now.check.categories(row);
    return now.rows.run(row);
  }

  /**
   * Returns the outputs [N, C] for a dataset, scaled as it says; its labels, if any, are not looked
   * at. Computed on the model's backend, with all of its threads, so that calls of several threads
   * take turns. The first call opens the backend.
   *
   * @throws InputException for data that does not fit the model, or once closed
   */
  public Tensor predict(Dataset data) {
    turn.lock();
    try {
      Snapshot now = snapshot("predict");
      if (data.size() == 0) {
        return Tensor.of(new float[0], 0, now.graph.outputs());
      }
      new DataCheck("predict", now.graph).predictable(data);
      TrainingState.warnOfScale(now.model, now.inputScale, data.inputScale());
      return Passes.predict(engine(now), data, now.graph.outputs());
    } finally {
      turn.unlock();
    }
  }

  /**
   * Takes the weights that a model has now, all at once: predictions under way end with those of
   * before, the next ones see the new ones alone. Waits for the model's turn as the methods of
   * {@link Model} do: while another thread trains the model, call it from a callback.
   *
   * @throws InputException for a model of other layers, while another thread trains the model, or
   *     once closed
   */
  public void refresh(Model model) {
    refreshing.lock(); // of two refreshes, the weights of the later one stay
    try {
      refreshInTurn(model);
    } finally {
      refreshing.unlock();
    }
  }

  private void refreshInTurn(Model model) {
    Snapshot before = snapshot("refresh");
    Snapshot next =
        model.compiled().turns().take("refresh", () -> model.compiled().snapshot("refresh"));
    List<String> expected = before.operations();
    List<String> received = next.operations();
    for (int i = 0; i < Math.max(expected.size(), received.size()); i++) {
      String mine = i < expected.size() ? expected.get(i) : "no more operations";
      String other = i < received.size() ? received.get(i) : "no more operations";
      if (!mine.equals(other)) {
        throw InputException.of(
            "refresh, model " + next.model,
            "the layers that the predictor was made of, where operation " + mine,
            other,
            "Make a predictor of this model");
      }
    }
    turn.lock();
    try {
      snapshot("refresh"); // closed meanwhile: stays so
      current = next;
    } finally {
      turn.unlock();
    }
  }

  private Snapshot snapshot(String where) {
    Snapshot now = current;
    if (now == null) {
      throw InputException.of(
          where, "an open predictor", "one that was closed", "Make another with model.predictor()");
    }
    return now;
  }

  /** Returns the engine with the weights of a snapshot in it. */
  private Engine engine(Snapshot wanted) {
    if (engine == null) {
      Backend opened = backend.get();
      ModelCompiler compiler = new ModelCompiler(wanted.graph, null, 1, opened.fusion());
      engine = new Engine(opened, compiler, wanted.graph.widest());
    }
    Engine target = engine;
    if (held != wanted) {
      held = null; // a write may fail half-way
      wanted.weights.forEach((value, rows) -> target.write(value, flat(value, rows)));
      held = wanted;
    }
    return target;
  }

  private static float[] flat(Value value, float[][] rows) {
    float[] all = new float[value.shape().size()];
    for (int i = 0; i < rows.length; i++) {
      System.arraycopy(rows[i], 0, all, i * rows[i].length, rows[i].length);
    }
    return all;
  }

  /** Gives the memory back, once a dataset under way is done. */
  @Override
  public void close() {
    turn.lock();
    try {
      current = null;
      held = null;
      if (engine != null) {
        Engine closing = engine;
        engine = null;
        closing.close();
      }
    } finally {
      turn.unlock();
    }
  }
}
