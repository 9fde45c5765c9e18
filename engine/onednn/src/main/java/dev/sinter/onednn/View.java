package dev.sinter.onednn;

import dev.sinter.backend.host.HostView;
import dev.sinter.program.Shape;
import java.nio.FloatBuffer;
import org.bytedeco.javacpp.FloatPointer;

/**
 * One replica of a value, for oneDNN and for Java loops on the host.
 *
 * @param pointer its start
 * @param host the same floats, from index 0 on; used with absolute indices only
 * @param shape [rows, columns] row-major
 */
record View(FloatPointer pointer, FloatBuffer host, Shape shape) implements HostView {
  /** Returns some rows of it. */
  View rows(int first, int count) {
    return part(first * shape.columns(), new Shape(count, shape.columns()));
  }

  /** Returns other rows and columns of the same memory, which begin at one of its floats. */
  View part(int offset, Shape other) {
    FloatPointer start = pointer.getPointer(offset);
    start.limit(other.size());
    return new View(start, start.asBuffer(), other);
  }
}
