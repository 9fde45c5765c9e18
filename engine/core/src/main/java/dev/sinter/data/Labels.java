package dev.sinter.data;

import dev.sinter.errors.InputException;
import java.util.stream.IntStream;

/** Class labels and their one-hot form. Any number of threads may call its methods. */
public final class Labels {
  private Labels() {}

  /**
   * Turns class indices [N] or [N, 1] into one-hot rows [N, classes].
   *
   * <p>Like to_categorical of Keras (utils/numerical_utils.py), in float32.
   */
  public static Tensor toCategorical(Tensor labels, int classes) {
    if (labels.rowSize() != 1) {
      throw new InputException(
          "toCategorical: expected class indices [N] or [N, 1], received %s. The labels may be one-hot already."
              .formatted(labels));
    }
    if (classes < 1) {
      throw InputException.of(
          "toCategorical", "at least 1 class", classes, "Correct the number of classes");
    }
    int count = labels.size();
    float[] oneHot = new float[Math.multiplyExact(count, classes)]; // [N, classes]
    for (int i = 0; i < count; i++) {
      float label = labels.get(i);
      if (!(label >= 0 && label < classes) || label != (int) label) {
        throw InputException.of(
            "toCategorical, label " + i,
            "a whole number from 0 to " + (classes - 1),
            label,
            "Correct the labels or the number of classes");
      }
      oneHot[i * classes + (int) label] = 1;
    }
    return Tensor.of(oneHot, count, classes);
  }

  /** Turns class indices into one-hot rows; the largest index determines the number of classes. */
  public static Tensor toCategorical(Tensor labels) {
    double largest = IntStream.range(0, labels.size()).mapToDouble(labels::get).max().orElse(0);
    // At least one class, so that the message names a negative label.
    return toCategorical(labels, Math.max(0, (int) largest) + 1);
  }
}
