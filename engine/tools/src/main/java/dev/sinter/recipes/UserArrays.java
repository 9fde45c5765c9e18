package dev.sinter.recipes;

import dev.sinter.data.Dataset;
import dev.sinter.data.Npy;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import java.nio.file.Path;
import java.util.Arrays;

/** Reads samples and labels of the user from .npy files. */
final class UserArrays {
  private UserArrays() {}

  static Dataset read(Path xFile, Path yFile) {
    Tensor x = Npy.read(xFile);
    Tensor y = Npy.read(yFile);
    if (x.rank() < 2 || x.dimension(0) == 0) {
      throw new InputException(
          "%s: expected samples [N, features...], N at least 1, received %s. Reshape the array."
              .formatted(xFile, Arrays.toString(x.shape())));
    }
    if (y.rank() < 1 || y.rank() > 2) {
      throw new InputException(
          "%s: expected labels [N] or [N, columns], received %s. Reshape the array."
              .formatted(yFile, Arrays.toString(y.shape())));
    }
    if (x.dimension(0) != y.dimension(0)) {
      throw new InputException(
          "%s and %s: expected as many labels as samples, %s, received %s. Use files that belong together."
              .formatted(xFile, yFile, x.dimension(0), y.dimension(0)));
    }
    return Dataset.of(x, y).flatten();
  }

  /** Scales unsigned bytes, which are pixels, to 0 to 1; other types are not scaled. */
  static Dataset scaled(Dataset samples) {
    return samples.source().type() == Tensor.Type.UINT8 ? samples.scale(1 / 255f) : samples;
  }

  /** Keeps the first samples if a limit is set. */
  static Dataset limited(Dataset samples, int limit) {
    return limit > 0 ? samples.take(limit) : samples;
  }
}
