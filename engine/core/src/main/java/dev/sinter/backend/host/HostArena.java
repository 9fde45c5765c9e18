package dev.sinter.backend.host;

import dev.sinter.program.Shape;

/** Memory divided into values. */
@FunctionalInterface
public interface HostArena<V extends HostView> {
  /** Returns the floats starting at an offset as a row-major matrix. */
  V view(long offset, Shape shape);
}
