package dev.sinter.compile;

import dev.sinter.errors.InputException;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * A model as a list of nodes; each comes after the nodes that feed it. A layer is one node or
 * several in a row: a dense layer with an activation has two.
 *
 * @param input the shape of a sample
 * @param nodes at least one; the output of the last one is the output of the model
 */
public record Graph(Features input, List<Node> nodes) {
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

  public Graph {
    nodes = List.copyOf(nodes);
  }

  /** Builds a path: each layer feeds the next. */
  public static Graph path(Features input, List<String> names, List<List<LayerRule>> layers) {
    Graph graph = new Graph(input, List.of());
    for (int i = 0; i < layers.size(); i++) {
      for (LayerRule rule : layers.get(i)) {
        graph = graph.with(names.get(i), rule, graph.nodes.size() - 1);
      }
      graph.requireOwnNames(names.get(i));
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
    }
    List<Node> more = new ArrayList<>(nodes);
    more.add(new Node(layer, rule, List.of(inputs), from, outputs, weights));
    return new Graph(input, more);
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

  /** Returns the last node. */
  public Node last() {
    return nodes.get(nodes.size() - 1);
  }

  /** Returns the nodes of a layer, in order. */
  public List<Node> layer(String name) {
    return nodes.stream().filter(node -> node.layer.equals(name)).toList();
  }

  /** Returns the number of output features. */
  public int outputs() {
    return last().outputs.size();
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

  /** Refuses trained weights that do not affect the output of the model. */
  void requireUse() {
    Set<Integer> used = new HashSet<>(Set.of(nodes.size() - 1));
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      if (used.contains(i)) {
        used.addAll(node.inputs);
      } else if (node.weights.stream().anyMatch(Weight::trainable)) {
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
