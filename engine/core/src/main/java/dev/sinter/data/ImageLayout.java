package dev.sinter.data;

import dev.sinter.errors.InputException;
import java.util.Optional;

/**
 * How a row of features forms an image: its size, and whether it was unrolled by rows or by
 * columns.
 *
 * <p>Immutable: any number of threads may use it.
 *
 * @param rows of pixels, at least 1
 * @param columns of pixels, at least 1
 * @param byColumns whether the pixel at (row, column) is feature column * rows + row, as in the
 *     zero/one lab; otherwise it is feature row * columns + column
 */
public record ImageLayout(int rows, int columns, boolean byColumns) {
  public ImageLayout {
    if (rows < 1 || columns < 1 || (long) rows * columns > Integer.MAX_VALUE) {
      throw InputException.of(
          "image layout", "at least 1 x 1 pixel", rows + " x " + columns, "Correct the size");
    }
  }

  /** Returns the layout of an image unrolled by rows. */
  public static ImageLayout byRows(int rows, int columns) {
    return new ImageLayout(rows, columns, false);
  }

  /** Returns the layout of an image unrolled by columns. */
  public static ImageLayout byColumns(int rows, int columns) {
    return new ImageLayout(rows, columns, true);
  }

  /** Returns the square layout, by rows, for a number of features, if it is a square number. */
  public static Optional<ImageLayout> square(int features) {
    int side = (int) Math.round(Math.sqrt(features));
    return side > 0 && side * side == features ? Optional.of(byRows(side, side)) : Optional.empty();
  }

  /** Returns the number of pixels. */
  public int features() {
    return rows * columns;
  }

  /** Returns the index of a pixel among the features. */
  public int index(int row, int column) {
    return byColumns ? column * rows + row : row * columns + column;
  }

  /**
   * Checks that rows of features have the size of this image.
   *
   * @param where the name of the data in the message
   */
  public void require(String where, int features) {
    if (features != features()) {
      throw new InputException(
          "%s: expected %s features, an image of %s x %s, received %s. Name the layout that belongs to the data."
              .formatted(where, features(), rows, columns, features));
    }
  }
}
