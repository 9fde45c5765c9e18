package dev.sinter.report;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The parts of a model, ready to print.
 *
 * <p>Immutable: any number of threads may use it.
 *
 * @param model its name
 * @param layers in order
 * @param optimizer null if the model is not compiled or the optimizer is unknown
 * @param memory null if the model is not built
 */
public record Summary(
    String model, List<Layer> layers, @Nullable Optimizer optimizer, @Nullable Memory memory) {
  public Summary {
    layers = List.copyOf(layers);
  }

  /**
   * A layer.
   *
   * @param type the class name in Keras
   * @param outputs the shape of a sample behind it; empty if unknown
   * @param built whether the number of its weights is known
   * @param weights empty if the layer has none
   * @param connected what feeds it; null where each layer feeds the next
   */
  public record Layer(
      String name,
      String type,
      List<Integer> outputs,
      boolean built,
      List<Weight> weights,
      @Nullable List<String> connected) {
    public Layer {
      outputs = List.copyOf(outputs);
      weights = List.copyOf(weights);
      connected = connected == null ? null : List.copyOf(connected);
    }

    /** Creates a layer that the one before feeds, with vectors behind it, of 0 if unknown. */
    public Layer(String name, String type, int outputs, boolean built, List<Weight> weights) {
      this(name, type, outputs == 0 ? List.of() : List.of(outputs), built, weights, null);
    }

    /** Returns the number of weights. */
    public long parameterCount() {
      return weights.stream().mapToLong(Weight::size).sum();
    }
  }

  /**
   * An array of weights.
   *
   * @param symbol W for a kernel, b for a bias
   * @param shape [I, U] or [U]
   */
  public record Weight(String symbol, List<Integer> shape) {
    public Weight {
      shape = List.copyOf(shape);
    }

    /** Returns the number of elements. */
    public long size() {
      return shape.stream().mapToLong(Integer::longValue).reduce(1, (a, b) -> a * b);
    }
  }

  /**
   * An optimizer and its state.
   *
   * @param name in Keras
   * @param slots the values it keeps for each weight
   * @param inUse whether a step was run; from then on, Keras counts the optimizer
   */
  public record Optimizer(String name, List<String> slots, boolean inUse) {
    /** The step counter and the learning rate, which Keras counts as variables. */
    private static final int SCALARS = 2;

    private static final int SCALAR_BYTES = Long.BYTES + Float.BYTES;

    public Optimizer {
      slots = List.copyOf(slots);
    }

    long parameterCount(long weights) {
      return slots.size() * weights + SCALARS;
    }

    long sizeBytes(long weights) {
      return slots.size() * weights * Float.BYTES + SCALAR_BYTES;
    }
  }

  /**
   * Memory in bytes, including padding.
   *
   * @param gradients 0 if nothing is trained
   * @param slots the state of the optimizer
   * @param scratch of a training step; 0 if nothing is trained
   * @param batchSize of that step
   */
  public record Memory(long weights, long gradients, long slots, long scratch, int batchSize) {}

  /** Returns whether the layers say what feeds them. */
  boolean isConnected() {
    return layers.stream().anyMatch(layer -> layer.connected() != null);
  }

  /** Returns the number of weights. */
  public long parameterCount() {
    return layers.stream().mapToLong(Layer::parameterCount).sum();
  }

  /** Returns the text; the line separator of the system ends each line. */
  public String text(SummaryOptions options) {
    return new SummaryText(this, options).text();
  }
}
