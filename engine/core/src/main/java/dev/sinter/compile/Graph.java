package dev.sinter.compile;

import dev.sinter.errors.InputException;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A model as a list of nodes; each comes after the nodes that feed it. A layer is one node or
 * several in a row: a dense layer with an activation has two. A layer that is applied several times
 * has nodes of its own for each time, which share its weights.
 *
 * @param input the shape of a sample; of several inputs, all their features side by side
 * @param nodes at least one
 * @param ends the indices of the nodes whose outputs are those of the model; the last node, unless
 *     said otherwise
 */
public record Graph(Features input, List<Node> nodes, List<Integer> ends) {
  /** Denotes the input of the model among the inputs of a node. */
  public static final int INPUT = -1;

  /** The most floats in one array, minus the padding of a weight. */
  private static final int MOST_FLOATS = Integer.MAX_VALUE - (1 << 16);

  /**
   * A rule with its connections.
   *
   * @param layer the name of its layer
   * @param inputs indices of the nodes that feed it, or {@link #INPUT}
   * @param from the shape of each input
   * @param outputs the shape of the output
   * @param weights of the rule
   */
  public record Node(
      String layer,
      LayerRule rule,
      List<Integer> inputs,
      List<Features> from,
      Features outputs,
      List<Weight> weights) {
    /** Returns the weights as values of the state. */
    public List<Value> values() {
      return weights.stream().map(weight -> weight.value(layer)).toList();
    }
  }

  /**
   * Columns of the samples that a layer takes for indices of categories.
   *
   * @param first column
   * @param columns how many
   * @param categories the indices are whole numbers from 0 to below it
   */
  public record Indices(String layer, int first, int columns, int categories) {}

  public Graph {
    nodes = List.copyOf(nodes);
    ends = List.copyOf(ends);
  }

  /** Creates a graph whose output is that of its last node. */
  public Graph(Features input, List<Node> nodes) {
    this(input, nodes, nodes.isEmpty() ? List.of() : List.of(nodes.size() - 1));
  }

  /** Builds a path: each layer feeds the next. */
  public static Graph path(Features input, List<String> names, List<List<LayerRule>> layers) {
    Graph graph = new Graph(input, List.of());
    for (int i = 0; i < layers.size(); i++) {
      graph = graph.withLayer(names.get(i), layers.get(i), List.of(graph.nodes.size() - 1));
    }
    return graph;
  }

  /** Creates a graph of several inputs, which are the first nodes, in order. */
  public static Graph ofInputs(List<String> names, List<Features> inputs) {
    int size = inputs.stream().mapToInt(Features::size).reduce(0, Math::addExact);
    Graph graph = new Graph(Features.of(size), List.of());
    int first = 0;
    for (int i = 0; i < inputs.size(); i++) {
      graph = graph.with(names.get(i), new InputSlice(first, inputs.get(i)), INPUT);
      first += inputs.get(i).size();
    }
    return graph;
  }

  /** Returns the nodes of the inputs where there are several; none for a single input. */
  public List<Node> inputNodes() {
    return nodes.stream().filter(node -> node.rule instanceof InputSlice).toList();
  }

  /**
   * Returns this graph with a layer applied once more: the first of its rules reads the inputs, and
   * each feeds the next.
   *
   * @param inputs indices of the nodes that feed it, or {@link #INPUT}
   * @throws InputException if the layer does not accept these inputs
   */
  public Graph withLayer(String layer, List<LayerRule> rules, List<Integer> inputs) {
    Graph graph = with(layer, rules.get(0), inputs.toArray(Integer[]::new));
    for (LayerRule rule : rules.subList(1, rules.size())) {
      graph = graph.with(layer, rule, graph.nodes.size() - 1);
    }
    if (layer(layer).isEmpty()) {
      graph.requireOwnNames(layer);
    }
    return graph;
  }

  /**
   * Returns this graph with one more node.
   *
   * @param inputs indices of the nodes that feed it, or {@link #INPUT}
   * @throws InputException if the layer does not accept these inputs
   */
  public Graph with(String layer, LayerRule rule, Integer... inputs) {
    List<Features> from = IntStream.range(0, inputs.length).mapToObj(i -> at(inputs[i])).toList();
    Features outputs = rule.outputs(layer, from);
    List<Weight> weights = rule.weights(from);
    for (Weight weight : weights) {
      if (weight.size() > MOST_FLOATS) {
        throw InputException.of(
            "layer " + layer,
            "at most " + MOST_FLOATS + " weights",
            "a " + weight.name() + " of " + weight.dimensions(),
            "Use fewer units or features");
      }
      if (weight.limit() != null
          && weight.limit().value().largestInput() > 0
          && weight.normShape() == null) {
        throw InputException.of(
            "layer " + layer + ", constraint of the " + weight.name(),
            "axes of the norm: the last, all but the last, or all of " + weight.dimensions(),
            weight.limit().axes(),
            "Correct the constraint's axes");
      }
    }
    List<Node> more = new ArrayList<>(nodes);
    more.add(new Node(layer, rule, List.of(inputs), from, outputs, weights));
    return new Graph(input, more);
  }

  /** Returns this graph with other nodes for the outputs of the model. */
  public Graph withEnds(List<Integer> other) {
    return new Graph(input, nodes, other);
  }

  /** Refuses two different weights of the same name in a layer. */
  private void requireOwnNames(String layer) {
    Set<String> weights = new HashSet<>();
    for (Node node : layer(layer)) {
      for (Weight weight : node.weights) {
        if (!weights.add(weight.name())) {
          throw InputException.of(
              "layer " + layer,
              "weights of different names",
              weight.name() + " twice",
              "Correct the layer's rules");
        }
      }
    }
  }

  private Features at(int node) {
    return node == INPUT ? input : nodes.get(node).outputs;
  }

  /** Returns the columns of the samples that layers take for indices of categories. */
  public List<Indices> indices() {
    List<Indices> indices = new ArrayList<>();
    for (Node node : nodes) {
      for (int source : node.rule.categories() == 0 ? List.<Integer>of() : node.inputs) {
        int columns = at(source).size();
        if (source == INPUT) {
          indices.add(new Indices(node.layer, 0, columns, node.rule.categories()));
        } else if (nodes.get(source).rule instanceof InputSlice slice) {
          indices.add(new Indices(node.layer, slice.first(), columns, node.rule.categories()));
        }
      }
    }
    return indices;
  }

  /** Returns the nodes whose outputs are those of the model. */
  public List<Node> endNodes() {
    return ends.stream().map(nodes::get).toList();
  }

  /** Returns the nodes of a layer, in order. */
  public List<Node> layer(String name) {
    return nodes.stream().filter(node -> node.layer.equals(name)).toList();
  }

  /** Returns the number of output features; of several outputs, of all of them. */
  public int outputs() {
    return endNodes().stream().mapToInt(node -> node.outputs.size()).sum();
  }

  /** Returns the largest number of input or output features of any node. */
  public int widest() {
    int most = nodes.stream().mapToInt(node -> node.outputs.size()).max().orElse(0);
    return Math.max(input.size(), most);
  }

  /** Returns the trained values, in the order of the layers; a shared one occurs once. */
  public List<Value> parameters() {
    return values(Value.Kind.PARAMETER);
  }

  /** Returns the weights that the optimizer does not train. */
  public List<Value> tracked() {
    return values(Value.Kind.TRACKED);
  }

  private List<Value> values(Value.Kind kind) {
    return nodes.stream()
        .flatMap(node -> node.values().stream())
        .filter(value -> value.kind() == kind)
        .distinct()
        .toList();
  }

  /** Returns some nodes and all that feed them, by index; {@link #INPUT} may be among them. */
  Set<Integer> feeding(Collection<Integer> some) {
    Set<Integer> used = new HashSet<>(some);
    for (int i = nodes.size() - 1; i >= 0; i--) {
      if (used.contains(i)) {
        used.addAll(nodes.get(i).inputs);
      }
    }
    return used;
  }

  /** Refuses trained weights that do not affect an output of the model. */
  void requireUse() {
    Set<Integer> used = feeding(ends);
    for (int i = 0; i < nodes.size(); i++) {
      Node node = nodes.get(i);
      if (!used.contains(i) && node.weights.stream().anyMatch(Weight::trainable)) {
        throw InputException.of(
            "layer " + node.layer,
            "a path from its output to the output of the model",
            "none",
            "Use its output or leave the layer out");
      }
    }
  }

  private static long floats(List<Value> values) {
    return values.stream().mapToLong(value -> value.shape().size()).sum();
  }

  /** Refuses a state too large for one array: weights, gradients and optimizer state. */
  public void requireRoom(String model, int slots) {
    long floats = floats(parameters()) * (2L + slots) + floats(tracked());
    if (floats > MOST_FLOATS) {
      throw InputException.of(
          "model " + model,
          "at most " + MOST_FLOATS + " numbers of weights, gradients and optimizer state",
          floats,
          "Use fewer units, or an optimizer with less state");
    }
  }
}
