package dev.sinter.testkit;

import static dev.sinter.testkit.ProgramFixture.parameter;
import static dev.sinter.testkit.ProgramFixture.temporary;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.data.Tensor;
import dev.sinter.optimizers.Adadelta;
import dev.sinter.optimizers.Adagrad;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.AdamW;
import dev.sinter.optimizers.Adamax;
import dev.sinter.optimizers.Lion;
import dev.sinter.optimizers.Nadam;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.optimizers.RmsProp;
import dev.sinter.optimizers.Sgd;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Update: every optimizer with every option, step by step.
 *
 * <p>The gradients of a kernel [I, U] and its bias come from one gathered row: dW = x^T y, db = y.
 * They differ by step and replica and are exactly zero where x is zero.
 */
interface UpdateContract extends ContractTheme {
  /** Every optimizer, and every option that changes its rule. */
  static List<Optimizer> optimizers() {
    return List.of(
        new Sgd(),
        new Sgd().momentum(0.9),
        new Sgd().nesterov(0.9),
        new RmsProp(),
        new RmsProp().momentum(0.5),
        new RmsProp(0.001).rho(0.95).epsilon(1e-5).centered(true),
        new RmsProp(0.001).rho(0.8).momentum(0.9).centered(true),
        new Adam(),
        new Adam(0.001).beta1(0.8).beta2(0.99).epsilon(1e-4),
        new Adam(0.001).amsgrad(true),
        new AdamW(),
        new AdamW(0.001, 0.1).adam(new Adam(0.001).beta2(0.99).epsilon(1e-6).amsgrad(true)));
  }

  @ParameterizedTest
  @MethodSource("dev.sinter.testkit.UpdateContract#optimizers")
  default void update_severalStepsFromTheStart_matchesKerasFormulas(Optimizer optimizer) {
    checkSteps(optimizer, 33, 31, new double[] {0.01}, 0);
    checkSteps(optimizer, 3, 1, new double[] {0.01}, 0);
  }

  @ParameterizedTest
  @MethodSource("dev.sinter.testkit.UpdateContract#optimizers")
  default void update_replicasWithTheirOwnLearningRates_matchesKerasFormulas(Optimizer optimizer) {
    checkSteps(optimizer, 129, 8, new double[] {0.01, 0, 0.3}, 0);
  }

  @ParameterizedTest
  @MethodSource("dev.sinter.testkit.UpdateContract#optimizers")
  default void update_afterManySteps_countsStepsFromTheIteration(Optimizer optimizer) {
    checkSteps(optimizer, 32, 4, new double[] {0.001}, 6);
    checkSteps(optimizer, 32, 4, new double[] {0.001}, 3_000_000_000L);
  }

  /** The optimizers whose rules need nothing that the others do not: fewer steps and sizes. */
  static List<Optimizer> furtherOptimizers() {
    return List.of(new Adagrad(), new Adadelta(), new Adamax(), new Nadam(), new Lion());
  }

  @ParameterizedTest
  @MethodSource("dev.sinter.testkit.UpdateContract#furtherOptimizers")
  default void update_furtherOptimizers_matchKerasFormulas(Optimizer optimizer) {
    checkSteps(optimizer, 33, 3, new double[] {0.01}, 0);
    checkSteps(optimizer, 3, 2, new double[] {0.01, 0.3}, 3_000_000_000L);
  }

  private void checkSteps(
      Optimizer optimizer, int inputs, int units, double[] learningRates, long iteration) {
    int replicas = learningRates.length;
    long seed = 31L * inputs + units;
    Value kernel = parameter("kernel", inputs, units);
    Value bias = parameter("bias", 1, units);
    State state = new State(replicas, List.of(kernel, bias), optimizer.rule().slots());
    Program program = program(state, optimizer);
    int rows = 8;
    Samples samples = new Samples(seed);
    double[][] x = samples.normal(rows, inputs);
    for (int i = 0; i < inputs; i++) {
      x[i % rows][i] = 0; // no gradient
      x[(i + 1) % rows][i] *=
          1e-4; // small enough to show the place of epsilon, inside or outside the root
    }
    Tensor inputTensor = Tensor.of(Samples.flatten(x), rows, inputs);
    Tensor targets = Tensor.of(samples.floats(rows * units), rows, units);
    int steps = 4;
    int[] order = samples.order(replicas * steps, rows);
    float[] before = new float[state.size()];
    for (Value value : state.parameters()) {
      for (int replica = 0; replica < replicas; replica++) {
        float[] weights = samples.floats(value.shape().size());
        System.arraycopy(weights, 0, before, OpRun.start(state, value, replica), weights.length);
      }
    }
    try (Session session = backend().open(state);
        Resident data = session.upload(inputTensor, targets, 1, 0)) {
      session.write(0, before);
      Executable executable = session.prepare(List.of(program)).get(0);
      for (int step = 0; step < steps; step++) {
        Chunk chunk = new Chunk(step, 1, iteration + step, learningRates);
        executable.run(new Feed(data, order), chunk, new float[program.resultSize()]);
        float[] after = new float[state.size()];
        session.read(0, after);
        compare(optimizer, state, chunk, seed, before, after);
        before = after;
      }
    }
  }

  private static Program program(State state, Optimizer optimizer) {
    Value kernel = state.parameters().get(0);
    Value bias = state.parameters().get(1);
    Value x = temporary("x", 1, kernel.shape().rows());
    Value y = temporary("y", 1, kernel.shape().columns());
    return new ProgramFixture(state, 1)
        .ops(
            new Op.Gather("gather", x, y),
            new Op.DenseGradWeights(
                "gradients", x, y, state.gradientOf(kernel), state.gradientOf(bias)),
            new Op.Update("update", optimizer.rule()))
        .results(y)
        .build("update");
  }

  private static void compare(
      Optimizer optimizer, State state, Chunk chunk, long seed, float[] before, float[] after) {
    float[] padding = after.clone();
    int regions = state.size() / state.regionSize();
    for (Value value : state.parameters()) {
      for (int replica = 0; replica < state.replicas(); replica++) {
        int start = OpRun.start(state, value, replica);
        int size = value.shape().size();
        List<Approximate[]> expected = new ArrayList<>();
        for (int element = start; element < start + size; element++) {
          double[] inputs = new double[regions];
          for (int region = 0; region < regions; region++) {
            int at = region * state.regionSize() + element;
            inputs[region] = region == 1 ? after[at] : before[at]; // the gradient of this step
            padding[at] = 0;
          }
          expected.add(
              OptimizerOracle.step(
                  optimizer, chunk.learningRates()[replica], chunk.iteration() + 1, inputs));
        }
        for (int region = 0; region < regions; region++) {
          if (region != 1) {
            compareRegion(
                optimizer
                    + ", region "
                    + region
                    + " of "
                    + value
                    + ", replica "
                    + replica
                    + ", update "
                    + (chunk.iteration() + 1),
                seed,
                expected,
                region,
                after,
                region * state.regionSize() + start);
          }
        }
      }
    }
    for (float number : padding) {
      assertThat(number).as("padding after an update by %s, seed %d", optimizer, seed).isZero();
    }
  }

  private static void compareRegion(
      String what, long seed, List<Approximate[]> expected, int region, float[] after, int start) {
    Approximate[][] wanted = new Approximate[1][expected.size()];
    for (int i = 0; i < expected.size(); i++) {
      wanted[0][i] = expected.get(i)[region == 0 ? 0 : region - 1];
    }
    float[] actual = java.util.Arrays.copyOfRange(after, start, start + expected.size());
    OpRun.check(what, seed, actual, wanted);
  }
}
