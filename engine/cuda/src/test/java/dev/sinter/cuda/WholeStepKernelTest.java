package dev.sinter.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.Model;
import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.cuda.product.ProductChooser.Preference;
import dev.sinter.cuda.simulated.SimulatedPlatform;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.program.Fusion;
import dev.sinter.program.Program;
import dev.sinter.recipes.Recipe;
import dev.sinter.testkit.SmallNetwork;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The programs that become one kernel, and its use of shared memory. */
class WholeStepKernelTest {
  private static final int STEPS = 75; // graphs of 64, 8, 2 and 1
  private static final int BATCH = 20;

  private final SimulatedPlatform platform = SimulatedPlatform.standard();
  private final SmallNetwork network = new SmallNetwork(1, Optimizer.of("adam"), 5);

  @BeforeEach
  void requireCompiler() {
    Assumptions.assumeTrue(platform.survey().usable(), platform.survey().detail());
  }

  private static Backend open(SimulatedPlatform platform) {
    return new SimulatedProvider(
            "block", platform, Preference.KERNELS, WholeStepKernel.Use.TRAINING)
        .open(BackendOptions.DEFAULT);
  }

  private float[] train(Backend backend, SmallNetwork network, Program program) {
    try (Session session = backend.open(network.state());
        Resident data = network.upload(session)) {
      session.write(0, network.initialState());
      Executable executable = session.prepare(List.of(program)).get(0);
      network.run(executable, new Feed(data, network.order(STEPS * BATCH)), 0, STEPS);
      return network.read(session);
    }
  }

  @Test
  void train_smallNetwork_isOneLaunchForManySteps() {
    Backend backend = open(platform);
    train(backend, network, network.train(BATCH));
    Map<String, Long> counts = platform.device().counts();
    assertThat(counts).containsEntry("wholeStep", 4L).doesNotContainKeys("gather", "update");
  }

  /** Room for everything, for most regions, for little more than the parameters. */
  @ParameterizedTest
  @ValueSource(ints = {120_000, 48 << 10, 20_000})
  void train_lessSharedMemory_givesTheSameBits(int bytes) {
    float[] expected = train(open(platform), network, network.train(BATCH));
    SimulatedPlatform small = platform.withSharedBytes(bytes);
    assertThat(train(open(small), network, network.train(BATCH))).isEqualTo(expected);
    assertThat(small.device().counts()).containsKey("wholeStep");
  }

  /** 400-25-15-1 has 42 KB of parameters, which fit on every supported device. */
  @ParameterizedTest
  @CsvSource({"40960, false", "49152, true", "65536, true", "101376, true", "232448, true"})
  void of_digits01_dependsOnSharedMemory(int bytes, boolean single) {
    Recipe recipe = Recipe.of("digits01");
    Backend backend = open(platform.withSharedBytes(bytes));
    try (Model model = recipe.model(0)) {
      model.compile(Optimizer.of(recipe.optimizer()), recipe.loss(), Metric.ACCURACY);
      Program program =
          model.trainingProgram(recipe.batchSize(), recipe.labelColumns(), Fusion.NONE);
      assertThat(backend.execution(program).startsWith("one kernel of one block"))
          .isEqualTo(single);
    }
  }

  @Test
  void train_muchWorkOrReplicasOrNoUpdate_isKernelByKernel() {
    SmallNetwork replicas = new SmallNetwork(2, Optimizer.of("adam"), 5);
    train(open(platform), replicas, replicas.train(BATCH));
    assertThat(platform.device().counts()).doesNotContainKey("wholeStep");
    SimulatedPlatform fast = platform.withoutChecks();
    Backend backend = open(fast);
    try (Session session = backend.open(network.state());
        Resident data = network.upload(session)) {
      session.write(0, network.initialState());
      List<Executable> executables =
          session.prepare(List.of(network.train(4096), network.evaluate(BATCH)));
      network.run(executables.get(0), new Feed(data, network.order(4096)), 0, 1);
      network.run(executables.get(1), new Feed(data, network.order(BATCH)), 0, 1);
    }
    assertThat(fast.device().counts()).doesNotContainKey("wholeStep");
  }
}
