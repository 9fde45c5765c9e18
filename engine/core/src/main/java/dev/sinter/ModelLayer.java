package dev.sinter;

import dev.sinter.compile.Features;
import dev.sinter.compile.Graph;
import dev.sinter.data.Tensor;
import dev.sinter.layers.Layer;
import dev.sinter.program.Value;
import java.util.List;

/**
 * A layer in its model: its name, its shapes and its weights. Any number of threads may use it;
 * what reads or writes weights takes the model's turn, see {@link Model}.
 */
public final class ModelLayer {
  private final CompiledModel model;
  private final String name;
  private final Layer layer;
  private final List<Graph.Node> nodes;

  ModelLayer(CompiledModel model, String name, Layer layer, List<Graph.Node> nodes) {
    this.model = model;
    this.name = name;
    this.layer = layer;
    this.nodes = nodes;
  }

  /** Returns the name, unique in the model. */
  public String name() {
    return name;
  }

  /** Returns the description the model was made from. */
  public Layer layer() {
    return layer;
  }

  /** Returns the number of features that come in, from all inputs of the layer. */
  public int inputs() {
    return nodes.get(0).from().stream().mapToInt(Features::size).sum();
  }

  /** Returns the number of features that go out. */
  public int outputs() {
    return nodes.get(nodes.size() - 1).outputs().size();
  }

  /** Returns the number of weights. */
  public int parameterCount() {
    return values().stream().mapToInt(value -> value.shape().size()).sum();
  }

  /** Returns copies of the weights: kernel [I, U], then bias [U]; empty for a layer without. */
  public List<Tensor> getWeights() {
    return model
        .turns()
        .take(
            "getWeights, layer " + name,
            () -> values().stream().map(model.weights(name)::get).toList());
  }

  /** Sets the weights, in the order and shapes of {@link #getWeights}. */
  public void setWeights(List<Tensor> weights) {
    model
        .turns()
        .take("setWeights, layer " + name, () -> model.weights(name).set(values(), weights));
  }

  private List<Value> values() {
    return nodes.stream().flatMap(node -> node.values().stream()).distinct().toList();
  }
}
