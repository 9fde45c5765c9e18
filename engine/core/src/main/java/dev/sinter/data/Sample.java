package dev.sinter.data;

import dev.sinter.errors.InputException;
import org.jspecify.annotations.Nullable;

/**
 * Room for one sample, which a {@link SampleReader} writes. Used by one thread at a time.
 *
 * <p>Write into the arrays, or have rows of your own copied and their lengths checked:
 *
 * <pre>{@code
 * sample.x(row).label(3);
 * }</pre>
 */
public final class Sample {
  private final Tensor x; // [1, I]
  private final Tensor y; // [1, K]
  private float weight = 1;

  /** Makes room for a sample of a source. */
  public Sample(Tensor.Type type, int features, int labelColumns) {
    this.x =
        type == Tensor.Type.UINT8
            ? Tensor.ofBytes(new byte[features], 1, features)
            : Tensor.of(new float[features], 1, features);
    this.y = Tensor.of(new float[labelColumns], 1, labelColumns);
  }

  /** Returns the inputs [I] of a float32 source, to write to. */
  public float[] x() {
    return x.floats();
  }

  /** Returns the inputs [I] of a uint8 source, to write to. */
  public byte[] bytes() {
    return x.bytes();
  }

  /** Returns the label [K], to write to; empty for a source without labels. */
  public float[] y() {
    return y.floats();
  }

  /** Copies the inputs of a float32 source. */
  public Sample x(float[] row) {
    requireLength("features", x.size(), row.length);
    System.arraycopy(row, 0, x(), 0, row.length);
    return this;
  }

  /** Copies the inputs of a uint8 source. */
  public Sample bytes(byte[] row) {
    requireLength("features", x.size(), row.length);
    System.arraycopy(row, 0, bytes(), 0, row.length);
    return this;
  }

  /** Copies the label. */
  public Sample y(float[] row) {
    requireLength("label columns", y.size(), row.length);
    System.arraycopy(row, 0, y(), 0, row.length);
    return this;
  }

  /** Sets a label of one number: a class or a value. */
  public Sample label(float value) {
    requireLength("label columns", y.size(), 1);
    y()[0] = value;
    return this;
  }

  /**
   * Sets how much the sample counts in the loss and in weighted metrics, for a stream of weighted
   * samples; 1 where it is not set.
   */
  public Sample weight(float value) {
    if (!(value >= 0 && value <= Float.MAX_VALUE)) {
      throw InputException.of(
          "weight", "a finite number of at least 0", value, "Correct the weight");
    }
    weight = value;
    return this;
  }

  /** Returns the weight. */
  public float weight() {
    return weight;
  }

  private static void requireLength(String what, int expected, int received) {
    if (expected != received) {
      throw InputException.of(
          what, expected, received, "Make all samples as the stream says they are");
    }
  }

  /** Copies a row of tensors [N, I], [N, K] and [N], of the types of this sample. */
  void copyFrom(Tensor inputs, @Nullable Tensor labels, @Nullable Tensor weights, int row) {
    copy(inputs, row, x, 0);
    weight = weights == null ? 1 : weights.get(row);
    if (labels != null) {
      for (int i = 0; i < y.size(); i++) {
        y()[i] = labels.get(row * y.size() + i);
      }
    }
  }

  private static void copy(Tensor from, int fromRow, Tensor to, int toRow) {
    int size = from.rowSize();
    Object source = from.type() == Tensor.Type.UINT8 ? from.bytes() : from.floats();
    Object target = to.type() == Tensor.Type.UINT8 ? to.bytes() : to.floats();
    System.arraycopy(source, fromRow * size, target, toRow * size, size);
  }

  /** Copies the sample into row {@code row} of tensors [N, I] and [N, K]. */
  public void copyTo(Tensor inputs, Tensor labels, int row) {
    copy(x, 0, inputs, row);
    copy(y, 0, labels, row);
  }

  /** Returns the inputs as a tensor [1, I] of these arrays. */
  public Tensor inputs() {
    return x;
  }

  /** Returns the label as a tensor [1, K] of these arrays. */
  public Tensor labels() {
    return y;
  }
}
