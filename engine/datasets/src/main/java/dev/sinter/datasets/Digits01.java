package dev.sinter.datasets;

import dev.sinter.data.Dataset;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The data of the zero/one lab, rebuilt from MNIST: zeros, then ones, 20x20, unrolled by columns.
 *
 * <p>Immutable: any number of threads may use it.
 *
 * <p>Training: the first 500 zeros and the first 500 ones of the MNIST training set, x float32
 * [1000, 400], y float32 [1000, 1], 0 or 1. Test: all zeros, then all ones of the MNIST test set,
 * in the same form. x = transpose(resample(image / 255, 28x28 to 20x20)), see {@link
 * CubicResample}; element column * 20 + row holds the pixel at (row, column).
 *
 * <p>Errors: {@link InputException} for images of another size, or a set without zeros or ones.
 *
 * @param train up to 500 zeros, then up to 500 ones
 * @param test the zeros of the test set, then its ones
 */
public record Digits01(Dataset train, Dataset test) {
  private static final int PER_CLASS = 500;
  private static final int SIDE = 20;
  private static final int SOURCE_SIDE = 28;
  private static final float WHITE = 255;
  private static final int PART = 128; // images that one thread converts

  /**
   * Builds the data.
   *
   * @param limitPerClass the number of training samples per class, at most 500; -1 for 500. The
   *     test set is always complete.
   */
  public static Digits01 of(Mnist mnist, int limitPerClass) {
    if (limitPerClass < -1 || limitPerClass == 0) {
      throw new InputException(
          "digits01 limit: expected at least 1 sample of each class, or -1 for all, received %s. Correct the limit."
              .formatted(limitPerClass));
    }
    int perClass = limitPerClass == -1 ? PER_CLASS : Math.min(limitPerClass, PER_CLASS);
    return new Digits01(
        select(mnist.train(), perClass, "training set"),
        select(mnist.test(), Integer.MAX_VALUE, "test set"));
  }

  private static Dataset select(Dataset digits, int perClass, String set) {
    if (!Arrays.equals(digits.featureShape(), new int[] {SOURCE_SIDE, SOURCE_SIDE})) {
      throw new InputException(
          "digits01, %s: expected images of [28, 28], received %s. Use MNIST's images."
              .formatted(set, Arrays.toString(digits.featureShape())));
    }
    Tensor labels = digits.sourceLabels();
    if (labels == null) {
      throw InputException.of(
          "digits01, " + set, "labels", "samples alone", "Create it with Dataset.of(x, y)");
    }
    int[] zeros = first(perClass, 0, digits, labels, set);
    int[] ones = first(perClass, 1, digits, labels, set);
    int[] chosen = IntStream.concat(IntStream.of(zeros), IntStream.of(ones)).toArray();
    float[] y = new float[chosen.length]; // [N, 1]
    Arrays.fill(y, zeros.length, y.length, 1);
    return Dataset.of(features(digits.source().rows(chosen)), Tensor.of(y, y.length, 1));
  }

  private static int[] first(int count, int label, Dataset digits, Tensor labels, String set) {
    int[] rows =
        IntStream.range(digits.firstRow(), digits.firstRow() + digits.size())
            .filter(row -> labels.get(row) == label)
            .limit(count)
            .toArray();
    if (rows.length == 0) {
      throw InputException.of(
          "digits01, " + set, "zeros and ones", "no label " + label, "Use MNIST's labels");
    }
    return rows;
  }

  /** Converts MNIST images, uint8 [N, 28, 28], to the input of this network, [N, 400]. */
  public static Tensor features(Tensor images) {
    CubicResample resample = new CubicResample(SOURCE_SIDE, SIDE);
    int count = images.dimension(0);
    float[] x = new float[count * SIDE * SIDE]; // [N, 400]
    IntStream.range(0, (count + PART - 1) / PART)
        .parallel()
        .forEach(
            part -> {
              CubicResample.Work work = resample.new Work();
              for (int i = part * PART; i < Math.min(count, (part + 1) * PART); i++) {
                feature(images, i, work, x);
              }
            });
    return Tensor.of(x, count, SIDE * SIDE);
  }

  private static void feature(Tensor images, int image, CubicResample.Work work, float[] x) {
    int first = image * SOURCE_SIDE * SOURCE_SIDE;
    double[] small = work.apply(pixel -> images.get(first + pixel) / WHITE);
    for (int element = 0; element < SIDE * SIDE; element++) { // by columns
      x[image * SIDE * SIDE + element] = (float) small[element % SIDE * SIDE + element / SIDE];
    }
  }
}
