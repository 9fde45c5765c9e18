package dev.sinter.onednn;

import static org.bytedeco.dnnl.global.dnnl.dnnl_primitive_execute;

import dev.sinter.backend.host.Step;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_stream;

/** One primitive with its arguments, built beforehand: running it is one native call. */
final class PrimitiveStep implements Step {
  private final dnnl_primitive primitive;
  private final dnnl_stream stream;
  private final dnnl_exec_arg_t arguments;
  private final int count;

  PrimitiveStep(
      dnnl_primitive primitive, dnnl_stream stream, dnnl_exec_arg_t arguments, int count) {
    this.primitive = primitive;
    this.stream = stream;
    this.arguments = arguments;
    this.count = count;
  }

  @Override
  public void run(Position position) {
    execute();
  }

  /** Runs the primitive; the CPU's streams are in order and done when the call returns. */
  void execute() {
    int status = dnnl_primitive_execute(primitive, stream, count, arguments);
    Primitives.check(status, "dnnl_primitive_execute");
  }
}
