package dev.sinter.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.datasets.Mnist;
import dev.sinter.datasets.MnistOptions;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * One invocation of each benchmark for one trainer, at a small size, after the proof that it
 * learns. Each subclass runs in a separate process, like a fork.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
public abstract class TrainerChecks {
  private static final Mnist DIGITS = Mnist.load(MnistOptions.defaults().generated(true));

  private final String trainer;
  private final String optimizer;

  /**
   * Checks a trainer.
   *
   * @param optimizer a value of the parameter
   */
  protected TrainerChecks(String trainer, String optimizer) {
    this.trainer = trainer;
    this.optimizer = optimizer;
  }

  /** Returns the recipes for which the trainer is fast enough. */
  protected Stream<String> recipes() {
    return Stream.of("mnist-dense", "mnist-sigmoid", "digits01");
  }

  /** Opens a state as JMH would. */
  final <S extends TrainerState> S open(S state, String recipe, int batch) {
    BenchmarkProcess.prepare(trainer);
    state.trainer = trainer;
    state.recipe = recipe;
    state.batch = batch;
    state.optimizer = optimizer;
    state.open(Workload.of(DIGITS, recipe, batch, state.threads, optimizer));
    return state;
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void step_ofEachRecipe_learnsAndRuns(String recipe) {
    TrainerState state = open(new TrainerState(), recipe, 100);
    double loss = new StepBenchmark().train(state);
    state.tearDown();
    assertThat(loss).isFinite().isBetween(0.0, 3.0);
  }

  @Test
  void fit_ofDigits01_learns() {
    EpochBenchmark.FitState state = open(new EpochBenchmark.FitState(), "digits01", 32);
    assertThat(state.epochs()).isEqualTo(60);
    state.contender().fit(1);
    Contender.Quality quality = state.contender().quality(1000);
    state.tearDown();
    assertThat(quality.accuracy()).isGreaterThan(0.9);
  }

  @Test
  void inference_ofDigits01_givesProbabilities() {
    TrainerState state = open(new TrainerState(), "digits01", 32);
    assertThat(new InferenceBenchmark().predict(state)).isFinite();
    assertThat(new InferenceBenchmark().forward(state)).isFinite();
    state.tearDown();
  }

  @Test
  void output_ofOneRowOfDigits01_isOneNumber() {
    PredictBenchmark.Rows state = open(new PredictBenchmark.Rows(), "digits01", 32);
    float[] output = new PredictBenchmark().output(state, new PredictBenchmark.Cursor());
    state.tearDown();
    assertThat(output).hasSize(1);
    assertThat(output[0]).isFinite();
  }

  @Test
  void process_ofAnotherTrainer_isRefused() {
    BenchmarkProcess.prepare(trainer);
    assertThatThrownBy(() -> BenchmarkProcess.prepare("another"))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining(trainer)
        .hasMessageContaining("another");
  }
}
