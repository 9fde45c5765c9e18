package dev.sinter.data;

import dev.sinter.errors.InputException;
import java.util.Arrays;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Samples with their labels: a lazy, immutable view of two tensors.
 *
 * <p>Immutable: any number of threads may use it.
 *
 * <p>{@code x} is [N, features...], {@code y} is [N] or [N, K] and may be absent. A view selects
 * rows and carries an affine scale (x * scale + offset) that the training program folds into the
 * gather of each batch, so neither copies anything.
 */
public final class Dataset {
  private final Tensor x; // [N, features...] all rows, unscaled
  private final @Nullable Tensor y; // [N] or [N, K], or null
  private final @Nullable Tensor weights; // [N], or null if all are 1
  private final int first; // the view has rows [first, first + size)
  private final int size;
  private final boolean flat;
  private final float scale;
  private final float offset;

  private Dataset(
      Tensor x,
      @Nullable Tensor y,
      @Nullable Tensor weights,
      int first,
      int size,
      boolean flat,
      float scale,
      float offset) {
    this.x = x;
    this.y = y;
    this.weights = weights;
    this.first = first;
    this.size = size;
    this.flat = flat;
    this.scale = scale;
    this.offset = offset;
  }

  /** Creates a dataset of samples with labels, or null for none; neither tensor is copied. */
  public static Dataset of(Tensor x, @Nullable Tensor y) {
    if (x.rank() < 2) {
      throw new InputException(
          "Dataset x: expected [samples, features...], received %s. Reshape it: a column of values is [N, 1]."
              .formatted(Arrays.toString(x.shape())));
    }
    if (y != null && y.rank() != 1 && y.rank() != 2) {
      throw new InputException(
          "Dataset y: expected [samples] or [samples, classes], received %s. Reshape the labels."
              .formatted(Arrays.toString(y.shape())));
    }
    if (y != null && y.dimension(0) != x.dimension(0)) {
      throw new InputException(
          "Dataset: expected %s labels, one per sample, received %s. Use labels that belong to these samples."
              .formatted(x.dimension(0), y.dimension(0)));
    }
    return new Dataset(x, y, null, 0, x.dimension(0), false, 1, 0);
  }

  /** Creates a dataset without labels, for predictions. */
  public static Dataset of(Tensor x) {
    return of(x, null);
  }

  /** Creates a dataset of rows with class labels. */
  public static Dataset of(float[][] x, int[] y) {
    return of(Tensor.of(x), Tensor.of(y));
  }

  /** Creates a dataset of rows with target rows (one-hot labels, regression targets). */
  public static Dataset of(float[][] x, float[][] y) {
    return of(Tensor.of(x), Tensor.of(y));
  }

  /** Returns a view whose samples are vectors: [N, product of the features]. */
  public Dataset flatten() {
    return new Dataset(x, y, weights, first, size, true, scale, offset);
  }

  /** Returns a view with inputs multiplied by a factor; uint8 becomes float32. */
  public Dataset scale(float factor) {
    requireFinite("Dataset.scale", factor);
    return new Dataset(x, y, weights, first, size, flat, scale * factor, offset * factor);
  }

  /** Returns a view with a number added to the inputs, after any previous scale. */
  public Dataset offset(float addend) {
    requireFinite("Dataset.offset", addend);
    return new Dataset(x, y, weights, first, size, flat, scale, offset + addend);
  }

  /**
   * Returns this dataset with the flattening, scale and offset of another one (test data like
   * training data).
   */
  public Dataset like(Dataset other) {
    return new Dataset(x, y, weights, first, size, other.flat, other.scale, other.offset);
  }

  /** Returns the first {@code count} samples, or all if there are fewer. */
  public Dataset take(int count) {
    return new Dataset(x, y, weights, first, counted("take", count), flat, scale, offset);
  }

  /** Returns the samples after the first {@code count}. */
  public Dataset skip(int count) {
    int skipped = counted("skip", count);
    return new Dataset(x, y, weights, first + skipped, size - skipped, flat, scale, offset);
  }

  /**
   * Returns the same samples with weights: how much each counts in the loss, and in weighted
   * metrics. The loss of a batch is still divided by the number of its samples.
   *
   * @param values one a sample of this view, at least 0
   */
  public Dataset weights(float... values) {
    if (values.length != size) {
      throw InputException.of(
          "Dataset.weights",
          size + " weights, one per sample",
          values.length,
          "Use weights that belong to these samples");
    }
    float[] all = new float[x.dimension(0)];
    for (int i = 0; i < size; i++) {
      if (!(values[i] >= 0 && values[i] <= Float.MAX_VALUE)) {
        throw InputException.of(
            "Dataset.weights, weight " + i,
            "a finite number of at least 0",
            values[i],
            "Correct the weight");
      }
      all[first + i] = values[i];
    }
    return new Dataset(x, y, Tensor.of(all), first, size, flat, scale, offset);
  }

  /** Returns the same samples with weights [N] or [N, 1]; see {@link #weights(float...)}. */
  public Dataset weights(Tensor values) {
    return weights(values.toFloats());
  }

  /**
   * Returns the same samples with one-hot labels [N, classes]; see {@link Labels#toCategorical}.
   */
  public Dataset toCategorical(int classes) {
    return new Dataset(
        x,
        Labels.toCategorical(requireLabels(), classes),
        weights,
        first,
        size,
        flat,
        scale,
        offset);
  }

  /** Returns the number of samples in this view. */
  public int size() {
    return size;
  }

  /** Returns the shape of one sample, without the batch axis. */
  public int[] featureShape() {
    return flat ? new int[] {x.rowSize()} : Arrays.copyOfRange(x.shape(), 1, x.rank());
  }

  /** Returns all inputs behind this view, unscaled, including rows outside the view: read only. */
  public Tensor source() {
    return x;
  }

  /** Returns all labels behind this view, including rows outside the view, or null: read only. */
  public @Nullable Tensor sourceLabels() {
    return y;
  }

  /** Returns the weights of all inputs behind this view, or null if all are 1: read only. */
  public @Nullable Tensor sourceWeights() {
    return weights;
  }

  /** Returns the index in {@link #source()} of the first row of this view. */
  public int firstRow() {
    return first;
  }

  /** Returns how the numbers of {@link #source()} become inputs. */
  public InputScale inputScale() {
    return new InputScale(scale, offset);
  }

  /** Returns the factor of x * factor + offset. */
  public float scaleFactor() {
    return scale;
  }

  /** Returns the addend of x * factor + offset. */
  public float scaleOffset() {
    return offset;
  }

  /**
   * Returns a copy of the inputs as the network sees them, scaled and shaped; uint8 only if no
   * scale or offset is set.
   */
  public Tensor x() {
    int[] shape = IntStream.concat(IntStream.of(size), Arrays.stream(featureShape())).toArray();
    Tensor rows = x.rows(first, first + size).reshape(shape);
    if (scale == 1 && offset == 0) {
      return rows;
    }
    float[] scaled = rows.toFloats();
    for (int i = 0; i < scaled.length; i++) {
      scaled[i] = scaled[i] * scale + offset;
    }
    return Tensor.of(scaled, shape);
  }

  /** Returns a copy of the labels of this view. */
  public Tensor y() {
    return requireLabels().rows(first, first + size);
  }

  private int counted(String method, int count) {
    if (count < 0) {
      throw InputException.of(
          "Dataset." + method, "a count of at least 0", count, "Correct the count");
    }
    return Math.min(count, size);
  }

  private static void requireFinite(String where, float value) {
    if (!Float.isFinite(value)) {
      throw InputException.of(where, "a finite number", value, "Correct the number");
    }
  }

  private Tensor requireLabels() {
    if (y == null) {
      throw InputException.of(
          "Dataset", "labels", "samples alone", "Create the dataset with labels: Dataset.of(x, y)");
    }
    return y;
  }

  /** Returns shapes and type, such as {@code Dataset[60000 x [784] uint8, labels [60000]]}. */
  @Override
  public String toString() {
    String text = "Dataset[" + size + " x " + Arrays.toString(featureShape()) + " " + x.type();
    if (y != null) {
      int[] labels = y.shape();
      labels[0] = size;
      text += ", labels " + Arrays.toString(labels);
    }
    return text + (weights == null ? "]" : ", weights]");
  }
}
