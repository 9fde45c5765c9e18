package dev.sinter.layers;

import dev.sinter.compile.Features;
import dev.sinter.compile.LayerRule;
import dev.sinter.errors.InputException;
import java.util.List;

/**
 * A place in a network: the output of a layer that was applied to other nodes, or an input. Numbers
 * come only when a model is made of nodes. Immutable: any number of threads may use it.
 *
 * <pre>{@code Node pixels = Input.of("pixels", 784);
 * Node hidden = new Dense(64).relu().apply(pixels);
 * Node digit = new Dense(10).softmax().name("digit").apply(hidden);
 * Functional model = Functional.of(pixels, digit);}</pre>
 *
 * <p>Shapes are checked when a layer is applied, so that a mistake is reported in its line.
 */
public final class Node {
  private final Layer layer;
  private final List<Node> inputs;
  private final Features features;

  private Node(Layer layer, List<Node> inputs, Features features) {
    this.layer = layer;
    this.inputs = inputs;
    this.features = features;
  }

  /** Returns the node of an input. */
  static Node of(Input input) {
    return new Node(input, List.of(), input.inputShape());
  }

  /** Applies a layer. */
  static Node of(Layer layer, List<Node> inputs) {
    String where = layer.name() == null ? layer.className() : layer.name();
    List<LayerRule> rules = layer.rules();
    if (rules.isEmpty()) {
      throw InputException.of(
          "layer " + where,
          "a layer that computes something",
          layer.className(),
          "An input is made with Input.of, and follows nothing");
    }
    List<Features> features = inputs.stream().map(Node::features).toList();
    Features stated = layer.inputShape();
    if (stated != null && !stated.equals(features.get(0))) {
      throw InputException.of(
          "layer " + where,
          "an input of " + stated + ", as it states",
          features.get(0),
          "Correct the layer, or what feeds it");
    }
    for (LayerRule rule : rules) {
      features = List.of(rule.outputs(where, features));
    }
    return new Node(layer, List.copyOf(inputs), features.get(0));
  }

  /** Returns the layer that was applied; an {@link Input} for an input. */
  public Layer layer() {
    return layer;
  }

  /** Returns the nodes that it was applied to; none for an input. */
  public List<Node> inputs() {
    return inputs;
  }

  /** Returns the shape of a sample here, such as [64]. */
  public Features features() {
    return features;
  }

  /** Returns the layer's name or class, and the shape. */
  @Override
  public String toString() {
    return (layer.name() == null ? layer.className() : layer.name()) + " " + features;
  }
}
