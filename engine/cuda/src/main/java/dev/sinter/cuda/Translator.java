package dev.sinter.cuda;

import dev.sinter.backend.Precision;
import dev.sinter.cuda.CudaExecutable.Steps;
import dev.sinter.cuda.driver.ActivationLibrary;
import dev.sinter.cuda.driver.Launch;
import dev.sinter.cuda.driver.Struct;
import dev.sinter.cuda.kernel.AddressMap;
import dev.sinter.cuda.kernel.DeviceMemory;
import dev.sinter.cuda.kernel.DeviceValue;
import dev.sinter.cuda.kernel.ElementKernels;
import dev.sinter.cuda.kernel.GeneratedCode;
import dev.sinter.cuda.kernel.KernelSource;
import dev.sinter.cuda.kernel.Kernels;
import dev.sinter.cuda.kernel.Node;
import dev.sinter.cuda.kernel.WindowKernels;
import dev.sinter.cuda.kernel.Workspace;
import dev.sinter.cuda.product.KernelProduct;
import dev.sinter.cuda.product.MatrixProduct;
import dev.sinter.cuda.product.MatrixProduct.Mask;
import dev.sinter.cuda.product.ProductChooser;
import dev.sinter.cuda.product.ProductChooser.Way;
import dev.sinter.program.ActivationFunction;
import dev.sinter.program.Op;
import dev.sinter.program.Philox;
import dev.sinter.program.Program;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

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
    Launch launch =
        kernels.launch(head.source()).grid(head.blocks(), 1, replicas).threads(head.threads());
    addSummed(launch, step -> head.arguments(places, workspace));
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
  public void reshape(Op.Reshape op) {}

  @Override
  public void slice(Op.Slice op) {
    copyColumns(op.x(), op.first(), op.output(), 0, op.output().shape().size());
  }

  @Override
  public void concatenate(Op.Concatenate op) {
    int column = 0;
    for (Value operand : op.operands()) {
      copyColumns(operand, 0, op.output(), column, operand.shape().size());
      column += operand.shape().columns();
    }
  }

  /** Copies so many elements of rows, from a column of one value to a column of another one. */
  private void copyColumns(Value source, int from, Value target, int to, int size) {
    Launch launch =
        kernels
            .launch(KernelSource.of("columns.cu", "copyColumns"))
            .grid(ElementKernels.blocks(size), 1, replicas)
            .threads(BLOCK);
    Struct arguments = // struct CopyColumnsArguments
        new Struct()
            .nested(places.of(source), places.of(target))
            .integer(from)
            .integer(to)
            .integer(size / source.shape().rows())
            .integer(size);
    add(launch, step -> arguments);
  }

  @Override
  public void randomUniform(Op.RandomUniform op) {
    DeviceValue output = places.of(op.output());
    int size = output.shape().size();
    int word = op.stream() << 8 | Philox.Stream.LAYER.ordinal();
    Launch launch =
        kernels
            .launch(KernelSource.of("random.cu", "randomUniform"))
            .grid(ElementKernels.blocks((size + 3) / 4), 1, replicas)
            .threads(BLOCK);
    add( // struct RandomUniformArguments
        launch, step -> atStep(step).integer(word).nested(output).integer(size));
  }

  /** One block per row. */
  @Override
  public void gather(Op.Gather op) {
    int columns = op.x().shape().columns();
    Launch launch =
        kernels
            .launch(KernelSource.of("gather_rows.cu", "gather"))
            .grid(program.batch(), 1, replicas)
            .threads(columns >= 512 ? 256 : columns > 64 ? 128 : 32);
    add(launch, step -> atStep(step).nested(places.batch(op))); // struct GatherArguments
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

  /** Adds a kernel; its arguments are written when it is enqueued. */
  private void add(Launch launch, IntFunction<Struct> arguments) {
    add(step -> kernels.device().launch(launch.with(arguments.apply(step))));
  }

  /** Adds a kernel whose last block adds up two sums of all blocks of a replica. */
  private void addSummed(Launch launch, IntFunction<Struct> arguments) {
    workspace.need(2L * launch.gridX() * replicas, replicas);
    add(launch, arguments);
  }

  /** Returns a struct that begins with the position and a step. */
  private Struct atStep(int step) {
    return new Struct().pointer(position).integer(step);
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
      kernels.launch(way.kernel().source()); // loaded now, because a capture forbids it
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
    Launch launch = rows("softmax.cu", "softmax", z, lanesConstant(z));
    Struct arguments = new Struct().nested(z, p).integer(z.rows()); // struct SoftmaxArguments
    add(launch, step -> arguments);
  }

  @Override
  public void crossEntropy(Op.CrossEntropy op) {
    DeviceValue z = places.of(op.z());
    GeneratedCode generated =
        lanesConstant(z)
            .constant("KIND", op.kind())
            .constant("ACCURACY", GeneratedCode.accuracy(op));
    addSummed(
        rows("cross_entropy.cu", "crossEntropy", z, generated),
        step -> // struct CrossEntropyArguments
        new Struct()
                .nested(z, places.of(op.y()), places.of(op.weight()), places.of(op.count()))
                .nested(places.of(op.dz()), places.of(op.loss()), places.of(op.correct()))
                .integer(z.rows())
                .nested(workspace));
  }

  @Override
  public void countCorrect(Op.CountCorrect op) {
    DeviceValue scores = places.of(op.scores());
    GeneratedCode generated = lanesConstant(scores).constant("ACCURACY", op.accuracy());
    addSummed(
        rows("count_correct.cu", "countCorrect", scores, generated),
        step -> // struct CountCorrectArguments
        new Struct()
                .nested(scores, places.of(op.y()), places.of(op.weight()), places.of(op.correct()))
                .real((float) op.threshold())
                .integer(scores.rows())
                .nested(workspace));
  }

  private static GeneratedCode lanesConstant(DeviceValue matrix) {
    return new GeneratedCode().constant("LANES", lanes(matrix.columns()));
  }

  /** Returns a launch of a kernel in which lanes share the rows of a matrix. */
  private Launch rows(String file, String name, DeviceValue matrix, GeneratedCode generated) {
    int rowsPerBlock = BLOCK / lanes(matrix.columns());
    int blocks = (matrix.rows() + rowsPerBlock - 1) / rowsPerBlock;
    return kernels
        .launch(KernelSource.of(file, name, generated))
        .grid(Math.max(1, Math.min(MOST_BLOCKS, blocks)), 1, replicas)
        .threads(BLOCK);
  }

  /** Returns the number of neighbouring lanes that share a row: a power of two, at most a warp. */
  static int lanes(int columns) {
    int lanes = 1;
    while (lanes < columns && lanes < 32) {
      lanes *= 2;
    }
    return lanes;
  }

  @Override
  public void reduce(Op.Reduce op) {
    DeviceValue x = places.of(op.x());
    DeviceValue output = places.of(op.output());
    boolean columns = op.isOverRows();
    GeneratedCode generated = new GeneratedCode().constant("REDUCTION", op.reduction());
    Launch launch =
        kernels
            .launch(KernelSource.of("reduce.cu", columns ? "reduceColumns" : "reduce", generated))
            .grid(columns ? (x.columns() + 31) / 32 : output.rows(), 1, replicas)
            .threads(BLOCK);
    int length = columns ? x.rows() : x.shape().size() / output.rows();
    Struct arguments = new Struct().nested(x, output).integer(length); // struct ReduceArguments
    add(launch, step -> arguments);
  }

  @Override
  public void patches(Op.Patches op) {
    add(WindowKernels.patches(kernels, op, places));
  }

  @Override
  public void patchesGrad(Op.PatchesGrad op) {
    add(WindowKernels.patchesGrad(kernels, op, places));
  }

  @Override
  public void pool(Op.Pool op) {
    add(WindowKernels.pool(kernels, op, places));
  }

  @Override
  public void poolGrad(Op.PoolGrad op) {
    add(WindowKernels.poolGrad(kernels, op, places));
  }

  private void collect() {
    ResultTable table = ResultTable.of(places, memory);
    Launch launch =
        kernels
            .launch(KernelSource.of("flow.cu", "collect"))
            .grid(
                Math.max(1, Math.min(256, (table.largest() + BLOCK - 1) / BLOCK)),
                1,
                program.results().size())
            .threads(BLOCK);
    add(
        launch,
        step -> // struct CollectArguments
        atStep(step).integer(program.resultSize()).pointer(table.address()).integer(replicas));
  }
}
