package dev.sinter.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.sinter.onednn.Primitives.Argument;
import dev.sinter.onednn.Primitives.PrimitiveStep;
import java.nio.FloatBuffer;
import java.nio.IntBuffer;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.IntPointer;
import org.bytedeco.javacpp.PointerPointer;

/** A matrix in compressed sparse rows, in native memory, that is filled anew for each batch. */
final class SparseMatrix {
  private final Primitives primitives;
  private final dnnl_memory_desc layout;
  private final dnnl_memory memory;
  private final FloatBuffer values; // [capacity]
  private final IntBuffer columns; // [capacity]
  private final IntBuffer starts; // [rows + 1]

  /**
   * Allocates a matrix of zeros.
   *
   * @param capacity the most values that it will hold, at least 1
   */
  SparseMatrix(Primitives primitives, NativeOwner owner, int rows, int columns, int capacity) {
    this.primitives = primitives;
    FloatPointer valuePointer = new FloatPointer((long) capacity);
    owner.own(valuePointer::deallocate);
    IntPointer columnPointer = new IntPointer((long) capacity);
    owner.own(columnPointer::deallocate);
    IntPointer startPointer = new IntPointer((long) rows + 1);
    owner.own(startPointer::deallocate);
    this.values = valuePointer.asBuffer();
    this.columns = columnPointer.asBuffer();
    this.starts = startPointer.asBuffer();
    starts.put(0, new int[rows + 1]);
    this.layout = new dnnl_memory_desc();
    Primitives.check(
        dnnl_memory_desc_create_with_csr_encoding(
            layout, 2, new long[] {rows, columns}, dnnl_f32, capacity, dnnl_s32, dnnl_s32),
        "dnnl_memory_desc_create_with_csr_encoding");
    owner.own(() -> dnnl_memory_desc_destroy(layout));
    this.memory = new dnnl_memory();
    try (PointerPointer<?> handles =
        new PointerPointer<>(valuePointer, columnPointer, startPointer)) {
      Primitives.check(
          dnnl_memory_create_v2(memory, layout, primitives.engine(), 3, handles),
          "dnnl_memory_create_v2");
    }
    owner.own(() -> dnnl_memory_destroy(memory));
  }

  /** Overwrites the matrix with the first values and columns of the arrays. */
  void set(float[] newValues, int[] newColumns, int count, int[] newStarts) {
    values.put(0, newValues, 0, count);
    columns.put(0, newColumns, 0, count);
    starts.put(0, newStarts, 0, starts.capacity());
  }

  /**
   * Prepares output = this y.
   *
   * @return null if oneDNN has no fast implementation on this machine
   */
  PrimitiveStep times(View y, View output) {
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    dnnl_memory_desc right = layout(y);
    dnnl_memory_desc result = layout(output);
    int status =
        dnnl_matmul_primitive_desc_create(
            description, primitives.engine(), layout, right, null, result, primitives.attributes());
    if (status == dnnl_unimplemented) {
      return null;
    }
    Primitives.check(status, "dnnl_matmul_primitive_desc_create");
    primitives.own(description);
    return primitives.isReference(description)
        ? null
        : primitives.step(
            description,
            new Argument(DNNL_ARG_SRC, memory),
            new Argument(DNNL_ARG_WEIGHTS, primitives.memory(right, y.pointer())),
            new Argument(DNNL_ARG_DST, primitives.memory(result, output.pointer())));
  }

  private dnnl_memory_desc layout(View view) {
    return primitives.layout(dnnl_f32, view.shape().rows(), view.shape().columns());
  }
}
