package dev.sinter.data;

import java.io.IOException;

/** Reads samples one after another. Used by one thread at a time, the one that reads ahead. */
@FunctionalInterface
public interface SampleReader extends AutoCloseable {
  /**
   * Writes the next sample: its inputs and its label, all of them.
   *
   * @return false where there are no more samples
   * @throws Exception where it cannot be read: it ends the training, with the sample's number
   */
  boolean read(Sample next) throws Exception;

  @Override
  default void close() throws IOException {}
}
