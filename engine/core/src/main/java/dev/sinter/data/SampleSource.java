package dev.sinter.data;

/**
 * Where the samples of a {@link Stream} come from: a file, a database, a generator.
 *
 * <p>Any number of threads may use it: its numbers are asked for by the thread that trains, its
 * reader by the one that reads ahead.
 */
public interface SampleSource {
  /** Returns the shape of a sample's inputs, such as [784] or [28, 28, 1]. */
  int[] featureShape();

  /** Returns how many numbers a sample's label has: 1 for a class or a value, 0 for none. */
  int labelColumns();

  /** Returns the type of the inputs, float32 by default; bytes stay bytes up to the device. */
  default Tensor.Type type() {
    return Tensor.Type.FLOAT32;
  }

  /** Returns whether samples have weights, which the reader sets; not by default. */
  default boolean isWeighted() {
    return false;
  }

  /** Returns the number of samples, or -1, the default, where it is not known. */
  default long size() {
    return -1;
  }

  /**
   * Opens the samples at the first one. Called for every pass over them; so that a training can be
   * repeated, they must be the same each time.
   *
   * @throws Exception where that fails: it ends the training
   */
  SampleReader open() throws Exception;
}
