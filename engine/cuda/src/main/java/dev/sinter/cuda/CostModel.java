package dev.sinter.cuda;

import dev.sinter.backend.Precision;
import dev.sinter.cuda.kernel.AddressMap;
import dev.sinter.cuda.product.KernelProduct;
import dev.sinter.cuda.product.MatrixProduct;
import dev.sinter.cuda.product.Tile;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.UpdateRule;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.BiFunction;

/**
 * Predicts the time of a training step on a device that need not be here: a kernel takes the longer
 * of its multiply-adds and its bytes, and a node of a graph or a barrier its fixed time.
 *
 * <p>It compares designs and sizes; it leaves out latencies inside a kernel. docs/gpu.md compares
 * it with hardware once there are measurements.
 */
final class CostModel implements Op.Visitor {
  /** The share of the peak that the products of Sinter reach on full tiles: an assumption. */
  private static final double PRODUCT_EFFICIENCY = 0.6;

  /** Batch sizes beside that of a recipe, as multiples of it. */
  private static final List<Integer> MULTIPLES = List.of(1, 4, 16, 64);

  /**
   * The cost of a training step.
   *
   * @param design what runs
   * @param launches kernels per step; 0 if one launch runs many steps
   * @param barriers of the grid per step
   * @param multiplyAdds of the products
   * @param cacheBytes that the multiprocessors exchange with L2
   * @param memoryBytes that come from device memory
   * @param microseconds predicted
   */
  record Cost(
      String design,
      int launches,
      int barriers,
      double multiplyAdds,
      double cacheBytes,
      double memoryBytes,
      double microseconds) {}

  private final DeviceModel device;
  private final Program program;
  private int launches;
  private double cacheBytes;
  private double microseconds;

  private CostModel(DeviceModel device, Program program) {
    this.device = device;
    this.program = program;
  }

  /** Returns the cost of a program as a graph of kernels. */
  static Cost ofGraph(DeviceModel device, Program program) {
    CostModel model = new CostModel(device, program);
    program.ops().forEach(op -> op.accept(model));
    boolean gathersAtEnd = program.ops().stream().anyMatch(Op.StepEnd.class::isInstance);
    if (gathersAtEnd) { // and the gather and the collection of results are not kernels
      model.launches--;
    } else {
      model.launches++; // collects the results
    }
    double nodes = model.launches * device.nodeMicroseconds();
    return new Cost(
        "graph of kernels",
        model.launches,
        0,
        multiplyAdds(program),
        model.cacheBytes,
        memoryBytes(program),
        model.microseconds + nodes);
  }

  /** Returns the cost of a cooperative kernel. */
  static Cost ofEpoch(DeviceModel device, EpochPlan plan, Precision precision) {
    EpochPlan.Network network = plan.network();
    double batch = network.batch();
    double all = (double) plan.blocks() * network.program().replicas();
    double perBlock = // its rows, shares of the logits written, a row of them read, dz read
        batch * network.inputs() * (plan.ring() > 0 ? 1 : 2) + 4 * batch * network.outputs() * 3;
    int rounds = // launches for all replicas
        (network.program().replicas() + plan.replicas() - 1) / plan.replicas();
    double computing = device.issuing(plan.cycles(precision) + plan.otherCycles());
    double moving = device.moving(all / rounds * perBlock, memoryBytes(network.program()));
    return new Cost(
        "one cooperative kernel, " + precision,
        0,
        2,
        multiplyAdds(network.program()),
        all * perBlock,
        memoryBytes(network.program()),
        rounds * (Math.max(computing, moving) + 2 * device.barrierMicroseconds()));
  }

  /** Returns the cost of one block that runs whole steps. */
  static Cost ofBlock(DeviceModel device, Program program) {
    double bytes = memoryBytes(program);
    double computing = device.multiplying(multiplyAdds(program)) / PRODUCT_EFFICIENCY;
    return new Cost("one block", 0, 0, multiplyAdds(program), bytes, bytes, computing);
  }

  private static double multiplyAdds(Program program) {
    return (double) program.replicas()
        * program.simpleOps().stream().mapToLong(Op::multiplications).sum();
  }

  /** The samples of a step, one byte per input: the rest stays in L2. */
  private static double memoryBytes(Program program) {
    Op.Gather gather = (Op.Gather) program.simpleOps().get(0);
    return (double) program.replicas() * gather.x().shape().size();
  }

  /**
   * Returns a table of the designs for several batch sizes.
   *
   * @param steps makes the training step of a batch size, with the operations that a backend fuses
   */
  static String table(DeviceModel device, int batch, BiFunction<Integer, Boolean, Program> steps) {
    StringBuilder table = new StringBuilder();
    table.append(
        "Predicted for %s, not measured: %s, %s multiprocessors; float32 unless said\n"
            .formatted(device, device.properties().name(), device.properties().multiprocessors()));
    table.append(
        "%7s  %-32s %8s %8s %9s %9s %9s %9s %14s%n"
            .formatted(
                "batch",
                "design",
                "launches",
                "barriers",
                "M mul-add",
                "KB of L2",
                "KB memory",
                "us a step",
                "samples/s"));
    List<String> reasons = new ArrayList<>();
    for (int multiple : MULTIPLES) {
      int size = batch * multiple;
      Program plain = steps.apply(size, false);
      List<Cost> costs = new ArrayList<>();
      costs.add(ofGraph(device, steps.apply(size, true)));
      for (Precision precision : precisions(device)) {
        EpochPlan.Answer answer = EpochPlan.of(plain, device.properties(), precision);
        if (answer.plan() != null) {
          costs.add(ofEpoch(device, answer.plan(), precision));
        } else if (precision == Precision.FLOAT32) {
          reasons.add(line(size, "one cooperative kernel", answer.reason()));
        }
      }
      String block = WholeStepKernel.reason(plain, device.properties());
      if (block.isEmpty()) {
        costs.add(ofBlock(device, plain));
      } else {
        reasons.add(line(size, "one block", block));
      }
      costs.forEach(cost -> table.append(line(size, cost)));
    }
    reasons.forEach(table::append);
    return table.toString();
  }

  private static List<Precision> precisions(DeviceModel device) {
    boolean tensorCores = device.properties().capability() >= CudaProvider.TENSOR_CAPABILITY;
    return tensorCores ? List.of(Precision.values()) : List.of(Precision.FLOAT32);
  }

  private static String line(int batch, Cost cost) {
    return String.format(
        Locale.ROOT,
        "%7d  %-32s %8d %8d %9.1f %9.0f %9.0f %9.1f %,14.0f%n",
        batch,
        cost.design(),
        cost.launches(),
        cost.barriers(),
        cost.multiplyAdds() / 1e6,
        cost.cacheBytes() / 1e3,
        cost.memoryBytes() / 1e3,
        cost.microseconds(),
        batch / cost.microseconds() * 1e6);
  }

  private static String line(int batch, String design, String reason) {
    return String.format("%7d  %-32s no: %s%n", batch, design, reason);
  }

  /** Adds a kernel that moves bytes. */
  private void moves(double bytes) {
    double all = bytes * program.replicas();
    launches++;
    cacheBytes += all;
    microseconds += device.moving(all, 0);
  }

  private static double bytes(List<Value> values) {
    return 4.0 * values.stream().mapToInt(value -> value.shape().size()).sum();
  }

  private void moves(Op op) {
    moves(bytes(op.inputs()) + bytes(op.outputs()));
  }

  /** Adds a product: rounds of its blocks over the multiprocessors. */
  private void multiplies(MatrixProduct product) {
    KernelProduct kernel = KernelProduct.candidates(product, device.properties()).get(0);
    Tile tile = kernel.tile();
    double blocks =
        (double) ((product.m() + tile.rows() - 1) / tile.rows())
            * ((product.n() + tile.columns() - 1) / tile.columns())
            * kernel.splits()
            * product.replicas();
    double each = (double) tile.rows() * tile.columns() * product.k() / kernel.splits();
    double rounds = Math.ceil(blocks / device.properties().multiprocessors());
    double bytes =
        4 * blocks * (tile.rows() + tile.columns()) * product.k() / kernel.splits()
            + 4.0 * product.m() * product.n() * (2 * kernel.splits() - 1) * product.replicas();
    launches++;
    cacheBytes += bytes;
    microseconds +=
        Math.max(device.multiplying(rounds * each) / PRODUCT_EFFICIENCY, device.moving(bytes, 0));
  }

  private AddressMap places() {
    return new AddressMap(program, 0, 0);
  }

  @Override
  public void gather(Op.Gather op) {
    moves(op);
  }

  @Override
  public void dense(Op.Dense op) {
    multiplies(Translator.product(op, places(), Precision.FLOAT32));
  }

  @Override
  public void denseGradWeights(Op.DenseGradWeights op) {
    multiplies(Translator.product(op, places(), Precision.FLOAT32));
  }

  @Override
  public void denseGradInput(Op.DenseGradInput op) {
    multiplies(Translator.product(op, places(), Precision.FLOAT32));
  }

  /** One block a row, each with all weights. */
  @Override
  public void denseLoss(Op.DenseLoss op) {
    double weights = 4.0 * op.dense().weights().shape().size();
    moves(bytes(op.inputs()) + bytes(op.outputs()) + weights * op.dense().x().shape().rows());
  }

  /** The update, the small gradient and the next batch, beside each other. */
  @Override
  public void stepEnd(Op.StepEnd op) {
    double gradient = op.gradient() == null ? 0 : bytes(op.gradient().inputs());
    moves(gradient + bytes(op.next().outputs()) + (op.update() == null ? 0 : updated(op.update())));
  }

  @Override
  public void update(Op.Update op) {
    moves(updated(op));
  }

  /** Parameters and slots are read and written, gradients read. */
  private double updated(Op.Update op) {
    UpdateRule rule = op.rule();
    double region = 4.0 * program.state().regionSize() / program.replicas();
    return region * (3 + 2 * rule.slots().size());
  }

  @Override
  public void softmax(Op.Softmax op) {
    moves(op);
  }

  @Override
  public void crossEntropy(Op.CrossEntropy op) {
    moves(op);
  }

  @Override
  public void countCorrect(Op.CountCorrect op) {
    moves(op);
  }

  @Override
  public void elementwise(Op.Elementwise op) {
    moves(op);
  }

  @Override
  public void reduce(Op.Reduce op) {
    moves(op);
  }

  @Override
  public void reshape(Op.Reshape op) {}

  @Override
  public void slice(Op.Slice op) {
    moves(2 * bytes(op.outputs()));
  }

  /** One kernel an operand. */
  @Override
  public void concatenate(Op.Concatenate op) {
    op.operands().forEach(operand -> moves(2 * bytes(List.of(operand))));
  }

  @Override
  public void pool(Op.Pool op) {
    moves(op);
  }

  @Override
  public void poolGrad(Op.PoolGrad op) {
    moves(op);
  }

  @Override
  public void patches(Op.Patches op) {
    moves(op);
  }

  @Override
  public void patchesGrad(Op.PatchesGrad op) {
    moves(op);
  }

  @Override
  public void randomUniform(Op.RandomUniform op) {
    moves(op);
  }
}
