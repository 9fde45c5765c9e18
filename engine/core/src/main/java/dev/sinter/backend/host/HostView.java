package dev.sinter.backend.host;

import dev.sinter.program.Shape;
import java.nio.FloatBuffer;

/** One replica of a value in native memory, as Java loops on the host see it. */
public interface HostView {
  /** Returns the floats, from index 0 on; used with absolute indices only. */
  FloatBuffer host();

  /** Returns the shape in one replica. */
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
