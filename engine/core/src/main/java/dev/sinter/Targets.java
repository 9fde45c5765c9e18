package dev.sinter;

import dev.sinter.compile.Measure;
import java.util.List;

/**
 * What programs of training or evaluation read besides the inputs, and what they append to the
 * results.
 *
 * @param columns of the labels
 * @param weighted whether the samples have weights
 * @param measures that the results are
 */
record Targets(int columns, boolean weighted, List<Measure> measures) {
  /** Those of predictions. */
  static final Targets NONE = new Targets(0, false, List.of());

  Engine.Request request(Engine.Kind kind, int batch) {
    return new Engine.Request(kind, batch, columns, weighted);
  }
}
