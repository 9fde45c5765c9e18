package dev.sinter.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.sinter.backend.host.Step;
import dev.sinter.errors.RunException;
import dev.sinter.onednn.PostOps.Operand;
import dev.sinter.onednn.PostOps.PostOp;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.bytedeco.dnnl.dnnl_engine;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_post_ops;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.dnnl_stream;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.bytedeco.javacpp.PointerPointer;

/**
 * Builds the oneDNN objects for primitives that run one after another, on one thread at a time; the
 * owner of the session owns all of them. Layouts are plain and row-major; only the kernels of
 * convolutions are ever reordered.
 *
 * <p>All primitives share one scratchpad for the memory they need while running. The default
 * scratchpad of oneDNN belongs to the thread that creates the primitive, but other threads may run
 * it.
 */
final class Primitives {
  /** One argument of a primitive: DNNL_ARG_..., and its memory. */
  record Argument(int index, dnnl_memory memory) {}

  /** One prebuilt primitive with its arguments; running it is one native call. */
  record PrimitiveStep(
      dnnl_primitive primitive, dnnl_stream stream, dnnl_exec_arg_t arguments, int count)
      implements Step {
    @Override
    public void run(Position position) {
      execute();
    }

    /**
     * Runs the primitive; CPU streams are in order, and the work is complete when the call returns.
     */
    void execute() {
      check(dnnl_primitive_execute(primitive, stream, count, arguments), "dnnl_primitive_execute");
    }
  }

  private final NativeOwner owner;
  private final dnnl_engine engine = new dnnl_engine();
  private final dnnl_stream stream = new dnnl_stream();
  private final List<dnnl_memory> scratchpads = new ArrayList<>(); // without memory until finish
  private long scratchpadBytes;

  /** Opens the CPU engine and a stream. */
  Primitives(NativeOwner owner) {
    this.owner = owner;
    check(dnnl_engine_create(engine, dnnl_cpu, 0), "dnnl_engine_create");
    owner.own(() -> dnnl_engine_destroy(engine));
    check(dnnl_stream_create(stream, engine, dnnl_stream_default_flags), "dnnl_stream_create");
    owner.own(() -> dnnl_stream_destroy(stream));
  }

  /**
   * Throws if a native call failed.
   *
   * @param call the name of the call
   */
  static void check(int status, String call) {
    if (status != dnnl_success) {
      throw new RunException(
          "Backend onednn: %s: expected success, received %s. Try the backend nd4j, and report this with the model's summary."
              .formatted(call, name(status)));
    }
  }

  private static String name(int status) {
    return switch (status) {
      case dnnl_out_of_memory -> "out of memory";
      case dnnl_invalid_arguments -> "invalid arguments";
      case dnnl_unimplemented -> "unimplemented";
      case dnnl_runtime_error -> "a run-time error";
      default -> "status " + status;
    };
  }

  dnnl_engine engine() {
    return engine;
  }

  /** Describes a row-major array of type u8, bf16 or f32. */
  dnnl_memory_desc layout(int type, long... sizes) {
    long[] strides = new long[sizes.length];
    long stride = 1;
    for (int i = sizes.length - 1; i >= 0; i--) {
      strides[i] = stride;
      stride *= sizes[i];
    }
    return strided(type, sizes, strides);
  }

  /** Describes the transpose of a row-major matrix [rows, columns]. */
  dnnl_memory_desc transposed(int type, long rows, long columns) {
    return strided(type, new long[] {columns, rows}, new long[] {1, columns});
  }

  /** Describes an array whose layout a primitive may choose. */
  dnnl_memory_desc any(int type, long... sizes) {
    dnnl_memory_desc layout = new dnnl_memory_desc();
    check(
        dnnl_memory_desc_create_with_tag(layout, sizes.length, sizes, type, dnnl_format_tag_any),
        "dnnl_memory_desc_create_with_tag");
    owner.own(() -> dnnl_memory_desc_destroy(layout));
    return layout;
  }

  /** Describes an array by its sizes and the distances of neighbouring elements. */
  dnnl_memory_desc strided(int type, long[] sizes, long[] strides) {
    dnnl_memory_desc layout = new dnnl_memory_desc();
    check(
        dnnl_memory_desc_create_with_strides(layout, sizes.length, sizes, type, strides),
        "dnnl_memory_desc_create_with_strides");
    owner.own(() -> dnnl_memory_desc_destroy(layout));
    return layout;
  }

  /** Wraps existing memory. */
  dnnl_memory memory(dnnl_memory_desc layout, Pointer data) {
    dnnl_memory memory = new dnnl_memory();
    check(dnnl_memory_create(memory, layout, engine, data), "dnnl_memory_create");
    owner.own(() -> dnnl_memory_destroy(memory));
    return memory;
  }

  /** Describes a float operand of post operations; a single number is broadcast. */
  Operand operand(FloatPointer data, long... sizes) {
    dnnl_memory_desc layout = layout(dnnl_f32, sizes);
    boolean scalar = Arrays.stream(sizes).allMatch(size -> size == 1);
    return new Operand(memory(layout, data), layout, scalar);
  }

  /** Creates attributes. */
  dnnl_primitive_attr attributes(PostOps postOps) {
    dnnl_post_ops list = new dnnl_post_ops();
    check(dnnl_post_ops_create(list), "dnnl_post_ops_create");
    try {
      for (PostOp op : postOps.ops()) {
        check(op.append().applyAsInt(list), op.call());
      }
      dnnl_primitive_attr attributes = attributes();
      check(dnnl_primitive_attr_set_post_ops(attributes, list), "dnnl_primitive_attr_set_post_ops");
      return attributes;
    } finally {
      dnnl_post_ops_destroy(list);
    }
  }

  /**
   * Creates attributes without post operations. Every primitive needs attributes, because they
   * select the scratchpad mode.
   */
  dnnl_primitive_attr attributes() {
    dnnl_primitive_attr attributes = new dnnl_primitive_attr();
    check(dnnl_primitive_attr_create(attributes), "dnnl_primitive_attr_create");
    owner.own(() -> dnnl_primitive_attr_destroy(attributes));
    check(
        dnnl_primitive_attr_set_scratchpad_mode(attributes, dnnl_scratchpad_mode_user),
        "dnnl_primitive_attr_set_scratchpad_mode");
    return attributes;
  }

  /**
   * Builds destination = x op y, followed by the post operations.
   *
   * @param fast whether to refuse the slow reference code of oneDNN
   * @return null if it must be fast and oneDNN has no fast implementation
   */
  PrimitiveStep binary(
      int algorithm, Operand x, Operand y, Operand destination, PostOps postOps, boolean fast) {
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    int status =
        dnnl_binary_primitive_desc_create(
            description,
            engine,
            algorithm,
            x.layout(),
            y.layout(),
            destination.layout(),
            attributes(postOps));
    if (fast && status == dnnl_unimplemented) {
      return null;
    }
    check(status, "dnnl_binary_primitive_desc_create");
    own(description);
    if (fast && isReference(description)) {
      return null;
    }
    List<Argument> arguments = new ArrayList<>();
    arguments.add(new Argument(DNNL_ARG_SRC_0, x.memory()));
    arguments.add(new Argument(DNNL_ARG_SRC_1, y.memory()));
    arguments.add(new Argument(DNNL_ARG_DST, destination.memory()));
    List<PostOp> ops = postOps.ops();
    for (int i = 0; i < ops.size(); i++) {
      if (ops.get(i).operand() != null) {
        int index = DNNL_ARG_ATTR_MULTIPLE_POST_OP_BASE * (i + 1) | DNNL_ARG_SRC_1;
        arguments.add(new Argument(index, ops.get(i).operand().memory()));
      }
    }
    return step(description, arguments);
  }

  /** Takes ownership of a descriptor that was just created. */
  dnnl_primitive_desc own(dnnl_primitive_desc description) {
    owner.own(() -> dnnl_primitive_desc_destroy(description));
    return description;
  }

  /** Returns whether oneDNN has only its slow reference code for a primitive. */
  boolean isReference(dnnl_primitive_desc description) {
    try (PointerPointer<BytePointer> text = new PointerPointer<>(1)) {
      check(
          dnnl_primitive_desc_query(description, dnnl_query_impl_info_str, 0, text),
          "dnnl_primitive_desc_query");
      return text.get(BytePointer.class).getString().startsWith("ref");
    }
  }

  /** Builds a copy into another layout or type. */
  PrimitiveStep reorder(
      dnnl_memory_desc from, dnnl_memory source, dnnl_memory_desc to, dnnl_memory target) {
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    check(
        dnnl_reorder_primitive_desc_create(description, from, engine, to, engine, attributes()),
        "dnnl_reorder_primitive_desc_create");
    return step(
        own(description), new Argument(DNNL_ARG_FROM, source), new Argument(DNNL_ARG_TO, target));
  }

  /** Builds a primitive with its arguments. */
  PrimitiveStep step(dnnl_primitive_desc description, List<Argument> arguments) {
    dnnl_primitive primitive = new dnnl_primitive();
    check(dnnl_primitive_create(primitive, description), "dnnl_primitive_create");
    owner.own(() -> dnnl_primitive_destroy(primitive));
    List<Argument> all = new ArrayList<>(arguments);
    dnnl_memory_desc needed =
        new dnnl_memory_desc(
            dnnl_primitive_desc_query_md(description, dnnl_query_scratchpad_md, 0));
    long bytes = dnnl_memory_desc_get_size(needed);
    if (bytes > 0) {
      dnnl_memory scratchpad = memory(needed, null);
      scratchpads.add(scratchpad);
      scratchpadBytes = Math.max(scratchpadBytes, bytes);
      all.add(new Argument(DNNL_ARG_SCRATCHPAD, scratchpad));
    }
    dnnl_exec_arg_t array = new dnnl_exec_arg_t(all.size());
    owner.own(array::deallocate);
    for (int i = 0; i < all.size(); i++) {
      array.position(i).arg(all.get(i).index()).memory(all.get(i).memory());
    }
    array.position(0);
    return new PrimitiveStep(primitive, stream, array, all.size());
  }

  /** Allocates the scratchpad for all primitives, after the last one is built. */
  void finish() {
    if (scratchpads.isEmpty()) {
      return;
    }
    Arena arena = new Arena(owner, (scratchpadBytes + Float.BYTES - 1) / Float.BYTES);
    Pointer memory = arena.pointer();
    for (dnnl_memory scratchpad : scratchpads) {
      check(dnnl_memory_set_data_handle(scratchpad, memory), "dnnl_memory_set_data_handle");
    }
  }

  /** Builds a primitive with its arguments. */
  PrimitiveStep step(dnnl_primitive_desc description, Argument... arguments) {
    return step(description, List.of(arguments));
  }
}
