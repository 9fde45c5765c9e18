package dev.sinter.layers;

/**
 * A building block of a model: an immutable description, without weights and without a place in a
 * model.
 *
 * <p>To add one of your own without weights: implement {@link ElementwiseLayer}. To add another to
 * Sinter: a record here, and the rule that lowers it in {@code dev.sinter.compile.Lowering}.
 */
public sealed interface Layer permits Input, Dense, Activation, ElementwiseLayer {
  /** Returns the name the user gave, or null: the model then makes one from {@link #className}. */
  String name();

  /** Returns Keras's class name, as in {@code Dense}. */
  String className();
}
