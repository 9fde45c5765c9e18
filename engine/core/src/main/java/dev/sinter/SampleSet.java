package dev.sinter;

import dev.sinter.data.InputScale;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/** Samples with labels that were checked: a dataset or a stream. */
interface SampleSet {
  /** Returns the number of samples, or {@link Windows#UNKNOWN}. */
  long size();

  /** Returns whether the samples have weights. */
  boolean isWeighted();

  /** Returns how numbers become inputs. */
  InputScale inputScale();

  /** Returns what tells these samples from others, at next to no cost. */
  String fingerprint();

  /**
   * Opens the samples for training.
   *
   * @param batch the rows of each window, but for the last one, are a multiple of it
   * @param seed of the shuffles, or null for samples in order
   * @param halted ends a wait for samples
   */
  Windows open(Engine engine, int batch, @Nullable Long seed, BooleanSupplier halted);
}
