package dev.sinter.layers;

import dev.sinter.compile.LayerRule;
import dev.sinter.errors.InputException;
import dev.sinter.program.ActivationFunction;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A fully connected layer: output = activation(input W + b). Immutable: any number of threads may
 * use it.
 *
 * <p>Input [B, I], output [B, units], kernel W [I, units], bias b [units]. Source: Keras,
 * layers/core/dense.py.
 *
 * <pre>{@code new Dense(512).relu()
 * new Dense(10, "softmax").name("probabilities")}</pre>
 *
 * @param units at least 1
 * @param activation linear by default
 * @param useBias true by default
 * @param kernel glorot uniform at first by default
 * @param bias zeros at first by default
 * @param name null by default: the model makes one
 */
public record Dense(
    int units,
    ActivationFunction activation,
    boolean useBias,
    WeightSettings kernel,
    WeightSettings bias,
    @Nullable String name)
    implements Layer {
  public Dense {
    Objects.requireNonNull(activation, "activation");
    Objects.requireNonNull(kernel, "kernel");
    Objects.requireNonNull(bias, "bias");
    if (units < 1) {
      throw new InputException(
          "Dense%s: expected at least 1 unit, received %s. Correct the number of units."
              .formatted(name == null ? "" : " " + name, units));
    }
    if (units == 1 && activation == ActivationFunction.SOFTMAX) {
      throw InputException.of(
          "Dense" + (name == null ? "" : " " + name),
          "at least 2 units under softmax",
          1,
          "Softmax over one unit is always 1: use sigmoid");
    }
  }

  /** Creates a layer without an activation. */
  public Dense(int units) {
    this(units, ActivationFunction.LINEAR);
  }

  /** Creates a layer with an activation. */
  public Dense(int units, ActivationFunction activation) {
    this(
        units,
        activation,
        true,
        new WeightSettings(Initializer.GLOROT_UNIFORM),
        new WeightSettings(Initializer.ZEROS),
        null);
  }

  /** Creates a layer with an activation by Keras's name. */
  public Dense(int units, String activation) {
    this(units, ActivationFunction.of(activation));
  }

  /** Returns this layer with another activation. */
  public Dense activation(ActivationFunction other) {
    return new Dense(units, other, useBias, kernel, bias, name);
  }

  /** Returns this layer with max(z, 0). */
  public Dense relu() {
    return activation(ActivationFunction.RELU);
  }

  /** Returns this layer with 1 / (1 + exp(-z)). */
  public Dense sigmoid() {
    return activation(ActivationFunction.SIGMOID);
  }

  /** Returns this layer with the hyperbolic tangent. */
  public Dense tanh() {
    return activation(ActivationFunction.TANH);
  }

  /** Returns this layer with softmax over its units. */
  public Dense softmax() {
    return activation(ActivationFunction.SOFTMAX);
  }

  /** Returns this layer with a bias or without. */
  public Dense useBias(boolean other) {
    return new Dense(units, activation, other, kernel, bias, name);
  }

  /** Returns this layer with other settings of the kernel. */
  public Dense kernel(WeightSettings other) {
    return new Dense(units, activation, useBias, other, bias, name);
  }

  /** Returns this layer with other settings of the bias. */
  public Dense bias(WeightSettings other) {
    return new Dense(units, activation, useBias, kernel, other, name);
  }

  /** Returns the initializer of the kernel. */
  public Initializer kernelInitializer() {
    return kernel.initializer();
  }

  /** Returns the initializer of the bias. */
  public Initializer biasInitializer() {
    return bias.initializer();
  }

  /** Returns this layer with a penalty on the kernel. */
  public Dense kernelRegularizer(Regularizer other) {
    return kernel(kernel.regularizer(other));
  }

  /** Returns this layer with a penalty on the biases. */
  public Dense biasRegularizer(Regularizer other) {
    return bias(bias.regularizer(other));
  }

  /** Returns this layer with a constraint of the kernel. */
  public Dense kernelConstraint(Constraint other) {
    return kernel(kernel.constraint(other));
  }

  /** Returns this layer with a constraint of the biases. */
  public Dense biasConstraint(Constraint other) {
    return bias(bias.constraint(other));
  }

  /** Returns this layer with other initial kernel weights. */
  public Dense kernelInitializer(Initializer other) {
    return kernel(kernel.initializer(other));
  }

  /** Returns this layer with other initial kernel weights, by Keras's name. */
  public Dense kernelInitializer(String other) {
    return kernelInitializer(Initializer.of(other));
  }

  /** Returns this layer with other initial biases. */
  public Dense biasInitializer(Initializer other) {
    return bias(bias.initializer(other));
  }

  /** Returns this layer with other initial biases, by Keras's name. */
  public Dense biasInitializer(String other) {
    return biasInitializer(Initializer.of(other));
  }

  /** Returns this layer with a name. */
  public Dense name(String other) {
    return new Dense(units, activation, useBias, kernel, bias, other);
  }

  @Override
  public String className() {
    return "Dense";
  }

  @Override
  public List<LayerRule> rules() {
    LayerRule product = new DenseRule(units, kernel, useBias ? bias : null);
    return activation == ActivationFunction.LINEAR
        ? List.of(product)
        : List.of(product, new ActivationRule(activation));
  }
}
