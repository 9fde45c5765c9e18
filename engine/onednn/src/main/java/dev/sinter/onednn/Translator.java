package dev.sinter.onednn;

import static org.bytedeco.dnnl.global.dnnl.*;

import dev.sinter.backend.host.ElementwiseKernel;
import dev.sinter.backend.host.GatherStep;
import dev.sinter.backend.host.HostTranslator;
import dev.sinter.backend.host.Step;
import dev.sinter.onednn.ByteGatherStep.Reorder;
import dev.sinter.onednn.Primitives.Argument;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.Shape;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_desc;

/** Translates the operations of one program into steps over fixed memory. */
final class Translator extends HostTranslator<View> {
  /**
   * The number of floating-point operations of a product, or of floats of a batch or region, from
   * which an operation uses all threads. Below it, waking the threads takes longer than they save.
   */
  private static final long WORK_FOR_THREADS = 1_000_000;

  private static final long FLOATS_FOR_THREADS = 50_000;

  /** The same for the floats of an update: see docs/decisions.md. */
  private static final long UPDATE_FOR_THREADS = 200_000;

  /**
   * Floats of a region per thread that all primitives of an update process before the next tile.
   */
  private static final int TILE = 1 << 17;

  private final Arena state;
  private final NativeOwner owner;
  private final Primitives primitives;
  private final Operands operands;
  private final InnerProducts products;
  private final Convolutions convolutions;
  private final FirstLayer first; // null if no step leaves out zeros
  private final int threads; // for operations with much work
  private int
      current; // thread count; 0 (unknown) at first, since the last step runs before the first one

  private Translator(
      Program program,
      Arena state,
      Arena scratch,
      SparseInputs inputs,
      NativeOwner owner,
      int threads,
      Rounding rounding) {
    super(program, state, scratch);
    this.state = state;
    this.owner = owner;
    this.primitives = new Primitives(owner);
    this.operands = new Operands(primitives, owner, this::view, rounding);
    this.products = new InnerProducts(primitives);
    this.convolutions = new Convolutions(primitives, owner, operands, this::view);
    this.threads = threads;
    this.first =
        rounding == Rounding.NONE ? FirstLayer.of(program, value -> view(value, 0), inputs) : null;
    if (first == null) {
      steps.add(position -> inputs.rows().restore());
    }
  }

  /**
   * Translates one replica of a program for a given number of threads. The owner owns the result;
   * one thread at a time may run it.
   */
  static List<Step> translate(
      Program program,
      int replica,
      Arena state,
      Arena scratch,
      SparseInputs inputs,
      NativeOwner owner,
      int threads,
      Rounding rounding) {
    Translator translator =
        new Translator(program, state, scratch, inputs, owner, threads, rounding);
    List<Step> steps = translator.translate(replica, replica + 1);
    translator.primitives.finish();
    return steps;
  }

  @Override
  protected void before(Op op) {
    operands.before(op);
    int wanted = threads(op);
    if (wanted != current) {
      Threads.set(
          wanted); // primitives divide their work both when they are built and when they run
      steps.add(position -> Threads.set(wanted));
      current = wanted;
    }
  }

  private int threads(Op op) {
    boolean much;
    if (op instanceof Op.Update) {
      much = program.state().regionSize() >= UPDATE_FOR_THREADS;
    } else if (op instanceof Op.Gather gather) {
      much = gather.x().shape().size() >= FLOATS_FOR_THREADS;
    } else if (op instanceof Op.Pool pool) {
      much = pool.x().shape().size() >= FLOATS_FOR_THREADS;
    } else if (op instanceof Op.PoolGrad pool) {
      much = pool.dx().shape().size() >= FLOATS_FOR_THREADS;
    } else {
      much = 2 * op.multiplications() >= WORK_FOR_THREADS;
    }
    return much ? threads : 1;
  }

  @Override
  public void gather(Op.Gather op) {
    GatherStep step = gather(op, view(op.x()), primitives, owner, replica);
    addOnHost(
        first == null
            ? step
            : first.gather(
                step,
                (x, builder, memory) -> gather(op, x, builder, memory, 0),
                owner,
                threads(first.dense()),
                threads(op)));
  }

  /** Gathers into the given columns of x. */
  private GatherStep gather(
      Op.Gather op, View x, Primitives builder, NativeOwner memory, int index) {
    Function<Value, View> views = value -> value.equals(op.x()) ? x : view(value, index);
    Reorder reorder = Reorder.of(x.shape(), builder);
    return reorder == null
        ? new GatherStep(op, views, index, program.replicas())
        : new ByteGatherStep(op, views, index, program.replicas(), memory, builder, reorder);
  }

  /** a = f(x W + b): one primitive. */
  @Override
  public void dense(Op.Dense op) {
    int type = operands.type(op, op.x(), op.weights());
    addProduct(
        op,
        products.forward(
            operands.matrix(op.x(), type, steps),
            operands.matrix(op.weights(), type, steps),
            Matrix.of(viewOrNull(op.bias())),
            Matrix.of(view(op.output())),
            PostOps.of(op.activation())));
  }

  /** dW = x' dz and db = the column sums of dz: one primitive. */
  @Override
  public void denseGradWeights(Op.DenseGradWeights op) {
    int type = operands.type(op, op.x(), op.dz());
    addProduct(
        op,
        products.gradWeights(
            operands.matrix(op.x(), type, steps),
            operands.matrix(op.dz(), type, steps),
            Matrix.of(view(op.dWeights())),
            Matrix.of(viewOrNull(op.dBias()))));
  }

  private void addProduct(Op op, Step step) {
    steps.add(first == null ? step : first.product(op, step));
  }

  /** dx = dz W', then dx = dx * f'(a) in place. */
  @Override
  public void denseGradInput(Op.DenseGradInput op) {
    int type = operands.type(op, op.dz(), op.weights());
    steps.add(
        products.gradInput(
            operands.matrix(op.dz(), type, steps),
            operands.matrix(op.weights(), type, steps),
            Matrix.of(view(op.dx()))));
    activationGradient(op.activation(), op.a(), op.dx());
  }

  /** A kernel in the layout that oneDNN likes, and the convolution. */
  @Override
  public void convolution(Op.Convolution op) {
    steps.addAll(convolutions.forward(op, PostOps.of(op.activation())));
  }

  @Override
  public void convolutionGradWeights(Op.ConvolutionGradWeights op) {
    steps.addAll(convolutions.gradWeights(op));
  }

  /** dx, then dx = dx * f'(a) in place. */
  @Override
  public void convolutionGradInput(Op.ConvolutionGradInput op) {
    steps.addAll(convolutions.gradInput(op));
    activationGradient(op.activation(), op.a(), op.dx());
  }

  @Override
  public void pool(Op.Pool op) {
    boolean training =
        program.ops().stream().anyMatch(o -> o instanceof Op.PoolGrad g && op.x().equals(g.x()));
    steps.add(convolutions.pool(op, training));
  }

  @Override
  public void poolGrad(Op.PoolGrad op) {
    steps.add(convolutions.poolGrad(op));
  }

  /** Rounds subnormal numbers to 0, in place. */
  private void flush(Value value) {
    View number = new Arena(owner, 1).take(Shape.SCALAR);
    number.host().put(0, PostOps.SUBNORMAL);
    PostOps.Operand addend = primitives.operand(number.pointer(), 1, 1);
    PostOps subtract = new PostOps().eltwise(dnnl_eltwise_linear, 1, -PostOps.SUBNORMAL);
    PostOps.Operand x = operand(value);
    steps.add(primitives.binary(dnnl_binary_add, x, addend, x, subtract, false));
  }

  /** dx = dx * f'(a), in place. */
  private void activationGradient(ActivationFunction function, Value a, Value dx) {
    if (a == null) {
      return;
    }
    int algorithm = backwardAlgorithm(function);
    dnnl_memory_desc layout = primitives.layout(dnnl_f32, dx.shape().rows(), dx.shape().columns());
    dnnl_primitive_desc hint = new dnnl_primitive_desc();
    Primitives.check(
        dnnl_eltwise_forward_primitive_desc_create(
            hint,
            primitives.engine(),
            dnnl_forward_training,
            algorithm,
            layout,
            layout,
            0,
            0,
            null),
        "dnnl_eltwise_forward_primitive_desc_create");
    dnnl_primitive_desc description = new dnnl_primitive_desc();
    Primitives.check(
        dnnl_eltwise_backward_primitive_desc_create(
            description,
            primitives.engine(),
            algorithm,
            layout,
            layout,
            layout,
            0,
            0,
            primitives.own(hint),
            primitives.attributes()),
        "dnnl_eltwise_backward_primitive_desc_create");
    steps.add(
        primitives.step(
            primitives.own(description),
            argument(DNNL_ARG_DST, a),
            argument(DNNL_ARG_DIFF_DST, dx),
            argument(DNNL_ARG_DIFF_SRC, dx)));
    if (function == ActivationFunction.SIGMOID) {
      flush(dx);
    }
  }

  private static int backwardAlgorithm(ActivationFunction function) {
    return switch (function) {
      case RELU -> dnnl_eltwise_relu_use_dst_for_bwd;
      case SIGMOID -> dnnl_eltwise_logistic_use_dst_for_bwd;
      case TANH -> dnnl_eltwise_tanh_use_dst_for_bwd;
      default -> throw new IllegalStateException("no element-wise function " + function);
    };
  }

  /**
   * Uses primitives if the rule allows it, otherwise blocks on the heap. Primitives process the
   * stretch tile by tile, so that a tile of all regions stays in the second-level cache between
   * them.
   */
  @Override
  protected ElementwiseKernel updateKernel(UpdateRule rule, int from, Shape shape) {
    int length = shape.columns();
    int tile = TILE * threads;
    int count = (length + tile - 1) / tile;
    ElementwiseKernel[] tiles = new ElementwiseKernel[count];
    List<Arena> temporaries =
        new ArrayList<>(); // shared: those of one tile stay in the cache for the next
    for (int i = 0; i < count; i++) {
      int size = Math.min(tile, length - i * tile);
      List<View> regions = regions(rule, from + i * tile, new Shape(1, size));
      tiles[i] = UpdateKernel.of(rule, regions, temporaries, owner, primitives);
      if (tiles[i] == null) {
        return super.updateKernel(rule, from, shape);
      }
    }
    return scalars -> {
      for (ElementwiseKernel kernel : tiles) {
        kernel.run(scalars);
      }
    };
  }

  private PostOps.Operand operand(Value value) {
    Shape shape = value.shape();
    return primitives.operand(view(value).pointer(), shape.rows(), shape.columns());
  }

  private Argument argument(int index, Value value) {
    return new Argument(index, operand(value).memory());
  }
}
