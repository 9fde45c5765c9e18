package dev.sinter.compile;

import static dev.sinter.compile.Rules.activation;
import static dev.sinter.compile.Rules.dense;
import static dev.sinter.program.Expression.input;
import static dev.sinter.testkit.ProgramFixture.temporary;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.layers.Dense;
import dev.sinter.losses.Loss;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Adam;
import dev.sinter.program.Fusion;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.Value;
import dev.sinter.testkit.SmallNetwork;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FuseTest {
  private static final int BATCH = 6;
  private static final Loss LOSS = Loss.SPARSE_CATEGORICAL_CROSSENTROPY;
  private static final Fusion EVERYTHING = (candidate, state, resultSize) -> true;
  private static final Graph GRAPH =
      Graph.path(
          Features.of(4),
          List.of("dense", "dense_1"),
          List.of(new Dense(5).relu().rules(), new Dense(3).softmax().rules()));

  private static ModelCompiler compiler(Graph graph, Fusion fusion) {
    Objective objective = new Objective(new Adam().rule(), LOSS, List.of(Metric.ACCURACY));
    return new ModelCompiler(graph, objective, 1, fusion);
  }

  private static Program train(Fusion fusion) {
    return compiler(GRAPH, fusion).train(BATCH, 1);
  }

  /** Accepts everything except one kind. */
  private static Fusion without(Class<? extends Op.Composite> kind) {
    return (candidate, state, resultSize) -> !kind.isInstance(candidate);
  }

  private static <T> T only(Program program, Class<T> kind) {
    List<T> found = program.ops().stream().filter(kind::isInstance).map(kind::cast).toList();
    assertThat(found).hasSize(1);
    return found.get(0);
  }

  @Test
  void fuse_twoLayersAllAccepted_makesBothComposites() {
    Program plain = train(Fusion.NONE);
    Program fused = train(EVERYTHING);
    assertThat(fused.ops().stream().<Class<?>>map(Op::getClass))
        .containsExactly(
            Op.Gather.class,
            Op.Dense.class,
            Op.DenseLoss.class,
            Op.DenseGradWeights.class,
            Op.StepEnd.class);
    assertThat(only(fused, Op.DenseLoss.class).parts())
        .isEqualTo(
            List.of(
                Rules.op(plain.ops(), "dense_1/forward"),
                Rules.op(plain.ops(), "loss"),
                Rules.op(plain.ops(), "dense_1/grad-input")));
    assertThat(only(fused, Op.StepEnd.class).parts())
        .isEqualTo(
            List.of(
                Rules.op(plain.ops(), "dense_1/grad-weights"), Rules.op(plain.ops(), "update")));
    assertThat(fused.simpleOps()).containsExactlyInAnyOrderElementsOf(plain.ops());
    assertThat(fused.results()).isEqualTo(plain.results());
  }

  @Test
  void fuse_gradientsProgram_endsWithTheGradientAlone() {
    Program plain = compiler(GRAPH, Fusion.NONE).gradients(BATCH, 1);
    Program fused = compiler(GRAPH, EVERYTHING).gradients(BATCH, 1);
    assertThat(only(fused, Op.StepEnd.class).parts())
        .isEqualTo(List.of(Rules.op(plain.ops(), "dense_1/grad-weights")));
    assertThat(fused.simpleOps()).containsExactlyInAnyOrderElementsOf(plain.ops());
  }

  @Test
  void fuse_oneKindRefused_makesTheOther() {
    Program end = train(without(Op.DenseLoss.class));
    assertThat(end.ops()).doesNotHaveAnyElementsOfTypes(Op.DenseLoss.class);
    assertThat(only(end, Op.StepEnd.class).gradient()).as("of no head").isNull();
    Program head = train(without(Op.StepEnd.class));
    assertThat(head.ops()).doesNotHaveAnyElementsOfTypes(Op.StepEnd.class);
    assertThat(only(head, Op.DenseLoss.class).label()).isEqualTo("dense_1/forward+loss");
  }

  @Test
  void fuse_gradientRefused_asksForTheUpdateAlone() {
    Program fused =
        train(
            (candidate, state, size) ->
                !(candidate instanceof Op.StepEnd end && end.gradient() != null));
    assertThat(only(fused, Op.StepEnd.class).parts()).hasOnlyElementsOfType(Op.Update.class);
    assertThat(fused.simpleOps()).containsExactlyInAnyOrderElementsOf(train(Fusion.NONE).ops());
  }

  @Test
  void fuse_refused_changesNothingAndAsksForEachCandidate() {
    List<Op> asked = new ArrayList<>();
    List<Integer> sizes = new ArrayList<>();
    Program refused =
        train(
            (candidate, state, size) -> {
              asked.add(candidate);
              sizes.add(size);
              return false;
            });
    assertThat(refused.ops()).isEqualTo(train(Fusion.NONE).ops());
    assertThat(refused.scratch()).isEqualTo(train(Fusion.NONE).scratch());
    assertThat(Rules.labels(asked)).containsExactly("dense_1/forward+loss", "step-end");
    assertThat(sizes).containsOnly(refused.resultSize());
  }

  @Test
  void fuse_noLossOrNoGradient_changesNothing() {
    ModelCompiler plain = compiler(GRAPH, Fusion.NONE);
    ModelCompiler fusing = compiler(GRAPH, EVERYTHING);
    assertThat(fusing.predict(BATCH).ops()).isEqualTo(plain.predict(BATCH).ops());
    assertThat(fusing.evaluate(BATCH, 1).ops()).isEqualTo(plain.evaluate(BATCH, 1).ops());
    assertThat(fusing.apply().ops()).isEqualTo(plain.apply().ops());
  }

  @Test
  void fuse_logitsReadBeforeTheLoss_makesNoDenseLoss() {
    SmallNetwork network = new SmallNetwork(1, new Adam(), 3);
    Program program = network.train(BATCH);
    List<Op> ops = new ArrayList<>(program.ops());
    Op.CrossEntropy loss = (Op.CrossEntropy) Rules.op(ops, "loss");
    Value copy = temporary("copy", BATCH, 10);
    ops.add(ops.indexOf(loss), new Op.Elementwise("copy", input(0), List.of(loss.z()), copy));
    assertThat(Fuse.fuse(program.ops(), program.results(), program.state(), EVERYTHING))
        .hasAtLeastOneElementOfType(Op.DenseLoss.class);
    assertThat(Fuse.fuse(ops, program.results(), program.state(), EVERYTHING))
        .doesNotHaveAnyElementsOfTypes(Op.DenseLoss.class);
  }

  @Test
  void fuse_logitsOfASum_makesNoDenseLoss() {
    Graph graph =
        new Graph(Features.of(4), List.of())
            .with("stem", dense(3), Graph.INPUT)
            .with("side", dense(3), 0)
            .with("sum", new Rules.Sum(), 0, 1)
            .with("last", activation("softmax"), 2);
    assertThat(compiler(graph, EVERYTHING).train(BATCH, 1).ops())
        .doesNotHaveAnyElementsOfTypes(Op.DenseLoss.class);
  }

  /** The sum of the gradients of a shared weight reads that of the last layer. */
  @Test
  void fuse_lastWeightsShared_leavesTheirGradientInItsPlace() {
    Graph graph =
        new Graph(Features.of(3), List.of())
            .with("twin", dense(3), Graph.INPUT)
            .with("bend", activation("tanh"), 0)
            .with("twin", dense(3), 1)
            .with("last", activation("softmax"), 2);
    Program fused = compiler(graph, EVERYTHING).train(BATCH, 1);
    assertThat(only(fused, Op.StepEnd.class).gradient()).isNull();
    ReferenceBatch samples = ReferenceBatch.of(LOSS, BATCH, 3, 3);
    assertThat(trained(samples, fused))
        .isEqualTo(trained(samples, compiler(graph, Fusion.NONE).train(BATCH, 1)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, BATCH})
  void fuse_onTheReference_givesTheSameBits(int batch) {
    ReferenceBatch samples = ReferenceBatch.of(LOSS, batch, 4, 3);
    float[] fused = trained(samples, compiler(GRAPH, EVERYTHING).train(batch, 1));
    assertThat(fused).isEqualTo(trained(samples, compiler(GRAPH, Fusion.NONE).train(batch, 1)));
  }

  /** Returns the state after three steps, followed by the last results. */
  private static float[] trained(ReferenceBatch samples, Program program) {
    float[] state = ReferenceBatch.initial(program.state());
    float[] results = {};
    for (int step = 0; step < 3; step++) {
      results = samples.run(program, state);
    }
    float[] all = Arrays.copyOf(state, state.length + results.length);
    System.arraycopy(results, 0, all, state.length, results.length);
    return all;
  }
}
