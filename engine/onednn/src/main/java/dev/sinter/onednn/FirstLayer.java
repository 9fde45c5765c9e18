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
  /** Values of a row outside the matrix that there is room for at first. */
  private static final int EXPECTED = 16;

  /** Builds the gather of a narrower x. */
  @FunctionalInterface
  interface Gathers {
    GatherStep of(View x, Primitives primitives, NativeOwner owner);
  }

  private final Op.Gather gather;
  private final Op.Dense dense;
  private final Op.DenseGradWeights gradient;
  private final Function<Value, View> views;
  private final SparseInputs inputs;
  private Gathers gathers;
  private int threads; // of the products
  private int gatherThreads;
  private final NativeOwner built = new NativeOwner(); // of products and matrixGather
  private WeakReference<HostSamples> known = new WeakReference<>(null);
  private WeakReference<SparseSamples> divided = new WeakReference<>(null); // kept by inputs
  private boolean isSparse; // the known samples
  private SparseProducts products; // for the width of the known samples; null if none are built
  private GatherStep matrixGather;

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
   * @return null if a program does not update weights, or if another operation uses samples or
   *     weights: gradients that are read after each step would have to be put in order
   */
  static FirstLayer of(Program program, Function<Value, View> views, SparseInputs inputs) {
    List<Op> ops = program.simpleOps();
    if (program.replicas() != 1
        || program.rule() == null
        || !(ops.get(0) instanceof Op.Gather gather)) {
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

  /** Returns the forward product. */
  Op.Dense dense() {
    return dense;
  }

  /**
   * Gathers a batch in the form that suits its samples. Called once.
   *
   * @param plain the gather of all columns of x
   * @param narrow builds the gather of fewer
   * @param owner frees what is built
   * @param productThreads of the products
   * @param gatherThreads of the gather
   */
  Step gather(
      GatherStep plain, Gathers narrow, NativeOwner owner, int productThreads, int gatherThreads) {
    this.gathers = narrow;
    this.threads = productThreads;
    this.gatherThreads = gatherThreads;
    owner.own(built);
    return position -> {
      HostSamples samples = (HostSamples) position.feed().data();
      SparseSamples parts = divided.get();
      boolean isReady = !isSparse || parts != null && products != null;
      if (!known.refersTo(samples) || !isReady) {
        parts = inputs.divide(samples, dense.weights().shape());
        Threads.set(gatherThreads); // a timing changes it
        isSparse = parts != null && isBuilt(parts);
        divided = new WeakReference<>(parts);
        known = new WeakReference<>(samples);
      }
      if (isSparse) {
        gatherParts(parts, samples, position);
      } else {
        inputs.rows().restore();
        plain.run(position);
      }
    };
  }

  private boolean isBuilt(SparseSamples parts) {
    if (products == null || products.width() != parts.width()) {
      build(parts, EXPECTED * gather.x().shape().rows());
    }
    return products.isFast();
  }

  private void gatherParts(SparseSamples parts, HostSamples samples, Step.Position position) {
    int batch = gather.x().shape().rows();
    int[] order = position.feed().order();
    int from = position.chunk().firstRow() + position.step * batch;
    int values = parts.divide(samples.x(), order, from, batch);
    if (values > products.capacity()) {
      build(parts, (int) Math.min(2L * values, Integer.MAX_VALUE));
    }
    inputs.rows().arrange(dense.weights(), parts.order());
    matrixGather.gather(parts.matrixOf(samples), order, from);
    products.gather(parts, order, from, samples.table(), samples.scale());
  }

  /**
   * Builds products and gather.
   *
   * @param capacity the most values of a batch outside the matrix
   */
  private void build(SparseSamples parts, int capacity) {
    products = null;
    built.run(); // frees those of another width or capacity
    try {
      Threads.set(threads);
      Primitives primitives = new Primitives(built);
      SparseProducts.Layer layer =
          new SparseProducts.Layer(
                  views.apply(gather.x()),
                  views.apply(dense.weights()),
                  viewOrNull(dense.bias()),
                  views.apply(dense.output()),
                  views.apply(gradient.dz()),
                  views.apply(gradient.dWeights()),
                  viewOrNull(gradient.dBias()))
              .narrow(parts.width());
      SparseProducts made =
          new SparseProducts(layer, PostOps.of(dense.activation()), capacity, primitives, built);
      Threads.set(gatherThreads);
      matrixGather = gathers.of(layer.x(), primitives, built);
      primitives.finish();
      products = made;
    } finally {
      Threads.set(gatherThreads);
    }
  }

  private View viewOrNull(Value value) {
    return value == null ? null : views.apply(value);
  }

  /** Wraps a product of the layer; others stay as they are. */
  Step product(Op op, Step plain) {
    if (op == dense) {
      return position -> {
        if (isSparse) {
          products.forward();
        } else {
          plain.run(position);
        }
      };
    } else if (op == gradient) {
      return position -> {
        if (isSparse) {
          products.gradWeights();
        } else {
          plain.run(position);
        }
      };
    }
    return plain;
  }
}
