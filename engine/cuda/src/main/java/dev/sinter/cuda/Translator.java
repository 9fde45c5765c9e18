package dev.sinter.cuda;

import dev.sinter.backend.Precision;
import dev.sinter.cuda.CudaExecutable.Steps;
import dev.sinter.cuda.Kernels.Kernel;
import dev.sinter.cuda.Kernels.KernelSource;
import dev.sinter.cuda.MatrixProduct.Mask;
import dev.sinter.cuda.ProductChooser.Way;
import dev.sinter.cuda.driver.ActivationLibrary;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Philox;
import dev.sinter.program.Program;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Translates the operations of one program into nodes, each operation into one kernel or one
 * product if possible. Their memory is already allocated. They state their need of the workspace
 * here, and read its address when they are enqueued.
 */
final class Translator implements Op.Visitor {
  private static final ActivationFunction LINEAR = ActivationFunction.LINEAR;
  private static final int BLOCK = 256;

  /** The most blocks that share the rows of a loss; the last one adds up their sums. */
  private static final int MOST_BLOCKS = 64;

  private final Kernels kernels;
  private final ProductChooser chooser;
  private final ActivationLibrary library; // null where Sinter's kernels do it
  private final Precision precision;
  private final DeviceMemory memory;
  private final Workspace workspace;
  private final AddressMap places;
  private final Program program;
  private final int replicas;
  private final long position;
  private final Map<Value, Mask> masks = new HashMap<>(); // of ReLU outputs, written by cuBLASLt
  private final List<Node> nodes = new ArrayList<>();
  private Node first; // gathers the first batch of a graph; the end of each step gathers the next
  private StepEndKernels end; // or null

  /**
   * Creates a lowering of one program.
   *
   * @param position address of the position
   */
  Translator(
      CudaBackend backend,
      DeviceMemory memory,
      Workspace workspace,
      AddressMap places,
      long position) {
    this.kernels = backend.gpu().kernels();
    this.chooser = backend.gpu().chooser();
    this.library = backend.library();
    this.precision = backend.precision();
    this.memory = memory;
    this.workspace = workspace;
    this.places = places;
    this.program = places.program();
    this.replicas = program.replicas();
    this.position = position;
  }

  /** Returns the steps of the program. */
  Steps lower() {
    program.ops().forEach(op -> op.accept(this));
    if (end == null && !program.results().isEmpty()) {
      collect();
    }
    return (from, count) -> {
      if (end != null) {
        first.enqueue(from);
      }
      for (int step = from; step < from + count; step++) {
        for (Node node : nodes) {
          node.enqueue(step);
        }
        if (end != null) {
          end.enqueue(step, step + 1 < from + count);
        }
      }
    };
  }

  @Override
  public void denseLoss(Op.DenseLoss op) {
    DenseLossKernels head = new DenseLossKernels(op);
    if (library != null || !head.fits()) {
      op.parts().forEach(part -> part.accept(this));
      return;
    }
    summedRows(head.source(), head.blocks(), head.threads(), head.arguments(places));
  }

  @Override
  public void stepEnd(Op.StepEnd op) {
    if (!StepEndKernels.fits(op, program.state(), program.resultSize())) {
      op.parts().forEach(part -> part.accept(this));
      return;
    }
    end = new StepEndKernels(op, places, memory, kernels, position);
    first = nodes.remove(0); // the gather
  }

  @Override
  public void randomUniform(Op.RandomUniform op) {
    DeviceValue output = places.of(op.output());
    int size = output.shape().size();
    int word = op.stream() << 8 | Philox.Stream.LAYER.ordinal();
    Kernel kernel =
        kernels.kernel(
            KernelSource.of("randomUniform", "", "random"),
            ElementKernels.blocks((size + 3) / 4),
            replicas,
            BLOCK);
    add(step -> kernel.launch(position, step, word, output, size));
  }

  /** One block per row. */
  @Override
  public void gather(Op.Gather op) {
    DeviceValue x = places.of(op.x());
    DeviceValue y = places.of(op.y());
    DeviceValue weight = places.of(op.weight());
    DeviceValue count = places.of(op.count());
    KernelSource source = KernelSource.of("gather", "", "gather", "gather_rows");
    int threads = x.columns() >= 512 ? 256 : x.columns() > 64 ? 128 : 32;
    Kernel kernel = kernels.kernel(source, program.batch(), replicas, threads);
    add(step -> kernel.launch(position, step, x, x.columns(), y, y.columns(), weight, count));
  }

  @Override
  public void denseGradWeights(Op.DenseGradWeights op) {
    product(product(op, places, precision), null, null);
  }

  @Override
  public void elementwise(Op.Elementwise op) {
    add(ElementKernels.elementwise(kernels, op, places));
  }

  @Override
  public void update(Op.Update op) {
    add(ElementKernels.update(kernels, op.rule(), places, position));
  }

  private void add(Node node) {
    nodes.add(node);
  }

  private void add(ActivationLibrary.Operation operation) {
    add(ready(step -> operation.enqueue()));
  }

  /**
   * Runs a library operation once, on arbitrary data: it loads its kernels on first use, which a
   * recording may not allow.
   */
  private static Node ready(Node node) {
    node.enqueue(0);
    return node;
  }

  /** One product with bias and activation; an activation of cuDNN is a separate operation. */
  @Override
  public void dense(Op.Dense op) {
    if (library != null && op.activation() != LINEAR) {
      dense(new Op.Dense(op.label(), op.x(), op.weights(), op.bias(), LINEAR, op.output()));
      DeviceValue a = places.of(op.output());
      add(library.activation(activation(op.activation()), a.address(), a.address(), matrices(a)));
      return;
    }
    boolean masked =
        op.bias() != null
            && op.activation() == ActivationFunction.RELU
            && program.ops().stream()
                .anyMatch(o -> o instanceof Op.DenseGradInput g && op.output().equals(g.a()));
    MatrixProduct product = product(op, places, precision);
    Mask mask = masked && chooser.hasLibrary() ? product.mask(memory) : null;
    Way way = product(product, mask, null);
    if (mask != null && way.library()) {
      masks.put(op.output(), mask);
    }
  }

  /** One product with the derivative; a derivative of cuDNN is a separate operation. */
  @Override
  public void denseGradInput(Op.DenseGradInput op) {
    if (library != null && op.a() != null) {
      denseGradInput(
          new Op.DenseGradInput(op.label(), op.dz(), op.weights(), LINEAR, null, op.dx()));
      DeviceValue dx = places.of(op.dx());
      add(
          library.activationGradient(
              activation(op.activation()),
              places.of(op.a()).address(),
              dx.address(),
              dx.address(),
              matrices(dx)));
      return;
    }
    product(product(op, places, precision), null, op.a() == null ? null : masks.get(op.a()));
  }

  /** a = f(x W + b). */
  static MatrixProduct product(Op.Dense op, AddressMap places, Precision precision) {
    return new MatrixProduct(
        places.program().replicas(),
        false,
        false,
        places.of(op.x()),
        places.of(op.weights()),
        places.of(op.output()),
        places.of(op.bias()),
        op.activation(),
        LINEAR,
        DeviceValue.NONE,
        DeviceValue.NONE,
        precision);
  }

  /** dW = x' dz, db = the column sums of dz. */
  static MatrixProduct product(Op.DenseGradWeights op, AddressMap places, Precision precision) {
    return new MatrixProduct(
        places.program().replicas(),
        true,
        false,
        places.of(op.x()),
        places.of(op.dz()),
        places.of(op.dWeights()),
        DeviceValue.NONE,
        LINEAR,
        LINEAR,
        DeviceValue.NONE,
        places.of(op.dBias()),
        precision);
  }

  /** dx = (dz W') * f'(a). */
  static MatrixProduct product(Op.DenseGradInput op, AddressMap places, Precision precision) {
    return new MatrixProduct(
        places.program().replicas(),
        false,
        true,
        places.of(op.dz()),
        places.of(op.weights()),
        places.of(op.dx()),
        DeviceValue.NONE,
        LINEAR,
        op.activation(),
        places.of(op.a()),
        DeviceValue.NONE,
        precision);
  }

  private static ActivationLibrary.Activation activation(ActivationFunction function) {
    return ActivationLibrary.Activation.valueOf(function.name());
  }

  private ActivationLibrary.Matrices matrices(DeviceValue place) {
    return new ActivationLibrary.Matrices(place.rows(), place.columns(), replicas, place.stride());
  }

  /** Adds a product, computed by cuBLASLt or by a {@link KernelProduct}. */
  private Way product(MatrixProduct product, Mask written, Mask read) {
    Way way = chooser.choose(product, written, read, workspace);
    if (way.library()) {
      ready(way.node());
    } else {
      way.kernel().need(workspace);
      kernels.function(way.kernel().source()); // loaded now, because a recording forbids it
    }
    add(way.node());
    return way;
  }

  @Override
  public void softmax(Op.Softmax op) {
    DeviceValue z = places.of(op.z());
    DeviceValue p = places.of(op.p());
    if (library != null) {
      add(library.softmax(z.address(), p.address(), matrices(z)));
      return;
    }
    int lanes = lanes(z.columns());
    String generated =
        """
        extern "C" __global__ void __launch_bounds__(256) softmaxRows(
            const float *z, int zStride, float *p, int pStride, int batch, int columns) {
          softmax<%s>(z, zStride, p, pStride, batch, columns);
        }
        """
            .formatted(lanes);
    rows(
        KernelSource.of("softmaxRows", generated, "rows"),
        rowBlocks(z.rows(), lanes),
        z,
        p,
        z.rows(),
        z.columns());
  }

  @Override
  public void crossEntropy(Op.CrossEntropy op) {
    DeviceValue z = places.of(op.z());
    String generated =
        """
        extern "C" __global__ void __launch_bounds__(256) crossEntropyRows(
            const float *z, int zStride, const float *y, int yStride, const float *weight, int weightStride,
            const float *count, int countStride, float *dz, int dzStride, float *loss, int lossStride, float *correct,
            int correctStride, int batch, int columns, float *partial, unsigned *counters) {
          crossEntropy<%s>(z, zStride, y, yStride, weight, weightStride, count, countStride, dz, dzStride, loss,
                           lossStride, correct, correctStride, batch, columns, partial, counters);
        }
        """
            .formatted(crossEntropyArguments(op));
    summedRows(
        KernelSource.of("crossEntropyRows", generated, "rows"),
        rowBlocks(z.rows(), lanes(z.columns())),
        BLOCK,
        z,
        places.of(op.y()),
        places.of(op.weight()),
        places.of(op.count()),
        places.of(op.dz()),
        places.of(op.loss()),
        places.of(op.correct()),
        z.rows(),
        z.columns());
  }

  /** Returns the template arguments: lanes, kind, accuracy. */
  static String crossEntropyArguments(Op.CrossEntropy op) {
    return lanes(op.z().shape().columns()) + ", " + lossArguments(op);
  }

  /** Returns the template arguments: kind, accuracy. */
  static String lossArguments(Op.CrossEntropy op) {
    return kind(op.kind()) + ", " + (op.correct() == null ? -1 : accuracy(op.accuracy()));
  }

  /** Returns the template argument for a kind of cross-entropy: see rowLoss in rows.cu. */
  static int kind(Op.CrossEntropyKind kind) {
    return switch (kind) {
      case SOFTMAX_SPARSE -> 0;
      case SOFTMAX -> 1;
      case SIGMOID -> 2;
    };
  }

  /** Returns the template argument for a kind of accuracy: see right in rows.cu. */
  static int accuracy(Op.Accuracy accuracy) {
    return switch (accuracy) {
      case SPARSE_CATEGORICAL -> 0;
      case CATEGORICAL -> 1;
      case BINARY -> 2;
    };
  }

  @Override
  public void countCorrect(Op.CountCorrect op) {
    DeviceValue scores = places.of(op.scores());
    int lanes = lanes(scores.columns());
    String generated =
        """
        extern "C" __global__ void __launch_bounds__(256) countRows(
            const float *scores, int scoreStride, const float *y, int yStride, const float *weight, int weightStride,
            float threshold, float *correct, int correctStride, int batch, int columns, float *partial,
            unsigned *counters) {
          countCorrect<%s, %s>(scores, scoreStride, y, yStride, weight, weightStride, threshold, correct,
                               correctStride, batch, columns, partial, counters);
        }
        """
            .formatted(lanes, accuracy(op.accuracy()));
    summedRows(
        KernelSource.of("countRows", generated, "rows"),
        rowBlocks(scores.rows(), lanes),
        BLOCK,
        scores,
        places.of(op.y()),
        places.of(op.weight()),
        (float) op.threshold(),
        places.of(op.correct()),
        scores.rows(),
        scores.columns());
  }

  /** Adds a kernel whose last block adds up the sums of all blocks. */
  private void summedRows(KernelSource source, int blocks, int threads, Object... arguments) {
    Kernel kernel = kernels.kernel(source, blocks, replicas, threads);
    List<Object> all = Kernels.arguments(arguments);
    workspace.need(2L * blocks * replicas, replicas);
    add(step -> kernel.launch(all, workspace.partial(), workspace.counters()));
  }

  private void rows(KernelSource source, int blocks, Object... arguments) {
    Kernel kernel = kernels.kernel(source, blocks, replicas, BLOCK);
    add(step -> kernel.launch(arguments));
  }

  /** Returns the number of neighbouring lanes that share a row: a power of two, at most a warp. */
  static int lanes(int columns) {
    int lanes = 1;
    while (lanes < columns && lanes < 32) {
      lanes *= 2;
    }
    return lanes;
  }

  private static int rowBlocks(int rows, int lanes) {
    int rowsPerBlock = BLOCK / lanes;
    return Math.max(1, Math.min(MOST_BLOCKS, (rows + rowsPerBlock - 1) / rowsPerBlock));
  }

  @Override
  public void reduce(Op.Reduce op) {
    DeviceValue x = places.of(op.x());
    DeviceValue output = places.of(op.output());
    boolean columns = op.isOverRows();
    String name = columns ? "reduceColumns" : "reduce";
    String generated =
        """
        extern "C" __global__ void __launch_bounds__(256) %sOf(
            const float *x, int xStride, float *output, int outputStride, int length, int columns) {
          %s<%s>(x, xStride, output, outputStride, length%s);
        }
        """
            .formatted(
                name, name, op.reduction() == Op.Reduction.MAXIMUM, columns ? ", columns" : "");
    rows(
        KernelSource.of(name + "Of", generated, "rows"),
        columns ? (x.columns() + 31) / 32 : output.rows(),
        x,
        output,
        columns ? x.rows() : x.shape().size() / output.rows(),
        x.columns());
  }

  private void collect() {
    ResultTable table = ResultTable.of(places, memory);
    KernelSource source = KernelSource.of("collect", "", "flow");
    int blocks = Math.max(1, Math.min(256, (table.largest() + BLOCK - 1) / BLOCK));
    Kernel kernel = kernels.kernel(source, blocks, program.results().size(), BLOCK);
    add(step -> kernel.launch(position, step, table.address(), program.resultSize(), replicas));
  }
}
