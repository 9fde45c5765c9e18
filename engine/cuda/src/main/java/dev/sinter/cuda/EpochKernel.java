package dev.sinter.cuda;

import dev.sinter.backend.Precision;
import dev.sinter.cuda.CudaExecutable.Steps;
import dev.sinter.cuda.EpochPlan.Network;
import dev.sinter.cuda.driver.Device;
import dev.sinter.cuda.driver.Launch;
import dev.sinter.cuda.driver.Struct;
import dev.sinter.cuda.kernel.AddressMap;
import dev.sinter.cuda.kernel.CudaExpression;
import dev.sinter.cuda.kernel.DeviceMemory;
import dev.sinter.cuda.kernel.GeneratedCode;
import dev.sinter.cuda.kernel.KernelSource;
import dev.sinter.program.Op;
import dev.sinter.program.State;
import dev.sinter.program.Value;

/** Many training steps as one cooperative kernel: the launches of an {@link EpochPlan}. */
final class EpochKernel implements Steps {
  /** The programs that become one cooperative kernel. */
  enum Use {
    NEVER,
    /** Those for which it is faster than a graph of kernels. */
    FASTEST,
    /** All for which there is a plan; for tests. */
    ALWAYS
  }

  private final EpochPlan plan;
  private final AddressMap places;
  private final Device device;
  private final Launch[] launches; // groups of replicas
  private final Struct[] arguments; // of each launch, written again each time
  private final long position;
  private final long shares;
  private final long rows;
  private final long arrivals;

  /**
   * Prepares the launches.
   *
   * @param memory owns what the blocks exchange
   * @param position address of the position
   */
  EpochKernel(
      EpochPlan plan, CudaBackend backend, AddressMap places, DeviceMemory memory, long position) {
    this.plan = plan;
    this.places = places;
    this.device = backend.gpu().device();
    this.position = position;
    Network network = plan.network();
    int replicas = network.program().replicas();
    long batch = (long) plan.replicas() * network.batch(); // one launch after another
    this.shares = memory.allocate(4 * batch * plan.blocks() * network.outputs());
    this.rows = memory.allocate(4 * batch * (network.outputs() + 2));
    this.arrivals = memory.allocate(4L * replicas);
    Launch launch = backend.gpu().kernels().launch(source(plan, backend.precision()));
    this.launches = new Launch[(replicas + plan.replicas() - 1) / plan.replicas()];
    this.arguments = new Struct[launches.length];
    for (int i = 0; i < launches.length; i++) {
      arguments[i] = new Struct();
      launches[i] =
          launch
              .grid(plan.blocks(), 1, Math.min(plan.replicas(), replicas - i * plan.replicas()))
              .threads(plan.threads())
              .sharedBytes(plan.sharedBytes())
              .asCooperative()
              .with(arguments[i]);
    }
  }

  @Override
  public int perLaunch() {
    return plan.stepsPerLaunch();
  }

  @Override
  public void enqueue(int first, int count) {
    device.fill(arrivals, 0, plan.network().program().replicas(), Device.MAIN);
    for (int i = 0; i < launches.length; i++) {
      writeArguments(arguments[i].rewind(), first, count, i * plan.replicas());
      device.launch(launches[i]);
    }
  }

  /** Writes {@code struct EpochArguments} of kernels/epoch.cu. */
  private void writeArguments(Struct struct, int first, int count, int replica) {
    struct
        .pointer(position)
        .pointer(places.state())
        .pointer(shares)
        .pointer(rows)
        .pointer(arrivals)
        .integer(first)
        .integer(count)
        .integer(replica);
  }

  /** Returns the kernel: epoch.cu for this plan. */
  static KernelSource source(EpochPlan plan, Precision precision) {
    Network network = plan.network();
    Op.Dense hidden = network.hidden();
    Op.Dense output = network.output();
    Op.CrossEntropy loss = network.loss();
    StringBuilder sizes = new StringBuilder();
    size(sizes, "REPLICAS", network.program().replicas());
    size(sizes, "BATCH", network.batch());
    size(sizes, "INPUTS", network.inputs());
    size(sizes, "HIDDEN", network.units());
    size(sizes, "OUTPUTS", network.outputs());
    size(sizes, "LABELS", loss.y().shape().columns());
    size(sizes, "BLOCKS", plan.blocks());
    size(sizes, "THREADS", plan.threads());
    size(sizes, "SLICE", plan.slice());
    size(sizes, "TILE", plan.tile());
    size(sizes, "ROWS", plan.rows());
    size(sizes, "SPLIT", plan.split());
    size(sizes, "RING", plan.ring());
    size(sizes, "KIND", GeneratedCode.name(loss.kind()));
    size(sizes, "ACCURACY", GeneratedCode.accuracy(loss));
    size(sizes, "WEIGHTED", loss.weight() != null);
    size(sizes, "REGION", network.program().state().regionSize());
    place(sizes, "W1", network, hidden.weights());
    place(sizes, "B1", network, hidden.bias());
    place(sizes, "W2", network, output.weights());
    place(sizes, "B2", network, output.bias());
    size(sizes, "LOSS", resultAt(network, loss.loss()));
    size(sizes, "CORRECT", resultAt(network, loss.correct()));
    size(sizes, "RESULTS", network.program().resultSize());
    size(sizes, "PRODUCTS", GeneratedCode.name(precision));
    String activation = CudaExpression.of(hidden.activation().forward(), "z");
    String derivative = CudaExpression.of(hidden.activation().derivative(), "a");
    GeneratedCode generated =
        new GeneratedCode()
            .line("struct Network {\n" + sizes + "};")
            .line("struct Hidden {")
            .function("float forward(float z)", "  return " + activation + ";")
            .function("float derivative(float a)", "  return " + derivative + ";")
            .line("};")
            .line("struct Rule {")
            .constant("SLOTS", network.rule().slots().size())
            .constant("SCALARS", network.rule().scalars().size())
            .function(
                "void apply(const float *scalars, float *v)",
                new CudaExpression(i -> "v[" + i + "]").write(network.rule()))
            .line("};")
            .constant("SHARED_BYTES", plan.sharedBytes());
    return KernelSource.of("epoch.cu", "trainEpoch", generated);
  }

  private static void size(StringBuilder sizes, String name, Object value) {
    sizes.append("  static constexpr auto %s = %s;\n".formatted(name, value));
  }

  /** Writes the offset of a parameter in a region and its replica stride; -1 if there is none. */
  private static void place(StringBuilder sizes, String name, Network network, Value parameter) {
    State state = network.program().state();
    size(sizes, name, parameter == null ? -1 : state.offsetOf(parameter));
    size(sizes, name + "_STRIDE", parameter == null ? 0 : parameter.shape().replicaStride());
  }

  /** Returns the offset of a result within the results of a step; -1 if it is none. */
  static int resultAt(Network network, Value result) {
    int at = network.program().results().indexOf(result); // each is one float per replica
    return at < 0 ? -1 : at * network.program().replicas();
  }
}
