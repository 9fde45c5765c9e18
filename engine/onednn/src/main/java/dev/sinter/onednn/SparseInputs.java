package dev.sinter.onednn;

import dev.sinter.backend.host.HostSamples;
import dev.sinter.data.Tensor;
import dev.sinter.program.Shape;
import java.lang.ref.WeakReference;

/**
 * Decides for one session which datasets a first layer multiplies without their zeros, and keeps
 * the last of them as {@link SparseSamples}: steps with batches of different sizes, and further
 * calls of fit, share it.
 */
final class SparseInputs {
  /** The option of the backend: auto, off, or a density. */
  static final String OPTION = "onednn.sparse";

  private static final int MOST_COLUMNS = 1 << 23; // a place and a byte fit an int

  private final SparseChoice choice;
  private final RowOrder rows;
  private WeakReference<Tensor> known = new WeakReference<>(null);
  private SparseSamples divided; // of the known tensor; null if its products are dense

  SparseInputs(SparseChoice choice, RowOrder rows) {
    this.choice = choice;
    this.rows = rows;
  }

  /** Returns the order of the rows of weights. */
  RowOrder rows() {
    return rows;
  }

  /**
   * Divides the columns of a dataset.
   *
   * @param weights [I, U]
   * @return null if dense products are chosen for it, or if there is no memory for the division
   */
  SparseSamples divide(HostSamples samples, Shape weights) {
    if (!samples.lasting() || samples.offset() != 0 || weights.rows() > MOST_COLUMNS) {
      return null;
    }
    if (!known.refersTo(samples.x())) {
      divided = null;
      ColumnDensity density = ColumnDensity.of(samples);
      int width = choice.width(samples, density, weights);
      if (width < weights.rows() && SparseSamples.bytes(samples, density, width) < freeHeap() / 2) {
        divided = new SparseSamples(samples, density, width);
      }
      known = new WeakReference<>(samples.x());
    }
    return divided;
  }

  private static double freeHeap() {
    Runtime runtime = Runtime.getRuntime();
    return runtime.maxMemory() - (runtime.totalMemory() - runtime.freeMemory());
  }
}
