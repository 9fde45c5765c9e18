package dev.sinter.backend.host;

import dev.sinter.program.Shape;

/** Memory from which values are cut. */
@FunctionalInterface
public interface HostArena<V extends HostView> {
  /** Returns the floats from an offset on as a row-major matrix. */
  V view(long offset, Shape shape);
}
