package dev.sinter.layers;

import dev.sinter.errors.InputException;
import dev.sinter.program.Philox;

/**
 * Weights whose rows or columns, whichever are fewer, are orthogonal and of length gain. The rows
 * of a weight of several dimensions are all of them but the last. Made of normal numbers by the
 * method of Gram and Schmidt. Immutable: any number of threads may use it. Saxe et al., ICLR 2014.
 * Source: Keras, initializers/random_initializers.py.
 *
 * @param gain a finite length, 1 by default
 */
public record Orthogonal(double gain) implements Initializer {
  public Orthogonal {
    if (!Double.isFinite(gain)) {
      throw InputException.of("Orthogonal", "a finite gain", gain, "Correct the gain");
    }
  }

  /** Creates an initializer of vectors of length 1. */
  public Orthogonal() {
    this(1);
  }

  @Override
  public float[] weights(int[] shape, Philox random) {
    float[] weights = new float[Fan.size(shape)];
    int columns = shape[shape.length - 1];
    int rows = weights.length / columns;
    int count = Math.min(rows, columns);
    double[][] vectors = new double[count][Math.max(rows, columns)];
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < vectors[i].length; j++) {
        vectors[i][j] = random.normal((long) i * vectors[i].length + j);
      }
      for (int earlier = 0; earlier < i; earlier++) {
        add(vectors[i], -dot(vectors[i], vectors[earlier]), vectors[earlier]);
      }
      add(vectors[i], 1 / Math.sqrt(dot(vectors[i], vectors[i])) - 1, vectors[i]);
    }
    for (int i = 0; i < weights.length; i++) {
      int row = i / columns;
      int column = i % columns;
      weights[i] = (float) (gain * (rows < columns ? vectors[row][column] : vectors[column][row]));
    }
    return weights;
  }

  private static double dot(double[] x, double[] y) {
    double sum = 0;
    for (int i = 0; i < x.length; i++) {
      sum += x[i] * y[i];
    }
    return sum;
  }

  /** x = x + factor y. */
  private static void add(double[] x, double factor, double[] y) {
    for (int i = 0; i < x.length; i++) {
      x[i] += factor * y[i];
    }
  }
}
