package dev.sinter;

import dev.sinter.compile.Graph;
import dev.sinter.compile.Weight;
import dev.sinter.data.InputScale;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.optimizers.Schedule;
import dev.sinter.program.Philox;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import dev.sinter.saving.TrainingProgress;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a training has reached: weights, what the optimizer keeps, counters, learning rate, seed and
 * the inputs' scale. Any number of threads may use it; its methods take the model's turn, see
 * {@link Model}.
 *
 * <p>It outlives the backend's session: it moves to the host when the session closes and into the
 * next one when that opens, so that a training goes on where it was. Only {@link Model#compile}
 * starts the optimizer's part anew. Arrays are read and written by name, block by block.
 */
public final class TrainingState {
  private static final Logger LOG = LoggerFactory.getLogger(Model.class);

  private final Turns turns;
  private final Map<Value, float[]> host = new HashMap<>(); // empty while there is an engine
  private final Map<Value, Weight> weights = new LinkedHashMap<>(); // in the order of the layers
  private boolean initialized;
  private @Nullable State layout; // null until the model is built
  private List<Double> starts = List.of(); // a number a slot of the optimizer
  private @Nullable Engine engine; // where the arrays are; null while they are on the host
  private long seed = 1;
  private long iterations;
  private int epochs;
  private double learningRate; // if there is no schedule
  private @Nullable Schedule schedule; // of the optimizer, or null
  private @Nullable InputScale inputScale; // of the last training data, or null

  TrainingState(Turns turns) {
    this.turns = turns;
  }

  /** Returns the seed of initial weights, shuffles and random operations. */
  public long seed() {
    return turns.take("seed", () -> seed);
  }

  /** Returns the number of updates since the optimizer's state started. */
  public long iterations() {
    return turns.take("iterations", () -> iterations);
  }

  /** Returns the number of the next epoch's shuffle: fit(5) twice counts as fit(10) once. */
  public int epochs() {
    return turns.take("epochs", () -> epochs);
  }

  /** Returns the learning rate of the next step. */
  public double learningRate() {
    return turns.take(
        "learningRate", () -> schedule == null ? learningRate : schedule.at(iterations));
  }

  /** Returns the counters by name: iterations and epochs. */
  public Map<String, Long> counters() {
    return turns.take("counters", () -> Map.of("iterations", iterations, "epochs", (long) epochs));
  }

  /** Sets the counters that the map has. */
  public void setCounters(Map<String, Long> values) {
    turns.take("setCounters", () -> count(values));
  }

  private void count(Map<String, Long> values) {
    values.forEach(
        (name, value) -> {
          long most = name.equals("epochs") ? Integer.MAX_VALUE : Long.MAX_VALUE;
          if (!counters().containsKey(name) || value < 0 || value > most) {
            throw InputException.of(
                "counters",
                "iterations and epochs of at least 0",
                name + " " + value,
                "Use counters of a training state");
          }
        });
    iterations = values.getOrDefault("iterations", iterations);
    epochs = Math.toIntExact(values.getOrDefault("epochs", (long) epochs));
  }

  /**
   * Returns copies of a block's arrays by name, in memory order; gradients are those of the last
   * step on this backend, and 0 before one.
   */
  public Map<String, Tensor> block(State.Block block) {
    return turns.take(
        "block",
        () -> {
          Map<String, Tensor> arrays = new LinkedHashMap<>();
          layout().block(block).forEach(value -> arrays.put(value.name(), get(value)));
          return arrays;
        });
  }

  /**
   * Sets arrays of a block by name: all of them, or none when one does not fit.
   *
   * @throws InputException for a name that the block lacks, another shape, or NaN
   */
  public void setBlock(State.Block block, Map<String, Tensor> arrays) {
    turns.take("setBlock", () -> write(block, arrays));
  }

  private void write(State.Block block, Map<String, Tensor> arrays) {
    List<Value> values = requireBlock(block, arrays);
    set(values, List.copyOf(arrays.values()));
  }

  /** Returns what arrays of a block belong to; refuses names that it lacks, and other shapes. */
  List<Value> requireBlock(State.Block block, Map<String, Tensor> arrays) {
    Map<String, Value> values = new LinkedHashMap<>();
    layout().block(block).forEach(value -> values.put(value.name(), value));
    arrays.forEach(
        (name, array) -> {
          Value value = values.get(name);
          if (value == null) {
            throw InputException.of(
                "block " + block.name().toLowerCase(Locale.ROOT),
                "arrays of " + values.keySet(),
                name,
                "Use a state of this model and optimizer");
          }
          check(value, array);
        });
    return arrays.keySet().stream().map(values::get).toList();
  }

  private State layout() {
    if (layout == null) {
      throw InputException.of(
          "training state", "a compiled model", "none", "Ask the model for trainingState() anew");
    }
    return layout;
  }

  // ---- for the model and its trainer

  void seed(long value) {
    seed = value;
  }

  void learningRate(double value) {
    learningRate = value;
  }

  /** Counts updates. */
  void addIterations(int steps) {
    iterations += steps;
  }

  /** Counts an epoch and returns its number for the shuffle; an initial epoch skips some. */
  int nextEpoch(int epoch) {
    int index = Math.max(epochs, epoch);
    epochs = index + 1;
    return index;
  }

  boolean hasWeights() {
    return initialized;
  }

  /** Makes the initial weights: all of them, or none when one cannot be made. */
  void initialize(Graph graph) {
    Map<Value, Weight> made = new LinkedHashMap<>();
    Map<Value, float[]> starts = new HashMap<>();
    for (Graph.Node node : graph.nodes()) {
      for (int i = 0; i < node.weights().size(); i++) {
        Value value = node.values().get(i);
        Weight weight = node.weights().get(i);
        if (made.putIfAbsent(value, weight) == null) {
          Philox random = new Philox(seed, Philox.Stream.INITIAL_WEIGHTS, starts.size());
          starts.put(value, checked(value, weight.start().weights(weight.shape(), random)));
        }
      }
    }
    weights.putAll(made);
    host.putAll(starts);
    initialized = true;
  }

  /** Returns a copy of initial weights; refuses what cannot be trained. */
  private static float[] checked(Value value, float[] start) {
    int length = start == null ? 0 : start.length;
    if (length != value.shape().size()) {
      throw InputException.of(
          "initial weights " + value.name(),
          value.shape().size() + " numbers",
          length,
          "Correct the initializer");
    }
    for (int i = 0; i < length; i++) {
      if (!Float.isFinite(start[i])) {
        throw InputException.of(
            "initial weights %s, element %s".formatted(value.name(), i),
            "a finite number",
            start[i],
            "Correct the initializer");
      }
    }
    return start.clone();
  }

  /** Starts the optimizer's part anew. */
  void restart(Optimizer optimizer) {
    host.keySet().removeIf(value -> value.kind() == Value.Kind.SLOT);
    layout = null; // the next optimizer's slots are others
    iterations = 0;
    learningRate = optimizer.learningRate();
    schedule = optimizer.options().schedule();
  }

  /** States which arrays there are, and the number with which each slot starts. */
  void layout(State value, List<Double> slotStarts) {
    layout = value;
    starts = slotStarts;
  }

  /** Returns the weights of all layers, in order, trained or not. */
  List<Value> weights() {
    return List.copyOf(weights.keySet());
  }

  Map<String, Tensor> namedWeights() {
    Map<String, Tensor> named = new LinkedHashMap<>();
    weights().forEach(value -> named.put(value.name(), get(value)));
    return named;
  }

  void setNamedWeights(String model, Map<String, Tensor> named) {
    for (Value value : weights()) {
      if (!named.containsKey(value.name())) {
        throw InputException.of(
            "weights of model " + model,
            "an array called " + value.name(),
            named.keySet(),
            "Use weights that were saved from this architecture");
      }
    }
    set(weights(), weights().stream().map(value -> named.get(value.name())).toList());
  }

  /** Moves the arrays into a new session. */
  void moveTo(Engine target) {
    weights().forEach(this::requireKept);
    for (Value slot : layout().block(State.Block.SLOTS)) {
      host.computeIfAbsent(slot, this::start);
    }
    host.forEach(target::write);
    host.clear();
    engine = target;
  }

  /** Moves the arrays to the host; what a lost device does not give back is gone. */
  void moveToHost(Engine source) {
    engine = null;
    try {
      for (Value value : layout().offsets().keySet()) {
        if (value.kind().isKept()) {
          host.put(value, source.read(value));
        }
      }
    } catch (RuntimeException e) {
      host.clear();
      iterations = 0; // without its slots the optimizer starts anew
      throw e;
    }
  }

  private void requireKept(Value weight) {
    if (!host.containsKey(weight)) {
      throw RunException.of(
          "weights " + weight.name(),
          "numbers",
          "none, as they were lost with the device",
          "Set all weights, or create the model anew",
          null);
    }
  }

  /** Returns a copy, as users see it: a kernel [I, U], a bias [U]. */
  Tensor get(Value value) {
    if (engine != null) {
      return Tensor.of(engine.read(value), shape(value));
    }
    if (weights.containsKey(value)) {
      requireKept(value);
    }
    float[] kept = host.get(value);
    return Tensor.of(kept == null ? start(value) : kept.clone(), shape(value));
  }

  /** Returns what a slot or a gradient starts with. */
  private float[] start(Value value) {
    float[] numbers = new float[value.shape().size()];
    if (value.kind() == Value.Kind.SLOT) {
      Arrays.fill(numbers, starts.get(layout().slot(value)).floatValue());
    }
    return numbers;
  }

  /** Gives each trained weight the value of one of its slots. */
  void takeSlot(int slot) {
    for (Value weight : layout().block(State.Block.TRAINABLE)) {
      put(weight, get(layout().slotOf(weight, slot)).toFloats());
    }
  }

  /** Sets some arrays: all of them, or none when one does not fit. */
  void set(List<Value> targets, List<Tensor> values) {
    if (targets.size() != values.size()) {
      throw InputException.of(
          "setWeights",
          targets.size() + " arrays",
          values.size(),
          "Give one array a weight, in the order of getWeights");
    }
    for (int i = 0; i < values.size(); i++) {
      check(targets.get(i), values.get(i));
    }
    for (int i = 0; i < values.size(); i++) {
      put(targets.get(i), values.get(i).toFloats());
    }
  }

  private void put(Value target, float[] values) {
    if (engine != null) {
      engine.write(target, values);
    } else {
      host.put(target, values);
    }
  }

  private void check(Value target, Tensor value) {
    int[] expected = shape(target);
    if (!Arrays.equals(value.shape(), expected)) {
      throw InputException.of(
          "weights " + target.name(),
          Arrays.toString(expected),
          Arrays.toString(value.shape()),
          "Use weights of this architecture");
    }
    for (int i = 0; i < value.size(); i++) {
      if (!Float.isFinite(value.get(i))) {
        throw InputException.of(
            "weights " + target.name() + ", element " + i,
            "a finite number",
            value.get(i),
            "Use weights of a training that converged");
      }
    }
  }

  /** Returns the shape of a weight, or of the weight that a gradient or slot belongs to. */
  private int[] shape(Value value) {
    Value owner = weights.containsKey(value) ? value : layout().ownerOf(value);
    return Objects.requireNonNull(weights.get(owner), "a weight of this model").shape();
  }

  /** Takes on what a saved training had reached, besides its weights. */
  void restore(TrainingProgress saved) {
    for (Value slot : layout().block(State.Block.SLOTS)) {
      if (!saved.slots().containsKey(slot.name())) {
        put(slot, start(slot));
      }
    }
    write(State.Block.SLOTS, saved.slots());
    iterations = saved.iterations();
    epochs = saved.epochs();
    learningRate = saved.learningRate();
    seed = saved.seed();
    inputScale = saved.inputScale();
  }

  /** Takes on what a training had reached that goes on. */
  void restore(TrainingCheckpoint saved) {
    saved.blocks().forEach(this::write);
    iterations = saved.iterations();
    epochs = saved.shuffles();
    learningRate = saved.learningRate();
    inputScale = saved.inputScale();
  }

  /** Remembers how the training data is scaled. */
  void scaledAs(InputScale scale) {
    inputScale = scale;
  }

  /** Returns the scale of the last training data; null before. */
  @Nullable InputScale inputScale() {
    return inputScale;
  }

  /** Warns when data is scaled otherwise than the training data was. */
  static void warnOfScale(String model, @Nullable InputScale trained, InputScale given) {
    if (trained != null && !trained.equals(given)) {
      LOG.warn(
          "model {} was trained on inputs * {} + {}, this data is inputs * {} + {}; prepare it with like(train)",
          model,
          trained.factor(),
          trained.offset(),
          given.factor(),
          given.offset());
    }
  }
}
