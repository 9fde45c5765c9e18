package dev.sinter.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.sinter.backend.host.Step;
import dev.sinter.onednn.Primitives.Argument;
import dev.sinter.program.Op;
import dev.sinter.program.Op.Pooling;
import dev.sinter.program.Value;
import dev.sinter.program.Window;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/**
 * Builds the convolutions and poolings of one program. Images stay as they are, channels last;
 * oneDNN chooses the layout of the kernels, which are reordered in each step: they are small, and
 * the state keeps one layout.
 */
final class Convolutions {
  private static final long[] NO_DILATION = {0, 0};

  private final Primitives primitives;
  private final NativeOwner owner;
  private final Operands operands;
  private final Function<Value, View> views;
  private final Map<Maximum, Pooled> maxima = new HashMap<>();

  /** A maximum over the windows of an input. */
  private record Maximum(Value x, Window window) {}

  /** A pooling in the forward pass, with the places of its maxima for the backward pass. */
  private record Pooled(dnnl_primitive_desc description, dnnl_memory places) {}

  Convolutions(
      Primitives primitives, NativeOwner owner, Operands operands, Function<Value, View> views) {
    this.primitives = primitives;
    this.owner = owner;
    this.operands = operands;
    this.views = views;
  }

  /** a = f(windows W + b): the kernel reordered, then one primitive. */
  List<Step> forward(Op.Convolution op, PostOps activation) {
    Window window = op.window();
    Value weights = op.weights();
    int type = operands.type(op);
    dnnl_memory_desc x = images(op.x(), window, type);
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    Primitives.check(
        dnnl_convolution_forward_primitive_desc_create(
            description,
            primitives.engine(),
            dnnl_forward_training,
            dnnl_convolution_direct,
            x,
            anyKernel(window, weights, type),
            op.bias() == null ? null : vector(op.bias()),
            outputs(op.output(), window, dnnl_f32),
            strides(window),
            NO_DILATION,
            before(window),
            after(window),
            primitives.attributes(activation)),
        "dnnl_convolution_forward_primitive_desc_create");
    primitives.own(description);
    List<Step> steps = new ArrayList<>();
    List<Argument> arguments = new ArrayList<>();
    arguments.add(operands.argument(DNNL_ARG_SRC, op.x(), type, x, steps));
    arguments.add(reordered(description, window, weights, steps));
    if (op.bias() != null) {
      arguments.add(argument(DNNL_ARG_BIAS, op.bias(), vector(op.bias())));
    }
    arguments.add(argument(DNNL_ARG_DST, op.output(), outputs(op.output(), window, dnnl_f32)));
    steps.add(primitives.step(description, arguments));
    return steps;
  }

  /** dW and db: one primitive, then the kernel's gradient reordered. */
  List<Step> gradWeights(Op.ConvolutionGradWeights op) {
    Window window = op.window();
    dnnl_memory_desc bias = op.dBias() == null ? null : vector(op.dBias());
    int type = operands.type(op);
    dnnl_memory_desc x = images(op.x(), window, type);
    dnnl_memory_desc dz = outputs(op.dz(), window, type);
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    Primitives.check(
        dnnl_convolution_backward_weights_primitive_desc_create(
            description,
            primitives.engine(),
            dnnl_convolution_direct,
            x,
            anyKernel(window, op.dWeights(), dnnl_f32),
            bias,
            dz,
            strides(window),
            NO_DILATION,
            before(window),
            after(window),
            hint(window, x, anyKernel(window, op.dWeights(), type), bias, dz),
            primitives.attributes()),
        "dnnl_convolution_backward_weights_primitive_desc_create");
    primitives.own(description);
    List<Step> steps = new ArrayList<>();
    List<Argument> arguments = new ArrayList<>();
    arguments.add(operands.argument(DNNL_ARG_SRC, op.x(), type, x, steps));
    arguments.add(operands.argument(DNNL_ARG_DIFF_DST, op.dz(), type, dz, steps));
    if (op.dBias() != null) {
      arguments.add(argument(DNNL_ARG_DIFF_BIAS, op.dBias(), bias));
    }
    dnnl_memory plain =
        primitives.memory(kernel(window, op.dWeights()), views.apply(op.dWeights()).pointer());
    dnnl_memory_desc chosen = queried(description, dnnl_query_diff_weights_md);
    if (isPlain(chosen, window, op.dWeights())) {
      arguments.add(new Argument(DNNL_ARG_DIFF_WEIGHTS, plain));
      steps.add(primitives.step(description, arguments));
    } else {
      dnnl_memory buffer = buffer(chosen);
      arguments.add(new Argument(DNNL_ARG_DIFF_WEIGHTS, buffer));
      steps.add(primitives.step(description, arguments));
      steps.add(primitives.reorder(chosen, buffer, kernel(window, op.dWeights()), plain));
    }
    return steps;
  }

  /** dx without the activation: the kernel reordered, then one primitive. */
  List<Step> gradInput(Op.ConvolutionGradInput op) {
    Window window = op.window();
    int type = operands.type(op);
    dnnl_memory_desc kernel = anyKernel(window, op.weights(), type);
    dnnl_memory_desc dx = images(op.dx(), window, dnnl_f32);
    dnnl_memory_desc dz = outputs(op.dz(), window, type);
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    Primitives.check(
        dnnl_convolution_backward_data_primitive_desc_create(
            description,
            primitives.engine(),
            dnnl_convolution_direct,
            dx,
            kernel,
            dz,
            strides(window),
            NO_DILATION,
            before(window),
            after(window),
            hint(window, images(op.dx(), window, type), kernel, null, dz),
            primitives.attributes()),
        "dnnl_convolution_backward_data_primitive_desc_create");
    primitives.own(description);
    List<Step> steps = new ArrayList<>();
    List<Argument> arguments = new ArrayList<>();
    arguments.add(operands.argument(DNNL_ARG_DIFF_DST, op.dz(), type, dz, steps));
    arguments.add(reordered(description, window, op.weights(), steps));
    arguments.add(argument(DNNL_ARG_DIFF_SRC, op.dx(), dx));
    steps.add(primitives.step(description, arguments));
    return steps;
  }

  /** Returns the forward convolution, which oneDNN requires as a hint for the backward ones. */
  private dnnl_primitive_desc hint(
      Window window,
      dnnl_memory_desc x,
      dnnl_memory_desc kernel,
      dnnl_memory_desc bias,
      dnnl_memory_desc dz) {
    dnnl_primitive_desc hint = new dnnl_primitive_desc();
    Primitives.check(
        dnnl_convolution_forward_primitive_desc_create(
            hint,
            primitives.engine(),
            dnnl_forward_training,
            dnnl_convolution_direct,
            x,
            kernel,
            bias,
            dz,
            strides(window),
            NO_DILATION,
            before(window),
            after(window),
            null),
        "dnnl_convolution_forward_primitive_desc_create");
    return primitives.own(hint);
  }

  /** Returns the kernel in the layout that a primitive chose; adds the reorder if it needs one. */
  private Argument reordered(
      dnnl_primitive_desc description, Window window, Value weights, List<Step> steps) {
    dnnl_memory_desc chosen = queried(description, dnnl_query_weights_md);
    dnnl_memory plain = primitives.memory(kernel(window, weights), views.apply(weights).pointer());
    if (isPlain(chosen, window, weights)) {
      return new Argument(DNNL_ARG_WEIGHTS, plain);
    }
    dnnl_memory buffer = buffer(chosen);
    steps.add(primitives.reorder(kernel(window, weights), plain, chosen, buffer));
    return new Argument(DNNL_ARG_WEIGHTS, buffer);
  }

  private boolean isPlain(dnnl_memory_desc chosen, Window window, Value weights) {
    return dnnl_memory_desc_equal(chosen, kernel(window, weights)) != 0;
  }

  private static dnnl_memory_desc queried(dnnl_primitive_desc description, int what) {
    return new dnnl_memory_desc(dnnl_primitive_desc_query_md(description, what, 0));
  }

  private dnnl_memory buffer(dnnl_memory_desc layout) {
    long bytes = dnnl_memory_desc_get_size(layout);
    Arena arena = new Arena(owner, (bytes + Float.BYTES - 1) / Float.BYTES);
    return primitives.memory(layout, arena.pointer());
  }

  /**
   * The maximum or the mean of each window.
   *
   * @param training whether the backward pass asks for the places of the maxima
   */
  Step pool(Op.Pool op, boolean training) {
    Window window = op.window();
    dnnl_memory_desc x = images(op.x(), window, dnnl_f32);
    dnnl_memory_desc output = outputs(op.output(), window, dnnl_f32);
    dnnl_primitive_desc description = pooling(op.pooling(), window, x, output, training);
    List<Argument> arguments = new ArrayList<>();
    arguments.add(argument(DNNL_ARG_SRC, op.x(), x));
    arguments.add(argument(DNNL_ARG_DST, op.output(), output));
    if (training && op.pooling() == Pooling.MAXIMUM) {
      dnnl_memory places = buffer(queried(description, dnnl_query_workspace_md));
      arguments.add(new Argument(DNNL_ARG_WORKSPACE, places));
      maxima.put(new Maximum(op.x(), window), new Pooled(description, places));
    }
    return primitives.step(description, arguments);
  }

  /** The gradient of a pooling that this program computed before. */
  Step poolGrad(Op.PoolGrad op) {
    Window window = op.window();
    dnnl_memory_desc dx = images(op.dx(), window, dnnl_f32);
    dnnl_memory_desc d = outputs(op.d(), window, dnnl_f32);
    Pooled pooled = // the mean needs nothing from before
        op.pooling() == Pooling.MAXIMUM
            ? maxima.get(new Maximum(op.x(), window))
            : new Pooled(pooling(op.pooling(), window, dx, d, true), null);
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    Primitives.check(
        dnnl_pooling_backward_primitive_desc_create(
            description,
            primitives.engine(),
            algorithm(op.pooling()),
            dx,
            d,
            strides(window),
            size(window),
            NO_DILATION,
            before(window),
            after(window),
            pooled.description,
            primitives.attributes()),
        "dnnl_pooling_backward_primitive_desc_create");
    List<Argument> arguments = new ArrayList<>();
    arguments.add(argument(DNNL_ARG_DIFF_DST, op.d(), d));
    arguments.add(argument(DNNL_ARG_DIFF_SRC, op.dx(), dx));
    if (pooled.places != null) {
      arguments.add(new Argument(DNNL_ARG_WORKSPACE, pooled.places));
    }
    return primitives.step(primitives.own(description), arguments);
  }

  private dnnl_primitive_desc pooling(
      Pooling pooling,
      Window window,
      dnnl_memory_desc x,
      dnnl_memory_desc output,
      boolean training) {
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    Primitives.check(
        dnnl_pooling_forward_primitive_desc_create(
            description,
            primitives.engine(),
            training ? dnnl_forward_training : dnnl_forward_inference,
            algorithm(pooling),
            x,
            output,
            strides(window),
            size(window),
            NO_DILATION,
            before(window),
            after(window),
            primitives.attributes()),
        "dnnl_pooling_forward_primitive_desc_create");
    return primitives.own(description);
  }

  private static int algorithm(Pooling pooling) {
    return pooling == Pooling.MAXIMUM ? dnnl_pooling_max : dnnl_pooling_avg_exclude_padding;
  }

  private static long[] strides(Window window) {
    return new long[] {window.strideHeight(), window.strideWidth()};
  }

  private static long[] size(Window window) {
    return new long[] {window.kernelHeight(), window.kernelWidth()};
  }

  private static long[] before(Window window) {
    return new long[] {window.top(), window.left()};
  }

  private static long[] after(Window window) {
    return new long[] {Math.max(0, window.bottom()), Math.max(0, window.right())};
  }

  private dnnl_memory_desc images(Value value, Window window, int type) {
    return images(value, window.height(), window.width(), type);
  }

  private dnnl_memory_desc outputs(Value value, Window window, int type) {
    return images(value, window.outputHeight(), window.outputWidth(), type);
  }

  /** oneDNN names the dimensions [B, C, H, W]; the strides say that channels come last. */
  private dnnl_memory_desc images(Value value, long height, long width, int type) {
    long size = value.shape().columns();
    long channels = size / (height * width);
    return primitives.strided(
        type,
        new long[] {value.shape().rows(), channels, height, width},
        new long[] {size, 1, width * channels, channels});
  }

  /** The dimensions [F, C, KH, KW] of a kernel that is stored as [KH, KW, C, F]. */
  private dnnl_memory_desc kernel(Window window, Value weights) {
    long filters = weights.shape().columns();
    long channels = window.channels();
    return primitives.strided(
        dnnl_f32,
        kernelSizes(window, weights),
        new long[] {1, filters, window.kernelWidth() * channels * filters, channels * filters});
  }

  private dnnl_memory_desc anyKernel(Window window, Value weights, int type) {
    return primitives.any(type, kernelSizes(window, weights));
  }

  private static long[] kernelSizes(Window window, Value weights) {
    return new long[] {
      weights.shape().columns(), window.channels(), window.kernelHeight(), window.kernelWidth()
    };
  }

  private dnnl_memory_desc vector(Value bias) {
    return primitives.layout(dnnl_f32, bias.shape().columns());
  }

  private Argument argument(int index, Value value, dnnl_memory_desc layout) {
    return new Argument(index, primitives.memory(layout, views.apply(value).pointer()));
  }
}
