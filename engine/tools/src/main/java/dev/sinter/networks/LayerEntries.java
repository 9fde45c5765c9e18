package dev.sinter.networks;

import dev.sinter.layers.Activation;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Flatten;
import dev.sinter.layers.Initializer;
import dev.sinter.layers.Layer;
import dev.sinter.layers.Normalization;
import dev.sinter.layers.Rescaling;
import dev.sinter.layers.Reshape;
import dev.sinter.program.ActivationFunction;
import java.util.List;

/** The layers that a file may name, by Keras's names and with Keras's settings. */
final class LayerEntries {
  private static final Key<String> NAME = Key.of("name", Type.TEXT);

  private static final Type<ActivationFunction> FUNCTION =
      Type.oneOf("activation", List.of(ActivationFunction.values()), ActivationFunction::toString);

  private static final Type<Initializer> INITIALIZER =
      Type.oneOf(
          "initializer",
          List.of(
              Initializer.GLOROT_UNIFORM,
              Initializer.GLOROT_NORMAL,
              Initializer.HE_UNIFORM,
              Initializer.HE_NORMAL,
              Initializer.LECUN_UNIFORM,
              Initializer.LECUN_NORMAL,
              Initializer.RANDOM_UNIFORM,
              Initializer.RANDOM_NORMAL,
              Initializer.TRUNCATED_NORMAL,
              Initializer.ZEROS,
              Initializer.ONES),
          Object::toString);

  static final Choice<Layer> ALL =
      new Choice<>(
          "layer",
          List.of(
              Entry.of(
                      "Dense",
                      Key.of("units", Type.integer(1)),
                      (Integer units) -> new Dense(units))
                  .with(Key.of("activation", FUNCTION), Dense::activation)
                  .with(Key.of("use_bias", Type.BOOLEAN), Dense::useBias)
                  .with(Key.of("kernel_initializer", INITIALIZER), Dense::kernelInitializer)
                  .with(Key.of("bias_initializer", INITIALIZER), Dense::biasInitializer)
                  .with(NAME, Dense::name),
              Entry.of(
                      "Activation",
                      Key.of("activation", FUNCTION),
                      (ActivationFunction function) -> new Activation(function))
                  .with(NAME, Activation::name),
              Entry.of("Normalization", () -> new Normalization()).with(NAME, Normalization::name),
              Entry.of("Rescaling", Key.of("scale", Type.FRACTION), (Double x) -> new Rescaling(x))
                  .with(
                      Key.of("offset", Type.NUMBER),
                      (layer, offset) -> new Rescaling(layer.scale(), offset, layer.name()))
                  .with(NAME, Rescaling::name),
              Entry.of("Flatten", () -> new Flatten()).with(NAME, Flatten::name),
              Entry.of(
                      "Reshape",
                      Key.of("target_shape", Type.listOf(Type.integer(-1))),
                      (List<Integer> shape) -> new Reshape(shape, null))
                  .with(NAME, Reshape::name)));

  private LayerEntries() {}
}
