package dev.sinter.testkit;

import java.util.Random;

/** Seeded numbers for tests; all are exact in float32. */
public final class Samples {
  private final Random random;

  /** Opens a sequence. */
  public Samples(long seed) {
    this.random = new Random(seed);
  }

  /** Returns normally distributed numbers, [rows][columns]. */
  public double[][] normal(int rows, int columns) {
    return normal(rows, columns, 1);
  }

  /** Returns normally distributed numbers times a scale. */
  public double[][] normal(int rows, int columns, double scale) {
    return fill(rows, columns, () -> scale * random.nextGaussian());
  }

  /** Returns uniform random numbers from [low, high). */
  public double[][] uniform(int rows, int columns, double low, double high) {
    return fill(rows, columns, () -> low + (high - low) * random.nextDouble());
  }

  /** Returns integers from 0 to below a bound. */
  public double[][] indices(int rows, int columns, int bound) {
    return fill(rows, columns, () -> random.nextInt(bound));
  }

  /** Returns rows of positive numbers that add up to 1. */
  public double[][] distributions(int rows, int columns) {
    double[][] values = uniform(rows, columns, 0.01, 1);
    for (double[] row : values) {
      double sum = java.util.Arrays.stream(row).sum();
      for (int column = 0; column < columns; column++) {
        row[column] = (float) (row[column] / sum);
      }
    }
    return values;
  }

  /** Returns rows with one 1 each. */
  public double[][] oneHot(int rows, int columns) {
    double[][] values = new double[rows][columns];
    for (double[] row : values) {
      row[random.nextInt(columns)] = 1;
    }
    return values;
  }

  /** Returns normally distributed floats. */
  public float[] floats(int length) {
    return flatten(normal(1, length));
  }

  /** Returns bytes of all values. */
  public byte[] bytes(int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Returns row numbers from 0 to below a bound, with repetitions. */
  public int[] order(int length, int bound) {
    return random.ints(length, 0, bound).toArray();
  }

  private static double[][] fill(int rows, int columns, java.util.function.DoubleSupplier next) {
    double[][] values = new double[rows][columns];
    for (double[] row : values) {
      for (int column = 0; column < columns; column++) {
        row[column] = (float) next.getAsDouble();
      }
    }
    return values;
  }

  /** Returns the numbers row by row as floats. */
  public static float[] flatten(double[][] values) {
    float[] flat = new float[values.length * values[0].length];
    int i = 0;
    for (double[] row : values) {
      for (double value : row) {
        flat[i++] = (float) value;
      }
    }
    return flat;
  }
}
