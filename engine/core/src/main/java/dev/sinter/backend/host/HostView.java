package dev.sinter.backend.host;

import dev.sinter.program.Shape;
import java.nio.FloatBuffer;

/** One replica of a value in native memory, accessible to Java loops. */
public interface HostView {
  /** Returns the floats, starting at index 0; use absolute indices only. */
  FloatBuffer host();

  /** Returns the shape of one replica. */
  Shape shape();

  /** Copies all floats out. */
  default void read(float[] target) {
    host().get(0, target, 0, shape().size());
  }

  /** Overwrites all floats. */
  default void write(float[] source) {
    host().put(0, source, 0, shape().size());
  }
}
