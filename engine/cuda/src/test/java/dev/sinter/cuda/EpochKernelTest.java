package dev.sinter.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.Model;
import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Precision;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.cuda.simulated.SimulatedPlatform;
import dev.sinter.data.Tensor;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.Fusion;
import dev.sinter.program.Program;
import dev.sinter.recipes.Recipe;
import dev.sinter.testkit.Samples;
import dev.sinter.testkit.SmallNetwork;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Plans, launches and the choice of the cooperative kernel; the contract tests its numbers. */
class EpochKernelTest {
  private static final int STEPS = 6;
  private static final int BATCH = 20;

  private final SimulatedPlatform platform =
      SimulatedPlatform.standard().withMultiprocessors(8).withoutChecks(); // the contract has them
  private final SmallNetwork network = new SmallNetwork(1, Optimizer.of("adam"), 5);

  @BeforeEach
  void requireCompiler() {
    Assumptions.assumeTrue(platform.survey().usable(), platform.survey().detail());
  }

  private static Backend open(
      SimulatedPlatform platform, EpochKernel.Use use, Precision precision) {
    return new SimulatedProvider(
            "epoch", platform, Preference.KERNELS, WholeStepKernel.Use.NEVER, use)
        .open(BackendOptions.DEFAULT.precision(precision));
  }

  private static Backend open(SimulatedPlatform platform) {
    return open(platform, EpochKernel.Use.ALWAYS, Precision.FLOAT32);
  }

  private static Backend graphs(SimulatedPlatform platform, Precision precision) {
    return open(platform, EpochKernel.Use.NEVER, precision);
  }

  private static float[] train(Backend backend, SmallNetwork network, boolean bytes) {
    Program program = network.train(BATCH);
    try (Session session = backend.open(network.state());
        Resident data = bytes ? network.upload(session) : floats(session)) {
      session.write(0, network.initialState());
      Executable executable = session.prepare(List.of(program)).get(0);
      network.run(executable, new Feed(data, network.order(STEPS * BATCH)), 0, STEPS);
      float[] state = network.read(session);
      int region = network.state().regionSize();
      Arrays.fill(state, region, 2 * region, 0); // gradients
      return state;
    }
  }

  private static Resident floats(Session session) {
    Samples samples = new Samples(7);
    int rows = SmallNetwork.ROWS;
    return session.upload(
        Tensor.of(samples.floats(rows * 33), rows, 33),
        Tensor.of(Samples.flatten(samples.indices(1, rows, 10)), rows),
        1,
        0);
  }

  @Test
  void train_manySteps_isOneLaunch() {
    train(open(platform), network, true);
    Map<String, Long> counts = platform.device().counts();
    assertThat(counts).containsEntry("trainEpoch", 1L).doesNotContainKeys("gather", "stepEnd");
  }

  /** Rings of two batches, of one and some rows, of one, and none. */
  @ParameterizedTest
  @CsvSource({"40", "31", "20", "0"})
  void train_smallerRing_givesTheSameBits(int rows) {
    float[] expected = train(open(platform), network, true);
    EpochPlan all = plan(platform, network);
    SimulatedPlatform less =
        platform.withSharedBytes(
            SimulatedPlatform.standardProperties().sharedBytesPerBlock()
                - (all.ring() - rows) * all.network().pitch()
                - slack(all));
    assertThat(plan(less, network).ring()).isEqualTo(rows);
    assertThat(train(open(less), network, true)).isEqualTo(expected);
  }

  /** Returns the shared memory that the ring of two batches leaves. */
  private static int slack(EpochPlan plan) {
    int bytes = SimulatedPlatform.standardProperties().sharedBytesPerBlock();
    return bytes - EpochPlan.STATIC_BYTES - plan.sharedBytes();
  }

  private static EpochPlan plan(SimulatedPlatform platform, SmallNetwork network) {
    return answer(platform, network.train(BATCH)).plan();
  }

  private static EpochPlan.Answer answer(SimulatedPlatform platform, Program program) {
    return EpochPlan.of(program, platform.survey().devices().get(0), Precision.FLOAT32);
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void train_bytesOrFloats_followsTheGraph(boolean bytes) {
    float[] expected = train(graphs(platform, Precision.FLOAT32), network, bytes);
    assertClose(train(open(platform), network, bytes), expected, 2e-5f);
  }

  @ParameterizedTest
  @EnumSource(
      value = Precision.class,
      names = {"TF32", "BF16"})
  void train_onTensorCores_followsTheGraph(Precision precision) {
    for (boolean bytes : new boolean[] {true, false}) {
      // Not Adam, which makes a whole step of the sign of a gradient that is almost 0.
      SmallNetwork momentum = new SmallNetwork(1, Optimizer.of("momentum"), 5);
      float[] expected = train(graphs(platform, precision), momentum, bytes);
      float[] received = train(open(platform, EpochKernel.Use.ALWAYS, precision), momentum, bytes);
      assertClose(received, expected, precision == Precision.TF32 ? 1e-3f : 1e-2f);
    }
  }

  /** Three networks on two multiprocessors: two launches for each step. */
  @Test
  void train_moreReplicasThanMultiprocessors_takesSeveralLaunches() {
    SmallNetwork three = new SmallNetwork(3, Optimizer.of("momentum"), 5);
    SimulatedPlatform two = platform.withMultiprocessors(2);
    float[] expected = train(graphs(platform, Precision.FLOAT32), three, true);
    assertClose(train(open(two), three, true), expected, 2e-5f);
    assertThat(two.device().counts()).containsEntry("trainEpoch", 2L);
  }

  @Test
  void train_twice_givesTheSameBits() {
    float[] first = train(open(platform), network, true);
    assertThat(train(open(platform), network, true)).isEqualTo(first);
  }

  @Test
  void of_whatDoesNotFit_saysWhy() {
    assertThat(answer(platform, network.evaluate(BATCH)).reason())
        .isEqualTo("it is not the training of one hidden layer with a cross-entropy");
    assertThat(answer(platform.withoutCooperation(), network.train(BATCH)).reason())
        .contains("cannot wait for each other");
    assertThat(answer(platform.withSharedBytes(8 << 10), network.train(BATCH)).reason())
        .contains("bytes of shared memory, this device has 2048");
    assertThat(open(platform.withSharedBytes(8 << 10)).execution(network.train(BATCH)))
        .startsWith("a graph of kernels, not one cooperative kernel: a block of the network needs");
    assertThat(open(platform).execution(network.train(BATCH)))
        .startsWith("one cooperative kernel for up to")
        .contains("8 blocks of")
        .contains("4 hidden units");
  }

  @Test
  void choose_slowerKernel_takesTheGraphAndKnowsItNextTime() {
    SimulatedPlatform fast = platform;
    Backend backend = open(fast, EpochKernel.Use.FASTEST, Precision.FLOAT32);
    fast.device().clock(names -> names.contains("trainEpoch") ? 128_000 : 64_000);
    String text = backend.execution(network.train(BATCH));
    assertThat(text)
        .isEqualTo(
            "a graph of kernels, not one cooperative kernel: bytes: a graph of kernels takes 1.00"
                + " us a step, one cooperative kernel 2.00 us; floats: a graph of kernels takes"
                + " 1.00 us a step, one cooperative kernel 2.00 us");
    fast.device().clock(names -> -1); // known now, not measured again
    assertThat(backend.execution(network.train(BATCH))).isEqualTo(text);
  }

  /** The kernel may win for bytes, which fit into shared memory, and lose for floats. */
  @Test
  void choose_kernelFasterForBytesAlone_floatsRunAsAGraph() {
    SimulatedPlatform fast = platform;
    Backend backend = open(fast, EpochKernel.Use.FASTEST, Precision.FLOAT32);
    int[] calls = new int[1];
    fast.device().clock(names -> names.contains("trainEpoch") == calls[0]++ < 6 ? 1000 : 100_000);
    assertThat(backend.execution(network.train(BATCH)))
        .contains("; bytes: one cooperative kernel takes")
        .contains("; floats: a graph of kernels takes");
    long measured = launches(fast);
    train(backend, network, true);
    assertThat(launches(fast)).isEqualTo(measured + 1);
    train(backend, network, false);
    assertThat(launches(fast)).isEqualTo(measured + 1);
  }

  private static long launches(SimulatedPlatform platform) {
    return platform.device().counts().getOrDefault("trainEpoch", 0L);
  }

  @Test
  void choose_otherLosses_takesTheGraphAndSaysSo() {
    SimulatedPlatform wrong =
        platform
            .withoutChecks()
            .withEdit(
                text -> text.replace("float z = x.scale * sum", "float z = 3 * x.scale * sum"));
    Backend backend = open(wrong, EpochKernel.Use.FASTEST, Precision.FLOAT32);
    assertThat(backend.execution(network.train(BATCH)))
        .startsWith("a graph of kernels, not one cooperative kernel: bytes: a graph of kernels")
        .contains("the loss of the other design is", "please report this");
  }

  @Test
  void choose_littleMemory_takesTheGraph() {
    Backend backend =
        open(platform.withMemory(100_000), EpochKernel.Use.FASTEST, Precision.FLOAT32);
    assertThat(backend.execution(network.train(BATCH)))
        .endsWith("too little memory is free to time it");
  }

  /** H100, RTX 4090 and T4: shared memory of a block, multiprocessors. */
  @ParameterizedTest
  @CsvSource({
    "mnist-dense, 232448, 132, 4, 128, 253",
    "mnist-dense, 101376, 128, 4, 128, 0",
    "mnist-dense, 65536, 40, 0, 0, 0",
    "mnist-sigmoid, 232448, 132, 1, 100, 200",
    "mnist-sigmoid, 65536, 40, 4, 25, 0",
    "digits01, 232448, 132, 0, 0, 0"
  })
  void of_recipes_dependsOnTheDevice(
      String name, int sharedBytes, int multiprocessors, int slice, int blocks, int ring) {
    Recipe recipe = Recipe.of(name);
    SimulatedPlatform device =
        platform.withMultiprocessors(multiprocessors).withSharedBytes(sharedBytes);
    try (Model model = recipe.model(0)) {
      model.compile(Optimizer.of(recipe.optimizer()), recipe.loss(), Metric.ACCURACY);
      Program program =
          model.trainingProgram(recipe.batchSize(), recipe.labelColumns(), Fusion.NONE);
      EpochPlan plan = answer(device, program).plan();
      assertThat(plan == null ? 0 : plan.slice()).isEqualTo(slice);
      assertThat(plan == null ? 0 : plan.blocks()).isEqualTo(blocks);
      assertThat(plan == null ? 0 : plan.ring()).isCloseTo(ring, Offset.offset(10));
    }
  }

  private static void assertClose(float[] received, float[] expected, float tolerance) {
    for (int i = 0; i < expected.length; i++) {
      assertThat(received[i]).as("element %s", i).isCloseTo(expected[i], Offset.offset(tolerance));
    }
  }
}
