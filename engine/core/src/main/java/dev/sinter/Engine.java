package dev.sinter;

import dev.sinter.backend.Backend;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.compile.ModelCompiler;
import dev.sinter.data.Dataset;
import dev.sinter.data.InputScale;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A compiled model on a backend: its session and the programs translated so far. Owned and closed
 * by its {@link Model}.
 */
final class Engine implements AutoCloseable {
  /** What a program is for. */
  enum Kind {
    TRAIN,
    GRADIENTS,
    APPLY,
    EVALUATE,
    PREDICT
  }

  /**
   * A program.
   *
   * @param kind its purpose
   * @param batch its batch size
   * @param labelColumns 0 without labels
   * @param weighted whether samples have weights
   */
  record Request(Kind kind, int batch, int labelColumns, boolean weighted) {}

  private final ModelCompiler compiler;
  private final Session session;
  private final Map<Request, Executable> executables = new HashMap<>();

  /** Programs kept at most; sizes that keep changing would pile up their memory. */
  private static final int MAX_PROGRAMS = 40;

  /** Floats of a layer in a batch of evaluation or prediction at most. */
  private static final int INFERENCE_FLOATS = 1 << 26;

  private final int inferenceBatch;

  /**
   * Opens a session.
   *
   * @param widest the largest number of features that a layer takes or gives
   */
  Engine(Backend backend, ModelCompiler compiler, int widest) {
    this.compiler = compiler;
    this.inferenceBatch = Math.max(1, Math.min(backend.inferenceRows(), INFERENCE_FLOATS / widest));
    this.session = backend.open(compiler.state());
  }

  /**
   * Compiles and translates what is not there yet, together: programs prepared together share one
   * arena.
   */
  List<Executable> prepare(List<Request> requests) {
    List<Request> missing =
        requests.stream().filter(request -> !executables.containsKey(request)).distinct().toList();
    if (!missing.isEmpty()) {
      List<Program> programs = new ArrayList<>();
      for (Request request : missing) {
        programs.add(sized(request.batch, () -> compile(request)));
      }
      List<Executable> prepared = session.prepare(programs);
      for (int i = 0; i < missing.size(); i++) {
        executables.put(missing.get(i), prepared.get(i));
      }
    }
    return requests.stream().map(executables::get).toList();
  }

  /** Returns the rows of a batch of evaluation or prediction: fewer for very wide layers. */
  int inferenceBatch() {
    return inferenceBatch;
  }

  /** Returns whether there are too many programs: then a new engine takes over. */
  boolean isCrowded() {
    return executables.size() > MAX_PROGRAMS;
  }

  /** Compiles for a batch size; where sizes overflow, that is the user's to mend. */
  static Program sized(int batch, Supplier<Program> compilation) {
    try {
      return compilation.get();
    } catch (ArithmeticException overflow) {
      throw InputException.of(
          "batches of " + batch,
          "at most " + Integer.MAX_VALUE + " numbers of intermediate results",
          "more",
          "Use a smaller batch, or fewer units");
    }
  }

  private Program compile(Request request) {
    ModelCompiler own = request.weighted ? compiler.weighted() : compiler;
    return switch (request.kind) {
      case TRAIN -> own.train(request.batch, request.labelColumns);
      case GRADIENTS -> own.gradients(request.batch, request.labelColumns);
      case APPLY -> compiler.apply();
      case EVALUATE -> own.evaluate(request.batch, request.labelColumns);
      case PREDICT -> compiler.predict(request.batch);
    };
  }

  /** Makes a dataset resident. */
  Resident upload(Dataset data, boolean labels) {
    return session.upload(
        data.source(),
        labels ? data.sourceLabels() : null,
        labels ? data.sourceWeights() : null,
        data.scaleFactor(),
        data.scaleOffset());
  }

  /** Makes a dataset ready that is used once. */
  Resident borrow(Dataset data, boolean labels) {
    return session.borrow(
        data.source(),
        labels ? data.sourceLabels() : null,
        labels ? data.sourceWeights() : null,
        data.scaleFactor(),
        data.scaleOffset());
  }

  /** Makes samples ready that are used once; they must not change until they are closed. */
  Resident borrow(Tensor x, @Nullable Tensor y, @Nullable Tensor weights, InputScale scale) {
    return session.borrow(x, y, weights, scale.factor(), scale.offset());
  }

  /** Returns a copy of a value of the state. */
  float[] read(Value value) {
    float[] values = new float[value.shape().size()];
    session.read(compiler.state().offsetOf(value), values);
    return values;
  }

  /** Returns the layout of the state. */
  State layout() {
    return compiler.state();
  }

  /** Copies a stretch of the state out. */
  void read(int offset, float[] values) {
    session.read(offset, values);
  }

  /** Overwrites a stretch of the state. */
  void write(int offset, float[] values) {
    session.write(offset, values);
  }

  /** Overwrites a value of the state. */
  void write(Value value, float[] values) {
    session.write(compiler.state().offsetOf(value), values);
  }

  @Override
  public void close() {
    session.close();
  }
}
