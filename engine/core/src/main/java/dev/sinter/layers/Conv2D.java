package dev.sinter.layers;

import dev.sinter.compile.LayerRule;
import dev.sinter.errors.InputException;
import dev.sinter.program.ActivationFunction;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A convolution over images, channels last: output = activation(windows W + b). Immutable: any
 * number of threads may use it.
 *
 * <p>Input [B, H, W, C], output [B, windows down, windows across, filters], kernel [kernel height,
 * kernel width, C, filters], bias [filters]. Source: Keras, layers/convolutional/base_conv.py.
 *
 * <pre>{@code new Conv2D(32, 3).relu()
 * new Conv2D(16, 5).strides(2, 2).padding("same")}</pre>
 *
 * @param filters at least 1
 * @param kernelSize height and width
 * @param strides down and across, 1 by default
 * @param padding valid by default
 * @param activation linear by default; elementwise
 * @param useBias true by default
 * @param kernelInitializer glorot uniform by default
 * @param biasInitializer zeros by default
 * @param name null by default: the model makes one
 */
public record Conv2D(
    int filters,
    List<Integer> kernelSize,
    List<Integer> strides,
    Padding padding,
    ActivationFunction activation,
    boolean useBias,
    Initializer kernelInitializer,
    Initializer biasInitializer,
    @Nullable String name)
    implements Layer {
  public Conv2D {
    String where = "Conv2D" + (name == null ? "" : " " + name);
    kernelSize = Windows.pair(where + ", kernel size", kernelSize);
    strides = Windows.pair(where + ", strides", strides);
    Objects.requireNonNull(padding, "padding");
    Objects.requireNonNull(activation, "activation");
    Objects.requireNonNull(kernelInitializer, "kernelInitializer");
    Objects.requireNonNull(biasInitializer, "biasInitializer");
    if (filters < 1) {
      throw InputException.of(where, "at least 1 filter", filters, "Correct the layer");
    }
    if (!activation.isElementwise()) {
      throw InputException.of(
          where,
          "an activation of single numbers",
          activation,
          "Put it on a Dense layer behind Flatten");
    }
  }

  /** Creates a layer with square windows, without an activation. */
  public Conv2D(int filters, int kernelSize) {
    this(filters, kernelSize, kernelSize);
  }

  /** Creates a layer without an activation. */
  public Conv2D(int filters, int kernelHeight, int kernelWidth) {
    this(
        filters,
        List.of(kernelHeight, kernelWidth),
        List.of(1, 1),
        Padding.VALID,
        ActivationFunction.LINEAR,
        true,
        Initializer.GLOROT_UNIFORM,
        Initializer.ZEROS,
        null);
  }

  /** Returns this layer with equal strides down and across. */
  public Conv2D strides(int stride) {
    return strides(stride, stride);
  }

  /** Returns this layer with other strides. */
  public Conv2D strides(int down, int across) {
    return with(List.of(down, across), padding, activation);
  }

  /** Returns this layer with another padding. */
  public Conv2D padding(Padding other) {
    return with(strides, other, activation);
  }

  /** Returns this layer with another padding, valid or same. */
  public Conv2D padding(String other) {
    return padding(Padding.of(other));
  }

  /** Returns this layer with another activation. */
  public Conv2D activation(ActivationFunction other) {
    return with(strides, padding, other);
  }

  /** Returns this layer with another activation, by Keras's name. */
  public Conv2D activation(String other) {
    return activation(ActivationFunction.of(other));
  }

  /** Returns this layer with max(z, 0). */
  public Conv2D relu() {
    return activation(ActivationFunction.RELU);
  }

  private Conv2D with(
      List<Integer> otherStrides, Padding otherPadding, ActivationFunction otherActivation) {
    return new Conv2D(
        filters,
        kernelSize,
        otherStrides,
        otherPadding,
        otherActivation,
        useBias,
        kernelInitializer,
        biasInitializer,
        name);
  }

  /** Returns this layer with a bias or without. */
  public Conv2D useBias(boolean other) {
    return with(other, kernelInitializer, biasInitializer, name);
  }

  /** Returns this layer with other initial kernel weights. */
  public Conv2D kernelInitializer(Initializer other) {
    return with(useBias, other, biasInitializer, name);
  }

  /** Returns this layer with other initial kernel weights, by Keras's name. */
  public Conv2D kernelInitializer(String other) {
    return kernelInitializer(Initializer.of(other));
  }

  /** Returns this layer with other initial biases. */
  public Conv2D biasInitializer(Initializer other) {
    return with(useBias, kernelInitializer, other, name);
  }

  /** Returns this layer with other initial biases, by Keras's name. */
  public Conv2D biasInitializer(String other) {
    return biasInitializer(Initializer.of(other));
  }

  /** Returns this layer with a name. */
  public Conv2D name(String other) {
    return with(useBias, kernelInitializer, biasInitializer, other);
  }

  private Conv2D with(
      boolean otherBias, Initializer kernel, Initializer bias, @Nullable String otherName) {
    return new Conv2D(
        filters, kernelSize, strides, padding, activation, otherBias, kernel, bias, otherName);
  }

  @Override
  public String className() {
    return "Conv2D";
  }

  @Override
  public List<LayerRule> rules() {
    LayerRule convolution =
        new ConvolutionRule(
            filters,
            new Windows("kernel", kernelSize, strides, padding),
            kernelInitializer,
            useBias ? biasInitializer : null);
    return activation == ActivationFunction.LINEAR
        ? List.of(convolution)
        : List.of(convolution, new ActivationRule(activation));
  }
}
