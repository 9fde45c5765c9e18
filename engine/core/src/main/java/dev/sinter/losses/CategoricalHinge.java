package dev.sinter.losses;

/**
 * How far the best of the wrong classes comes near the right one: max(0, 1 + max_j (1 - y_j) p_j -
 * sum_j y_j p_j); labels are one-hot rows. Outputs that tie share the gradient. Immutable: any
 * number of threads may use it. Source: Keras, losses/losses.py.
 */
public record CategoricalHinge() implements Loss {
  @Override
  public String name() {
    return "categorical_hinge";
  }

  @Override
  public int labelColumns(int outputs) {
    return outputs;
  }

  @Override
  public String toString() {
    return name();
  }
}
