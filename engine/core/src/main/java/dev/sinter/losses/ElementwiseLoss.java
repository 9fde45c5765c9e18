package dev.sinter.losses;

import dev.sinter.program.Expression;

/**
 * A loss that is a mean, or a sum, over the outputs of a sample. A record with a name and two
 * expressions is a new loss, on every backend. Immutable: any number of threads may use it.
 *
 * <pre>{@code record Cubed(String name) implements ElementwiseLoss { // |p - y|^3
 *   private static final Expression E = input(0).minus(input(1));
 *   private static final Expression A = E.max(E.times(-1));
 *   public Expression element() { return A.times(A).times(A); }
 *   public Expression derivative() { return E.times(A).times(3); }
 * }}</pre>
 */
public non-sealed interface ElementwiseLoss extends Loss {
  /** Returns what one output adds: an expression of Input 0 = p, the output, and Input 1 = y. */
  Expression element();

  /** Returns the derivative of {@link #element} by p, of the same inputs. */
  Expression derivative();

  /** Returns whether a sample's loss is the sum over its outputs; by default it is their mean. */
  default boolean isSummed() {
    return false;
  }

  /**
   * Returns how many label columns belong to so many outputs: one each by default. The only other
   * number is 1: then y is that label in every column, and an expression that needs the class's own
   * compares it with {@link Expression.Column}.
   */
  @Override
  default int labelColumns(int outputs) {
    return outputs;
  }
}
