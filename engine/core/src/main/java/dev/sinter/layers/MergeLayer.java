package dev.sinter.layers;

import dev.sinter.errors.InputException;
import java.util.ArrayList;
import java.util.List;

/**
 * A layer that makes one output of several inputs, for a functional model. Open to everybody: its
 * first rule receives all inputs. Immutable: any number of threads may use it.
 */
public interface MergeLayer extends Layer {
  /** Applies the layer to two nodes or more. */
  default Node apply(Node first, Node second, Node... more) {
    List<Node> inputs = new ArrayList<>(List.of(first, second));
    inputs.addAll(List.of(more));
    return apply(inputs);
  }

  /** Applies the layer to a list of nodes. */
  default Node apply(List<Node> inputs) {
    if (inputs.isEmpty()) {
      throw InputException.of(
          "layer " + (name() == null ? className() : name()), "inputs", "none", "Name its inputs");
    }
    return Node.of(this, inputs);
  }
}
