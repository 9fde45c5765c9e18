package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Backends;
import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Session;
import dev.sinter.callbacks.ReduceLROnPlateau;
import dev.sinter.compile.Features;
import dev.sinter.compile.Graph;
import dev.sinter.compile.ModelCompiler;
import dev.sinter.compile.Objective;
import dev.sinter.data.Dataset;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Constraint;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.layers.Regularizer;
import dev.sinter.losses.Loss;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.AdamW;
import dev.sinter.optimizers.ExponentialDecay;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.optimizers.OptimizerOptions;
import dev.sinter.optimizers.Sgd;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What an optimizer does besides its rule, in a model; values against Keras: KerasTrainings. */
class OptimizerOptionsTest {
  private static final Optimizer EVERYTHING =
      new Adam(0.05)
          .learningRate(new ExponentialDecay(0.1, 7, 0.5))
          .globalClipNorm(0.3)
          .weightDecay(0.1)
          .average(0.75, 4)
          .accumulationSteps(3);

  @Test
  void schedule_ofAModel_saysTheRateOfTheNextStepAndCannotBeOverruled() {
    try (Model model = Toy.compiled(new Sgd().learningRate(step -> 0.5 / (1 + step)))) {
      assertThat(model.learningRate()).isEqualTo(0.5);
      model.fit(Toy.data(32), Toy.fit(1)); // 4 steps
      assertThat(model.learningRate()).isEqualTo(0.1);
      assertThatThrownBy(() -> model.setLearningRate(0.2))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("setLearningRate")
          .hasMessageContaining("one with a schedule");
      Fit reducing = Toy.fit(1).callback(new ReduceLROnPlateau("loss")); // no plateau so far
      assertThatThrownBy(() -> model.fit(Toy.data(32), reducing))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("ReduceLROnPlateau: expected an optimizer with a constant");
    }
  }

  @Test
  void fit_inOneCallOrMany_makesTheSameStepsWithEveryOption() {
    // 5 steps an epoch, 3 an update: a sum of gradients crosses the end of an epoch
    Dataset data = Toy.data(40);
    Optimizer withoutAverage = EVERYTHING.options(EVERYTHING.options().average(null));
    try (Model once = Toy.compiled(withoutAverage).seed(4);
        Model often = Toy.compiled(withoutAverage).seed(4)) {
      once.fit(data, Toy.fit(4));
      for (int i = 0; i < 4; i++) {
        often.fit(data, Toy.fit(1));
        often.backend("reference"); // state moves to the host and back
      }
      assertThat(often.getNamedWeights()).isEqualTo(once.getNamedWeights());
      assertThat(often.iterations()).isEqualTo(20);
    }
  }

  @Test
  void gradientsThenApply_withEverythingBetween_equalsTrain() {
    Dense first =
        new Dense(4)
            .tanh()
            .kernelRegularizer(Regularizer.l1l2(0.01, 0.02))
            .kernelConstraint(Constraint.maxNorm(0.5));
    Graph graph =
        Graph.path(Features.of(5), List.of("a", "b"), List.of(first.rules(), new Dense(3).rules()));
    Objective objective = new Objective(EVERYTHING.rule(), Loss.MEAN_SQUARED_ERROR, List.of());
    ModelCompiler compiler = new ModelCompiler(graph, objective, 1);
    float[] whole = states(compiler, List.of(compiler.train(2, 3)));
    float[] parts = states(compiler, List.of(compiler.gradients(2, 3), compiler.apply()));
    assertThat(parts).isEqualTo(whole);
    int at = compiler.state().offsetOf(compiler.state().parameters().get(0));
    assertThat(Arrays.copyOfRange(whole, at, at + 20)).doesNotContain(0);
  }

  /** Returns the state after four steps of some programs, each with the same samples. */
  private static float[] states(ModelCompiler compiler, List<Program> programs) {
    State layout = compiler.state();
    float[] state = new float[layout.size()];
    for (Value value : layout.parameters()) {
      for (int i = 0; i < value.shape().size(); i++) {
        state[layout.offsetOf(value) + i] = (float) Math.sin(1 + i);
      }
    }
    Dataset data = Toy.data(8);
    try (Session session = Backends.open("reference", BackendOptions.DEFAULT).open(layout)) {
      session.write(0, state);
      int[] order = {0, 1, 2, 3, 4, 5, 6, 7};
      Feed feed = new Feed(session.upload(data.source(), Toy.zeros(8, 3), 1, 0), order);
      List<Executable> executables = session.prepare(programs);
      for (int step = 0; step < 4; step++) {
        for (Executable each : executables) {
          each.run(
              feed,
              new Chunk(2 * step, 1, step, new double[] {0.1}),
              new float[each.program().resultSize()]);
        }
      }
      session.read(0, state);
    }
    return state;
  }

  @Test
  void options_thatExcludeEachOther_areRefused() {
    assertThatThrownBy(() -> new Adam().clipNorm(1).clipValue(1))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("one of clip norm, global clip norm and clip value");
    assertThatThrownBy(() -> new Adam().accumulationSteps(0)).isInstanceOf(InputException.class);
    assertThatThrownBy(() -> new Adam().average(1.5)).isInstanceOf(InputException.class);
    assertThatThrownBy(() -> new Adam().clipNorm(-1)).isInstanceOf(InputException.class);
    assertThatThrownBy(() -> new AdamW().options(OptimizerOptions.NONE.weightDecay(0.1)))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("Use weightDecay of AdamW");
  }

  @Test
  void options_ofAnOptimizer_keepItsRuleAndName() {
    assertThat(new Adam().options(OptimizerOptions.NONE)).isEqualTo(new Adam());
    assertThat(EVERYTHING.name()).isEqualTo("adam");
    assertThat(EVERYTHING.learningRate(0.5).options().schedule()).isNull();
    assertThat(EVERYTHING.learningRate(0.5).learningRate()).isEqualTo(0.5);
    assertThat(new AdamW().weightDecay(0.1)).isEqualTo(new AdamW(0.001, 0.1));
    assertThat(new AdamW().clipNorm(1).weightDecay(0.1))
        .isEqualTo(new AdamW(0.001, 0.1).clipNorm(1));
  }

  @Test
  void constraint_overAxesThatAWeightLacks_isRefusedByLayer() {
    assertThatThrownBy(
            () ->
                Sequential.of(
                    new Input(3), new Dense(2).kernelConstraint(Constraint.maxNorm(1, 2))))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("layer dense, constraint of the kernel")
        .hasMessageContaining("[3, 2]");
  }
}
