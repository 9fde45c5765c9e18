package dev.sinter.dl4j;

import dev.sinter.layers.Dense;
import dev.sinter.layers.Layer;
import dev.sinter.program.ActivationFunction;

/**
 * A dense layer or an output layer of DL4J. Immutable: any number of threads may use it.
 *
 * @param name of the layer, unique in its network
 * @param inputs I
 * @param units U
 * @param activation of the output [B, U]
 * @param bias whether there is one
 * @param kernelPenalty on W [I, U]
 * @param biasPenalty on b [U]
 */
record DenseUnit(
    String name,
    int inputs,
    int units,
    ActivationFunction activation,
    boolean bias,
    Penalty kernelPenalty,
    Penalty biasPenalty) {
  /** Returns the number of elements of W. */
  long kernelSize() {
    return (long) inputs * units;
  }

  /** Returns the number of elements of W and b. */
  long size() {
    return kernelSize() + (bias ? units : 0);
  }

  boolean isPenalized() {
    return !kernelPenalty.isNone() || (bias && !biasPenalty.isNone());
  }

  /** Returns the layer that computes it, without penalties. */
  Dense dense() {
    return new Dense(units, activation).useBias(bias).name(name);
  }

  /** Returns the layer that trains it as DL4J does. */
  Layer layer() {
    return isPenalized() ? new PenalizedDense(dense(), kernelPenalty, biasPenalty) : dense();
  }
}
