package dev.sinter.program;

/**
 * The shape of a value in one replica: a matrix [rows, columns], row-major.
 *
 * <p>A bias is [1, U], one value per sample is [B, 1], a number is [1, 1]. Every value also has a
 * leading replica axis, whose length the {@link Program} states.
 *
 * <p>Immutable: any number of threads may use it.
 *
 * @param rows at least 1
 * @param columns at least 1
 */
public record Shape(int rows, int columns) {
  /** Floats in 256 bytes: the alignment of every replica of every value. */
  public static final int ALIGNMENT_FLOATS = 64;

  public Shape {
    if (rows < 1 || columns < 1) {
      throw new IllegalArgumentException(
          "a shape needs rows and columns of at least 1, received [" + rows + ", " + columns + "]");
    }
    Math.multiplyExact(rows, columns);
  }

  /** The shape of a single number. */
  public static final Shape SCALAR = new Shape(1, 1);

  /** Returns the number of elements. */
  public int size() {
    return rows * columns;
  }

  /**
   * Returns the distance between two replicas of a value of this shape, in floats: the size,
   * rounded up to 256 bytes.
   */
  public int replicaStride() {
    return Math.addExact(size(), ALIGNMENT_FLOATS - 1) / ALIGNMENT_FLOATS * ALIGNMENT_FLOATS;
  }

  /**
   * Returns whether a value of this shape can be repeated along its axes of length 1 to fill
   * another shape.
   */
  public boolean broadcastsTo(Shape target) {
    return (rows == 1 || rows == target.rows) && (columns == 1 || columns == target.columns);
  }

  @Override
  public String toString() {
    return "[" + rows + ", " + columns + "]";
  }
}
