package dev.sinter.spark;

import dev.sinter.data.Dataset;
import java.io.Serializable;
import java.util.Iterator;
import org.jspecify.annotations.Nullable;

/**
 * The rows of one worker.
 *
 * @param train those to train on
 * @param validation those to validate with, or null
 */
record WorkerRows(Dataset train, @Nullable Dataset validation) {

  /** Makes the rows of a worker out of what reaches it. */
  interface Loader extends Serializable {
    /**
     * Returns the rows of a worker.
     *
     * @param blocks what Spark brings; read to the end
     */
    WorkerRows load(int rank, Iterator<byte[]> blocks);
  }
}
