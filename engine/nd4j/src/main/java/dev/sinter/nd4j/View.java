package dev.sinter.nd4j;

import dev.sinter.backend.host.HostView;
import dev.sinter.program.Shape;
import java.nio.FloatBuffer;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * One replica of a value, for ND4J and for Java loops on the host.
 *
 * @param array [rows, columns], order 'c'
 * @param host the same floats, from index 0 on; used with absolute indices only
 * @param shape in one replica
 */
record View(INDArray array, FloatBuffer host, Shape shape) implements HostView {
  /** Returns the same memory as [columns, rows], order 'f'. */
  INDArray transposed() {
    return array.transpose();
  }
}
