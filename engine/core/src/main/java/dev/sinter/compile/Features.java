package dev.sinter.compile;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/**
 * The shape of one sample, such as [784] or [28, 28, 1]. In memory the samples of a batch are the
 * rows of a matrix [B, {@link #size}], row-major.
 *
 * @param dimensions at least one, each at least 1
 */
public record Features(List<Integer> dimensions) {
  public Features {
    dimensions = List.copyOf(dimensions);
    if (dimensions.isEmpty() || dimensions.stream().anyMatch(length -> length < 1)) {
      throw new IllegalArgumentException("features need dimensions of at least 1: " + dimensions);
    }
    dimensions.stream().reduce(1, Math::multiplyExact);
  }

  /** Returns the shape with these dimensions. */
  public static Features of(int... dimensions) {
    return new Features(Arrays.stream(dimensions).boxed().collect(Collectors.toList()));
  }

  /** Returns the number of features. */
  public int size() {
    return dimensions.stream().reduce(1, (product, length) -> product * length);
  }

  /** Returns the length of the last dimension: the channels of an image, all of a vector. */
  public int last() {
    return dimensions.get(dimensions.size() - 1);
  }

  /** Returns whether a sample is a vector. */
  public boolean isVector() {
    return dimensions.size() == 1;
  }

  @Override
  public String toString() {
    return dimensions.toString();
  }
}
