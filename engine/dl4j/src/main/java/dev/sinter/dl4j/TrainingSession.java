package dev.sinter.dl4j;

import dev.sinter.backend.Backend;
import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.backend.host.HostSamples;
import dev.sinter.compile.Graph;
import dev.sinter.compile.ModelCompiler;
import dev.sinter.compile.Objective;
import dev.sinter.data.Tensor;
import dev.sinter.losses.Loss;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.Value;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/**
 * A network of DL4J on a backend: parameters, the updater's state, batches and a program a batch
 * size. Owns the session. Used by one thread at a time.
 */
final class TrainingSession implements AutoCloseable {
  /** Batch sizes that keep changing would pile up their programs. */
  private static final int MAX_PROGRAMS = 40;

  private final FlatLayout layout;
  private final UpdateRule rule;
  private final ModelCompiler compiler;
  private final Backend backend;
  private final int outputs;
  private final Map<String, Value> values = new HashMap<>(); // by name
  private final Map<Integer, Executable> programs = new HashMap<>(); // by batch size
  private final Map<Window, Held> held = new IdentityHashMap<>();
  private final double[] rates = new double[1];
  private Session session;
  private float[] results = {};

  /** A window on the backend. */
  private record Held(Resident samples, Feed feed) {}

  TrainingSession(Dl4jNetwork network, Backend backend) {
    this.layout = new FlatLayout(network.layers());
    this.rule = network.optimizer(0, 0).rule();
    this.backend = backend;
    this.outputs = network.last().units();
    Graph graph =
        Graph.path(
            network.input(),
            network.layers().stream().map(DenseUnit::name).toList(),
            network.layers().stream().map(unit -> unit.layer().rules()).toList());
    graph.requireRoom("network", rule.slots().size());
    Loss loss = Objects.requireNonNull(network.loss(), "a network that can be trained has a loss");
    Objective objective = new Objective(rule, loss, List.of());
    this.compiler = new ModelCompiler(graph, objective, 1, backend.fusion());
    compiler.state().offsets().keySet().forEach(value -> values.put(value.name(), value));
    this.session = backend.open(compiler.state());
  }

  /** Sets parameters and state, as DL4J has them. */
  void write(float[] parameters, float[] state) {
    layout.arrays(parameters, 0, "").forEach(this::write);
    for (int slot = 0; slot < rule.slots().size(); slot++) {
      layout.arrays(state, slot * layout.size(), "." + rule.slots().get(slot)).forEach(this::write);
    }
  }

  private void write(String name, Tensor array) {
    session.write(offset(name), array.floats());
  }

  private int offset(String name) {
    return compiler.state().offsetOf(Objects.requireNonNull(values.get(name), name));
  }

  /** Returns the parameters, as DL4J has them. */
  float[] parameters() {
    float[] flat = new float[layout.size()];
    read("", flat, 0);
    return flat;
  }

  /** Returns the updater's state, as DL4J has it; empty for an updater without. */
  float[] state() {
    float[] flat = new float[rule.slots().size() * layout.size()];
    for (int slot = 0; slot < rule.slots().size(); slot++) {
      read("." + rule.slots().get(slot), flat, slot * layout.size());
    }
    return flat;
  }

  private void read(String suffix, float[] flat, int from) {
    Map<String, Tensor> arrays = new LinkedHashMap<>();
    for (Value parameter : compiler.state().parameters()) {
      String name = parameter.name() + suffix;
      float[] array = new float[parameter.shape().size()];
      session.read(offset(name), array);
      arrays.put(name, Tensor.of(array));
    }
    layout.put(arrays, flat, from, suffix);
  }

  /**
   * Runs steps.
   *
   * @param row the first one of the first batch in the window
   * @param size of each batch
   * @param iteration updates so far
   * @return for each step the loss, summed over its batch; overwritten by the next call
   */
  float[] run(Window window, int row, int size, int steps, int iteration, double rate) {
    Executable program = program(size);
    Held samples = held.computeIfAbsent(window, this::upload);
    int width = program.program().resultSize();
    if (results.length < steps * width) {
      results = new float[steps * width];
    }
    rates[0] = rate;
    program.run(samples.feed, new Chunk(row, steps, iteration, rates), results);
    return results; // one number a step: there are no metrics
  }

  private Executable program(int size) {
    if (!programs.containsKey(size) && programs.size() == MAX_PROGRAMS) {
      renew();
    }
    return programs.computeIfAbsent(
        size, batch -> session.prepare(List.of(compiler.train(batch, outputs))).get(0));
  }

  private void renew() {
    float[] parameters = parameters();
    float[] state = state();
    close();
    programs.clear();
    session = backend.open(compiler.state());
    write(parameters, state);
  }

  private Held upload(Window window) {
    Resident samples = session.upload(window.x(), window.y(), 1, 0);
    return new Held(samples, new Feed(samples, IntStream.range(0, window.rows()).toArray()));
  }

  /** Returns whether a window's samples, once here, need not come again. */
  boolean keeps(Window window) {
    Held samples = held.get(window);
    return samples != null && !(samples.samples instanceof HostSamples);
  }

  /** Forgets the samples of a window whose content has changed. */
  void drop(Window window) {
    Held samples = held.remove(window);
    if (samples != null) {
      samples.samples.close();
    }
  }

  @Override
  public void close() {
    List.copyOf(held.keySet()).forEach(this::drop);
    session.close();
  }
}
