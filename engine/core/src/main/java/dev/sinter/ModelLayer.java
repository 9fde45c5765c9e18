package dev.sinter;

import dev.sinter.compile.Architecture.BuiltLayer;
import dev.sinter.data.Tensor;
import dev.sinter.layers.Layer;
import java.util.List;

/** A layer in its model: its name, its shapes and its weights. */
public final class ModelLayer {
  private final Model model;
  private final BuiltLayer built;

  ModelLayer(Model model, BuiltLayer built) {
    this.model = model;
    this.built = built;
  }

  /** Returns the name, unique in the model. */
  public String name() {
    return built.name();
  }

  /** Returns the description the model was made from. */
  public Layer layer() {
    return built.layer();
  }

  /** Returns the number of features that come in. */
  public int inputs() {
    return built.inputs();
  }

  /** Returns the number of features that go out. */
  public int outputs() {
    return built.outputs();
  }

  /** Returns the number of weights. */
  public int parameterCount() {
    return built.parameters().stream().mapToInt(parameter -> parameter.shape().size()).sum();
  }

  /** Returns copies of the weights: kernel [I, U], then bias [U]; empty for a layer without. */
  public List<Tensor> getWeights() {
    return built.parameters().stream().map(model::weight).toList();
  }

  /** Sets the weights, in the order and shapes of {@link #getWeights}. */
  public void setWeights(List<Tensor> weights) {
    model.setWeights(built.parameters(), weights);
  }
}
