package dev.sinter.layers;

import dev.sinter.errors.InputException;

/**
 * States the number of features of a sample, so that a model is built before it sees data. Comes
 * first or not at all and is not one of the model's layers, as in Keras.
 *
 * @param features I, at least 1: samples are vectors [I]
 */
public record Input(int features) implements Layer {
  public Input {
    if (features < 1) {
      throw InputException.of(
          "Input", "at least 1 feature", features, "Give the length of one sample");
    }
  }

  @Override
  public String name() {
    return null;
  }

  @Override
  public String className() {
    return "InputLayer";
  }
}
