package dev.sinter.layers;

import dev.sinter.compile.Weight;

/**
 * The initial values of weights. A function of the shape and of random numbers is a new
 * initializer. Immutable: any number of threads may use it.
 *
 * <pre>{@code Initializer small = (shape, random) -> {
 *   float[] weights = new float[shape[0] * shape[1]]; // a kernel [inputs, units]
 *   for (int i = 0; i < weights.length; i++) {
 *     weights[i] = 0.01f * random.uniform(i); // from [0, 0.01)
 *   }
 *   return weights;
 * };
 * new Dense(10).kernelInitializer(small)}</pre>
 *
 * <p>Those here have Keras's names and defaults; {@link Constant}, {@link RandomUniform}, {@link
 * RandomNormal}, {@link TruncatedNormal}, {@link VarianceScaling} and {@link Orthogonal} have
 * settings.
 *
 * <p>It must not remember anything: the same shape and numbers give the same weights. Fan in is the
 * product of all dimensions but the last: 1 for a bias, whose length is both fans in Keras. Fan out
 * is the last dimension, times those before the last two. Source: Keras,
 * initializers/random_initializers.py.
 */
@FunctionalInterface
public interface Initializer extends Weight.Start {
  /** All 0. */
  Initializer ZEROS = NamedInitializer.constant("zeros", 0);

  /** All 1. */
  Initializer ONES = NamedInitializer.constant("ones", 1);

  /** Uniform in [-0.05, 0.05). */
  Initializer RANDOM_UNIFORM = NamedInitializer.uniform("random_uniform", fan -> 0.05);

  /** Normal, of mean 0 and standard deviation 0.05. */
  Initializer RANDOM_NORMAL = NamedInitializer.normal("random_normal");

  /** Normal, of mean 0 and standard deviation 0.05, without what lies beyond 2 of these. */
  Initializer TRUNCATED_NORMAL = NamedInitializer.truncated("truncated_normal", fan -> 0.05);

  /** Uniform in [-L, L), L = sqrt(6 / (fan in + fan out)). Glorot and Bengio, AISTATS 2010. */
  Initializer GLOROT_UNIFORM =
      NamedInitializer.uniform("glorot_uniform", fan -> Math.sqrt(3 / fan.mean()));

  /**
   * Normal, of mean 0 and variance 2 / (fan in + fan out), drawn from a wider one and cut off at 2
   * of its standard deviations.
   */
  Initializer GLOROT_NORMAL =
      NamedInitializer.truncated("glorot_normal", fan -> Fan.wider(1 / fan.mean()));

  /** Uniform in [-L, L), L = sqrt(6 / fan in). He et al., ICCV 2015. */
  Initializer HE_UNIFORM = NamedInitializer.uniform("he_uniform", fan -> Math.sqrt(6 / fan.in()));

  /** Normal, of mean 0 and variance 2 / fan in, cut off like {@link #GLOROT_NORMAL}. */
  Initializer HE_NORMAL = NamedInitializer.truncated("he_normal", fan -> Fan.wider(2 / fan.in()));

  /** Uniform in [-L, L), L = sqrt(3 / fan in). */
  Initializer LECUN_UNIFORM =
      NamedInitializer.uniform("lecun_uniform", fan -> Math.sqrt(3 / fan.in()));

  /** Normal, of mean 0 and variance 1 / fan in, cut off like {@link #GLOROT_NORMAL}. */
  Initializer LECUN_NORMAL =
      NamedInitializer.truncated("lecun_normal", fan -> Fan.wider(1 / fan.in()));

  /** Returns the initializer with Keras's name for it or its class's name, in any case. */
  static Initializer of(String name) {
    return InitializerNames.KNOWN.get(name);
  }
}
