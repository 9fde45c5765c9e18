package dev.sinter.layers;

import dev.sinter.compile.Features;
import dev.sinter.compile.LayerRule;
import dev.sinter.errors.InputException;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * States the shape of a sample, so that a model is built before it sees data. Comes first or not at
 * all and is not one of the model's layers, as in Keras. Immutable: any number of threads may use
 * it.
 *
 * <p>A functional model begins with {@link #of}: each of its inputs has a name.
 *
 * @param inputShape of a sample, such as [784] for vectors
 * @param name null by default: the model makes one
 */
public record Input(Features inputShape, @Nullable String name) implements Layer {
  /** Creates an input without a name. */
  public Input(Features inputShape) {
    this(inputShape, null);
  }

  /** Creates a layer for samples of a shape, as in {@code new Input(784)}. */
  public Input(int... dimensions) {
    this(checked(dimensions));
  }

  /** Returns an input of a functional model: {@code Input.of("pixels", 784)}. */
  public static Node of(String name, int... dimensions) {
    return new Input(checked(dimensions), name).node();
  }

  /** Returns an input of a functional model. */
  public static Node of(int... dimensions) {
    return new Input(dimensions).node();
  }

  /** Returns a new input of a functional model, described by this. */
  public Node node() {
    return Node.of(new Input(inputShape, name));
  }

  private static Features checked(int... dimensions) {
    double size = Arrays.stream(dimensions).asDoubleStream().reduce(1, (a, b) -> a * b);
    boolean positive = Arrays.stream(dimensions).allMatch(length -> length > 0);
    if (dimensions.length == 0 || !positive || size > Integer.MAX_VALUE) {
      throw InputException.of(
          "Input",
          size > Integer.MAX_VALUE
              ? "at most " + Integer.MAX_VALUE + " features"
              : "at least 1 feature",
          dimensions.length == 1 ? dimensions[0] : Arrays.toString(dimensions),
          "Give the length of one sample");
    }
    return Features.of(dimensions);
  }

  /** Returns the number of features of a sample. */
  public int features() {
    return inputShape.size();
  }

  @Override
  public String className() {
    return "InputLayer";
  }

  /** Returns none: the model reads the shape and does not compute this layer. */
  @Override
  public List<LayerRule> rules() {
    return List.of();
  }
}
