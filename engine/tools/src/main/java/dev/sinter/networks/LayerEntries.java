package dev.sinter.networks;

import dev.sinter.layers.Activation;
import dev.sinter.layers.AveragePooling2D;
import dev.sinter.layers.BatchNormalization;
import dev.sinter.layers.Constant;
import dev.sinter.layers.Constraint;
import dev.sinter.layers.Conv2D;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Dropout;
import dev.sinter.layers.ELU;
import dev.sinter.layers.Flatten;
import dev.sinter.layers.GlobalAveragePooling2D;
import dev.sinter.layers.Initializer;
import dev.sinter.layers.L1L2;
import dev.sinter.layers.Layer;
import dev.sinter.layers.LayerNormalization;
import dev.sinter.layers.LeakyReLU;
import dev.sinter.layers.MaxPooling2D;
import dev.sinter.layers.Normalization;
import dev.sinter.layers.Orthogonal;
import dev.sinter.layers.Padding;
import dev.sinter.layers.RandomNormal;
import dev.sinter.layers.RandomUniform;
import dev.sinter.layers.ReLU;
import dev.sinter.layers.Regularizer;
import dev.sinter.layers.Rescaling;
import dev.sinter.layers.Reshape;
import dev.sinter.layers.Softmax;
import dev.sinter.layers.TruncatedNormal;
import dev.sinter.program.ActivationFunction;
import java.util.List;
import java.util.stream.Stream;

/** The layers that a file may name, by Keras's names and with Keras's settings. */
final class LayerEntries {
  private static final Key<String> NAME = Key.of("name", Type.NAME);
  private static final Key<Double> EPSILON = Key.of("epsilon", Type.NUMBER);
  private static final Key<Double> MEAN = Key.of("mean", Type.NUMBER);
  private static final Key<Double> STDDEV = Key.of("stddev", Type.NUMBER);
  private static final Key<Boolean> CENTER = Key.of("center", Type.BOOLEAN);
  private static final Key<Boolean> SCALE = Key.of("scale", Type.BOOLEAN);
  private static final Key<Boolean> USE_BIAS = Key.of("use_bias", Type.BOOLEAN);

  private static final Key<ActivationFunction> FUNCTION =
      Key.of(
          "activation",
          Type.oneOf(
              "activation", List.of(ActivationFunction.values()), ActivationFunction::toString));

  private static final Choice<Initializer> INITIALIZER =
      new Choice<>(
          "initializer",
          Stream.concat(
                  Stream.of(
                          "glorot_uniform",
                          "glorot_normal",
                          "he_uniform",
                          "he_normal",
                          "lecun_uniform",
                          "lecun_normal",
                          "zeros",
                          "ones")
                      .map(name -> Entry.of(name, () -> Initializer.of(name))),
                  Stream.<Entry<? extends Initializer>>of(
                      Entry.of("constant", Key.of("value", Type.NUMBER), Constant::new),
                      Entry.of("orthogonal", () -> new Orthogonal(1))
                          .with(Key.of("gain", Type.NUMBER), (one, gain) -> new Orthogonal(gain)),
                      Entry.of("random_normal", () -> new RandomNormal(0, 0.05))
                          .with(MEAN, (r, mean) -> new RandomNormal(mean, r.stddev()))
                          .with(STDDEV, (r, stddev) -> new RandomNormal(r.mean(), stddev)),
                      Entry.of("truncated_normal", () -> new TruncatedNormal(0, 0.05))
                          .with(MEAN, (r, mean) -> new TruncatedNormal(mean, r.stddev()))
                          .with(STDDEV, (r, stddev) -> new TruncatedNormal(r.mean(), stddev)),
                      Entry.of("random_uniform", () -> new RandomUniform(-0.05, 0.05))
                          .with(
                              Key.of("minval", Type.NUMBER),
                              (r, low) -> new RandomUniform(low, Math.max(low, r.maxval())))
                          .with(
                              Key.of("maxval", Type.NUMBER),
                              (r, high) -> new RandomUniform(r.minval(), high))))
              .toList());
  private static final Key<Initializer> KERNEL = Key.of("kernel_initializer", INITIALIZER);
  private static final Key<Initializer> BIAS = Key.of("bias_initializer", INITIALIZER);

  /** A number for both axes, or one for each. */
  private static final Type<List<Integer>> PAIR =
      Type.of(
          Type.ordered("anyOf", List.of(Type.integer(1).schema(), pair().schema())),
          value -> value.isList() ? pair().read(value) : twice(Type.integer(1).read(value)));

  private static final Key<List<Integer>> STRIDES = Key.of("strides", PAIR);
  private static final Key<List<Integer>> POOL = Key.of("pool_size", PAIR);
  private static final Key<Padding> PADDING =
      Key.of("padding", Type.oneOf("padding", List.of(Padding.values()), Padding::toString));

  private static final Key<Double> L1 = Key.of("l1", Type.NUMBER);
  private static final Key<Double> L2 = Key.of("l2", Type.NUMBER);

  private static final Choice<Regularizer> REGULARIZER =
      new Choice<>(
          "regularizer",
          List.of(
              Entry.of("l1", () -> new L1L2(0.01, 0)).with(L1, (none, l1) -> new L1L2(l1, 0)),
              Entry.of("l2", () -> new L1L2(0, 0.01)).with(L2, (none, l2) -> new L1L2(0, l2)),
              new Entry<>(
                  "l1_l2", new Section(List.of(), List.of(L1, L2)), LayerEntries::penalties)));

  private static final Choice<Constraint> CONSTRAINT =
      new Choice<>(
          "constraint",
          List.of(
              Entry.of("non_neg", () -> Constraint.NON_NEGATIVE),
              Entry.of("max_norm", () -> Constraint.maxNorm(2))
                  .with(Key.of("max_value", Type.NUMBER), (none, max) -> Constraint.maxNorm(max)),
              Entry.of("unit_norm", () -> Constraint.unitNorm())));

  static final Choice<Layer> ALL =
      new Choice<>(
          "layer",
          List.of(
              Entry.of(
                      "Dense",
                      Key.of("units", Type.integer(1)),
                      (Integer units) -> new Dense(units))
                  .with(FUNCTION, Dense::activation)
                  .with(USE_BIAS, Dense::useBias)
                  .with(KERNEL, Dense::kernelInitializer)
                  .with(BIAS, Dense::biasInitializer)
                  .with(Key.of("kernel_regularizer", REGULARIZER), Dense::kernelRegularizer)
                  .with(Key.of("bias_regularizer", REGULARIZER), Dense::biasRegularizer)
                  .with(Key.of("kernel_constraint", CONSTRAINT), Dense::kernelConstraint)
                  .with(Key.of("bias_constraint", CONSTRAINT), Dense::biasConstraint)
                  .with(NAME, Dense::name),
              Entry.of("Activation", FUNCTION, (ActivationFunction f) -> new Activation(f))
                  .with(NAME, Activation::name),
              Entry.of("ReLU", () -> new ReLU())
                  .with(Key.of("max_value", Type.NUMBER), ReLU::maxValue)
                  .with(Key.of("negative_slope", Type.NUMBER), ReLU::negativeSlope)
                  .with(Key.of("threshold", Type.NUMBER), ReLU::threshold)
                  .with(NAME, ReLU::name),
              Entry.of("LeakyReLU", () -> new LeakyReLU())
                  .with(
                      Key.of("negative_slope", Type.NUMBER),
                      (layer, slope) -> new LeakyReLU(slope, layer.name()))
                  .with(NAME, LeakyReLU::name),
              Entry.of("ELU", () -> new ELU())
                  .with(Key.of("alpha", Type.NUMBER), (layer, a) -> new ELU(a, layer.name()))
                  .with(NAME, ELU::name),
              Entry.of("Softmax", () -> new Softmax()).with(NAME, Softmax::name),
              Entry.of("Dropout", Key.of("rate", Type.NUMBER), (Double rate) -> new Dropout(rate))
                  .with(NAME, Dropout::name),
              Entry.of("BatchNormalization", () -> new BatchNormalization())
                  .with(Key.of("momentum", Type.NUMBER), BatchNormalization::momentum)
                  .with(EPSILON, BatchNormalization::epsilon)
                  .with(CENTER, BatchNormalization::center)
                  .with(SCALE, BatchNormalization::scale)
                  .with(NAME, BatchNormalization::name),
              Entry.of("LayerNormalization", () -> new LayerNormalization())
                  .with(EPSILON, LayerNormalization::epsilon)
                  .with(CENTER, LayerNormalization::center)
                  .with(SCALE, LayerNormalization::scale)
                  .with(NAME, LayerNormalization::name),
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
                  .with(NAME, Reshape::name),
              Entry.of(
                      "Conv2D",
                      Key.of("filters", Type.integer(1)),
                      Key.of("kernel_size", PAIR),
                      (Integer filters, List<Integer> size) ->
                          new Conv2D(filters, size.get(0), size.get(1)))
                  .with(STRIDES, (layer, each) -> layer.strides(each.get(0), each.get(1)))
                  .with(PADDING, Conv2D::padding)
                  .with(FUNCTION, Conv2D::activation)
                  .with(USE_BIAS, Conv2D::useBias)
                  .with(KERNEL, Conv2D::kernelInitializer)
                  .with(BIAS, Conv2D::biasInitializer)
                  .with(NAME, Conv2D::name),
              Entry.of("MaxPooling2D", () -> new MaxPooling2D())
                  .with(POOL, (none, size) -> new MaxPooling2D(size.get(0), size.get(1)))
                  .with(STRIDES, (layer, each) -> layer.strides(each.get(0), each.get(1)))
                  .with(PADDING, MaxPooling2D::padding)
                  .with(NAME, MaxPooling2D::name),
              Entry.of("AveragePooling2D", () -> new AveragePooling2D())
                  .with(POOL, (none, size) -> new AveragePooling2D(size.get(0), size.get(1)))
                  .with(STRIDES, (layer, each) -> layer.strides(each.get(0), each.get(1)))
                  .with(PADDING, AveragePooling2D::padding)
                  .with(NAME, AveragePooling2D::name),
              Entry.of("GlobalAveragePooling2D", () -> new GlobalAveragePooling2D())
                  .with(NAME, GlobalAveragePooling2D::name)));

  private LayerEntries() {}

  /** As in Keras, one factor that is named leaves the other at 0. */
  private static Regularizer penalties(Section.Values values) {
    double unnamed = values.has(L1) || values.has(L2) ? 0 : 0.01;
    return new L1L2(values.get(L1, unnamed), values.get(L2, unnamed));
  }

  private static Type<List<Integer>> pair() {
    Type<List<Integer>> list = Type.listOf(Type.integer(1));
    return Type.of(
        Type.ordered(
            "type", "array", "items", Type.integer(1).schema(), "minItems", 2, "maxItems", 2),
        value -> {
          List<Integer> numbers = list.read(value);
          if (numbers.size() != 2) {
            throw value.refused(
                "one number, or two: of rows and columns", numbers, "Correct the value");
          }
          return numbers;
        });
  }

  private static List<Integer> twice(int number) {
    return List.of(number, number);
  }
}
