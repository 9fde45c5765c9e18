package dev.sinter.onednn;

import dev.sinter.backend.host.GatherStep;
import dev.sinter.backend.host.HostSamples;
import dev.sinter.backend.host.Step;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.lang.ref.WeakReference;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * The dense layer that alone multiplies the samples of a training step. If their zeros are left out
 * ({@link SparseInputs}), its three operations run in another form: the gather writes the densest
 * columns as a narrower x and the rest as sparse matrices, and both products have two parts. Then
 * the rows of the weights lie in the order of the columns.
 */
final class FirstLayer {
  /** Builds the gather of a narrower x. */
  @FunctionalInterface
  interface Gathers {
    GatherStep of(View x, Primitives primitives);
  }

  private final Op.Gather gather;
  private final Op.Dense dense;
  private final Op.DenseGradWeights gradient;
  private final Function<Value, View> views;
  private final SparseInputs inputs;
  private WeakReference<HostSamples> known = new WeakReference<>(null);
  private SparseSamples divided; // the known samples; null if their products are dense
  private HostSamples matrix; // of the divided samples
  private SparseProducts products; // for the divided samples; kept for the next ones
  private GatherStep matrixGather;
  private int width; // of products and matrixGather

  private FirstLayer(
      Op.Gather gather,
      Op.Dense dense,
      Op.DenseGradWeights gradient,
      Function<Value, View> views,
      SparseInputs inputs) {
    this.gather = gather;
    this.dense = dense;
    this.gradient = gradient;
    this.views = views;
    this.inputs = inputs;
  }

  /**
   * Finds the layer.
   *
   * @return null if a program does not train, or if another operation uses samples or weights
   */
  static FirstLayer of(Program program, Function<Value, View> views, SparseInputs inputs) {
    List<Op> ops = program.simpleOps();
    if (program.replicas() != 1 || ops.isEmpty() || !(ops.get(0) instanceof Op.Gather gather)) {
      return null;
    }
    Op.Dense dense = null;
    Op.DenseGradWeights gradient = null;
    for (Op op : ops) {
      if (op instanceof Op.Dense d && d.x().equals(gather.x())) {
        dense = d;
      } else if (op instanceof Op.DenseGradWeights g && g.x().equals(gather.x())) {
        gradient = g;
      }
    }
    if (dense == null || gradient == null) {
      return null;
    }
    List<Op> own = List.of(gather, dense, gradient);
    for (Op op : ops) {
      if (!own.contains(op) && uses(op, gather.x(), dense.weights(), program.state())) {
        return null;
      }
    }
    boolean belong = program.state().gradientOf(dense.weights()).equals(gradient.dWeights());
    return belong ? new FirstLayer(gather, dense, gradient, views, inputs) : null;
  }

  private static boolean uses(Op op, Value x, Value weights, State state) {
    return Stream.concat(op.inputs().stream(), op.outputs().stream())
        .anyMatch(
            value ->
                value.equals(x)
                    || value.kind().isState()
                        && value.kind() != Value.Kind.TRACKED
                        && state.ownerOf(value).equals(weights));
  }

  /**
   * Gathers a batch in the form that suits its samples.
   *
   * @param plain the gather of all columns of x
   * @param gathers builds the gather of fewer
   * @param threads of the products
   * @param gatherThreads of the gather
   */
  Step gather(
      GatherStep plain, Gathers gathers, NativeOwner owner, int threads, int gatherThreads) {
    return position -> {
      HostSamples samples = (HostSamples) position.feed().data();
      if (!known.refersTo(samples)) {
        learn(samples, gathers, owner, threads);
        Threads.set(gatherThreads);
      }
      if (divided == null) {
        inputs.rows().restore();
        plain.run(position);
      } else {
        inputs.rows().arrange(dense.weights(), divided.order());
        int[] order = position.feed().order();
        int from = position.chunk().firstRow() + position.step * gather.x().shape().rows();
        int values = divided.divide(order, from, gather.x().shape().rows());
        if (values > products.capacity()) {
          build(gathers, owner, threads, 2 * values);
          Threads.set(gatherThreads);
        }
        matrixGather.gather(matrix, order, from);
        products.gather(divided, order, from, samples.table(), samples.scale());
      }
    };
  }

  private void learn(HostSamples samples, Gathers gathers, NativeOwner owner, int threads) {
    divided = inputs.divide(samples, dense.weights().shape());
    if (divided != null) {
      matrix = divided.matrix(samples);
      if (products == null || width != divided.width()) {
        build(gathers, owner, threads, 16 * gather.x().shape().rows());
      }
      divided = products.isFast() ? divided : null;
    }
    known = new WeakReference<>(samples);
  }

  private void build(Gathers gathers, NativeOwner owner, int threads, int capacity) {
    Threads.set(threads);
    Primitives primitives = new Primitives(owner);
    width = divided.width();
    SparseProducts.Operands operands =
        new SparseProducts.Operands(
                views.apply(gather.x()),
                views.apply(dense.weights()),
                viewOrNull(dense.bias()),
                views.apply(dense.output()),
                views.apply(gradient.dz()),
                views.apply(gradient.dWeights()),
                viewOrNull(gradient.dBias()))
            .narrow(width);
    PostOps activation = PostOps.of(dense.activation());
    products = new SparseProducts(operands, activation, capacity, primitives, owner);
    matrixGather = gathers.of(operands.x(), primitives);
    primitives.finish();
  }

  private View viewOrNull(Value value) {
    return value == null ? null : views.apply(value);
  }

  /** Wraps a product of the layer; others stay as they are. */
  Step product(Op op, Step plain) {
    if (op == dense) {
      return position -> {
        if (divided == null) {
          plain.run(position);
        } else {
          products.forward();
        }
      };
    } else if (op == gradient) {
      return position -> {
        if (divided == null) {
          plain.run(position);
        } else {
          products.gradWeights();
        }
      };
    }
    return plain;
  }
}
