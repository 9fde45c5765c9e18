package dev.sinter.layers;

import dev.sinter.compile.LayerRule;
import dev.sinter.program.Expression;
import java.util.List;

/**
 * A layer without weights that computes each output from the input in its place: output [B, D] like
 * the input. Open to everybody: a record with two expressions is a new layer, on every backend.
 * Immutable: any number of threads may use it.
 *
 * <pre>{@code record Cubed(String name) implements ElementwiseLayer {
 *   public String className() { return "Cubed"; }
 *   public Expression forward() { return input(0).times(input(0)).times(input(0)); }
 *   public Expression derivative() { return input(0).times(input(0)).times(3); }
 * }}</pre>
 */
public interface ElementwiseLayer extends Layer {
  /** Returns a = f(z) as an expression of Input 0 = z, the element that comes in. */
  Expression forward();

  /** Returns f'(z) as an expression of Input 0 = z and Input 1 = a, the element that goes out. */
  Expression derivative();

  @Override
  default List<LayerRule> rules() {
    return List.of(new ElementwiseRule(this));
  }
}
