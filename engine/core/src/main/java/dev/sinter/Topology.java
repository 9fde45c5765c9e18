package dev.sinter;

import dev.sinter.layers.Layer;
import dev.sinter.layers.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The layers and nodes that outputs depend on, in Keras's order: by their distance from the
 * outputs, the farthest first, then in the order in which a search from the outputs finds them.
 * Source: Keras, ops/function.py, map_graph.
 */
final class Topology {
  private final List<Node> nodes = new ArrayList<>(); // each after those that feed it
  private final Set<Node> seen = new HashSet<>();
  private final Map<Node, Integer> depths = new HashMap<>();
  private final Map<Layer, Integer> layerDepths = new IdentityHashMap<>();
  private final List<Layer> layers = new ArrayList<>();

  Topology(List<Node> outputs) {
    outputs.forEach(this::collect);
    for (int i = nodes.size() - 1; i >= 0; i--) {
      Node node = nodes.get(i);
      int depth = Math.max(depths.getOrDefault(node, 0), depth(node.layer()));
      depths.put(node, depth);
      layerDepths.put(node.layer(), depth);
      node.inputs().forEach(input -> depths.merge(input, depth + 1, Math::max));
    }
    layers.sort(Comparator.comparingInt(layer -> -depth(layer)));
    Map<Layer, Integer> places = new IdentityHashMap<>();
    layers.forEach(layer -> places.put(layer, places.size()));
    nodes.sort(
        Comparator.<Node>comparingInt(node -> -depths.get(node))
            .thenComparingInt(node -> places.get(node.layer())));
  }

  private int depth(Layer layer) {
    return layerDepths.getOrDefault(layer, 0);
  }

  private void collect(Node node) {
    if (!seen.add(node)) {
      return;
    }
    if (layers.stream().noneMatch(layer -> layer == node.layer())) {
      layers.add(node.layer());
    }
    node.inputs().forEach(this::collect);
    nodes.add(node);
  }

  /** Returns the layers, each once, with the inputs among them. */
  List<Layer> layers() {
    return Collections.unmodifiableList(layers);
  }

  /** Returns the nodes, each after those that feed it, with the inputs among them. */
  List<Node> nodes() {
    return Collections.unmodifiableList(nodes);
  }
}
