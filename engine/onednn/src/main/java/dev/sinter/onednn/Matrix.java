package dev.sinter.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.sinter.program.Shape;
import org.bytedeco.javacpp.Pointer;

/**
 * A row-major matrix in native memory.
 *
 * @param data its start
 * @param type dnnl_f32 or dnnl_bf16
 */
record Matrix(Pointer data, int type, Shape shape) {
  /** Returns the floats of a view; null for null. */
  static Matrix of(View view) {
    return view == null ? null : new Matrix(view.pointer(), dnnl_f32, view.shape());
  }
}
