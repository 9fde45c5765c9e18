package dev.sinter.report;

import java.util.List;

/**
 * What a model is made of, ready to print.
 *
 * @param model its name
 * @param layers in order
 * @param optimizer null before compile, or where nothing is known of one
 * @param memory null while the model is not built
 */
public record Summary(String model, List<Layer> layers, Optimizer optimizer, Memory memory) {
  public Summary {
    layers = List.copyOf(layers);
  }

  /**
   * A layer.
   *
   * @param type Keras's class name
   * @param outputs features that go out; 0 while that is not known
   * @param built whether the number of its weights is known
   * @param weights empty for a layer without
   */
  public record Layer(String name, String type, int outputs, boolean built, List<Weight> weights) {
    public Layer {
      weights = List.copyOf(weights);
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
   * An optimizer and what it keeps.
   *
   * @param name Keras's
   * @param slots what it keeps for each weight
   * @param inUse whether a step was done: Keras counts it from then on
   */
  public record Optimizer(String name, List<String> slots, boolean inUse) {
    /** Step counter and learning rate, which Keras counts as variables. */
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
   * Memory in bytes, padding included.
   *
   * @param gradients 0 where nothing is trained
   * @param slots the optimizer's state
   * @param scratch of a training step; 0 where nothing is trained
   * @param batchSize of that step
   */
  public record Memory(long weights, long gradients, long slots, long scratch, int batchSize) {}

  /** Returns the number of weights. */
  public long parameterCount() {
    return layers.stream().mapToLong(Layer::parameterCount).sum();
  }

  /** Returns the text, each line ended by the system's line separator. */
  public String text(SummaryOptions options) {
    return new SummaryText(this, options).text();
  }
}
