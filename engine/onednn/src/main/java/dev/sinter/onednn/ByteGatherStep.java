package dev.sinter.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.sinter.backend.host.GatherStep;
import dev.sinter.backend.host.HostSamples;
import dev.sinter.onednn.PostOps.Operand;
import dev.sinter.onednn.Primitives.Argument;
import dev.sinter.onednn.Primitives.PrimitiveStep;
import dev.sinter.program.Op;
import dev.sinter.program.Shape;
import dev.sinter.program.Value;
import java.nio.ByteBuffer;
import java.util.function.Function;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.javacpp.BytePointer;

/**
 * Gathers uint8 rows through a staging area: the bytes are copied row by row, then a reorder turns
 * them into scaled floats. Scale and offset depend on the samples, so the primitives read them from
 * memory. Float samples are copied as on every other backend.
 */
final class ByteGatherStep extends GatherStep {
  private final int batch;
  private final int columns;
  private final ByteBuffer staging; // [B, I]
  private final View scale;
  private final View offset;
  private final PrimitiveStep convert; // x = staging * scale
  private final PrimitiveStep add; // x = x + offset

  ByteGatherStep(
      Op.Gather op,
      Function<Value, View> views,
      int replica,
      int replicas,
      NativeOwner owner,
      Primitives primitives,
      Reorder reorder) {
    super(op, views, replica, replicas);
    View rows = views.apply(op.x());
    Shape shape = rows.shape();
    this.batch = shape.rows();
    this.columns = shape.columns();
    BytePointer bytes = new BytePointer((long) shape.size());
    owner.own(bytes::deallocate);
    this.staging = bytes.asBuffer();
    Arena numbers = new Arena(owner, 2L * Shape.ALIGNMENT_FLOATS);
    this.scale = numbers.take(Shape.SCALAR);
    this.offset = numbers.take(Shape.SCALAR);
    dnnl_memory from = primitives.memory(reorder.from, bytes);
    dnnl_memory x = primitives.memory(reorder.to, rows.pointer());
    Operand to = new Operand(x, reorder.to, false);
    dnnl_memory factor = primitives.memory(primitives.layout(dnnl_f32, 1), scale.pointer());
    this.convert =
        primitives.step(
            reorder.description,
            new Argument(DNNL_ARG_FROM, from),
            new Argument(DNNL_ARG_TO, to.memory()),
            new Argument(DNNL_ARG_ATTR_SCALES | DNNL_ARG_SRC, factor));
    Operand term = primitives.operand(offset.pointer(), 1, 1);
    this.add = primitives.binary(dnnl_binary_add, to, term, to, new PostOps(), false);
  }

  /** The conversion of a staging area to a batch. */
  record Reorder(dnnl_primitive_desc description, dnnl_memory_desc from, dnnl_memory_desc to) {
    /** Prepares it for a batch [B, I]; null if oneDNN has no fast conversion. */
    static Reorder of(Shape shape, Primitives primitives) {
      dnnl_memory_desc from = primitives.layout(dnnl_u8, shape.rows(), shape.columns());
      dnnl_memory_desc to = primitives.layout(dnnl_f32, shape.rows(), shape.columns());
      dnnl_primitive_attr scaled = primitives.attributes();
      Primitives.check(
          dnnl_primitive_attr_set_scales_mask(scaled, DNNL_ARG_SRC, 0),
          "dnnl_primitive_attr_set_scales_mask");
      dnnl_primitive_desc description = new dnnl_primitive_desc();
      int status =
          dnnl_reorder_primitive_desc_create(
              description, from, primitives.engine(), to, primitives.engine(), scaled);
      if (status == dnnl_unimplemented) {
        return null;
      }
      Primitives.check(status, "dnnl_reorder_primitive_desc_create");
      primitives.own(description);
      return primitives.isReference(description) ? null : new Reorder(description, from, to);
    }
  }

  @Override
  protected void gatherSamples(HostSamples samples, int[] rows) {
    if (samples.table() == null) {
      super.gatherSamples(samples, rows);
      return;
    }
    byte[] source = samples.x().bytes();
    for (int i = 0; i < batch; i++) {
      staging.put(i * columns, source, rows[i] * columns, columns);
    }
    scale.host().put(0, samples.scale());
    convert.execute();
    if (samples.offset() != 0) {
      offset.host().put(0, samples.offset());
      add.execute();
    }
  }
}
