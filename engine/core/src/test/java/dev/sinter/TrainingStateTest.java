package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Backends;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Precision;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.compile.Features;
import dev.sinter.compile.Graph;
import dev.sinter.compile.ModelCompiler;
import dev.sinter.data.Tensor;
import dev.sinter.errors.DeviceLostException;
import dev.sinter.errors.InputException;
import dev.sinter.errors.RunException;
import dev.sinter.layers.Dense;
import dev.sinter.losses.Loss;
import dev.sinter.optimizers.Adagrad;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.Sgd;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.State.Block;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a training has reached, between sessions. */
class TrainingStateTest {
  @Test
  void slots_afterAnotherOptimizer_areThatOnes() {
    try (Model model = Toy.compiled(new Adam())) {
      model.fit(Toy.data(8), Toy.fit(1));
      TrainingState before = model.trainingState();
      Map<String, Tensor> slots = before.block(Block.SLOTS);
      assertThat(slots).containsKey("dense/kernel.velocity");
      assertThat(before.iterations()).isPositive();
      final Map<String, Tensor> weights = model.getNamedWeights();

      model.compile(new Sgd(0.1), Loss.SPARSE_CATEGORICAL_CROSSENTROPY);
      assertThatThrownBy(() -> before.setBlock(Block.SLOTS, slots))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("Ask the model for trainingState() anew");
      TrainingState after = model.trainingState();
      assertThat(after.iterations()).isZero();
      assertThat(after.block(Block.SLOTS)).isEmpty();
      assertThatThrownBy(() -> after.setBlock(Block.SLOTS, slots))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("block slots: expected arrays of []");
      assertThat(model.getNamedWeights()).isEqualTo(weights);
      model.fit(Toy.data(8), Toy.fit(1));
    }
  }

  @Test
  void slots_thatStartAboveZero_doSoOnTheHostInASessionAndAfterCompile() {
    try (Model model = Toy.compiled(new Adagrad(0.1))) {
      model.build(4);
      Tensor start = model.trainingState().block(Block.SLOTS).get("dense/bias.accumulator");
      assertThat(start.floats()).containsOnly(0.1f);
      model.fit(Toy.data(8), Toy.fit(1));
      Tensor grown = model.trainingState().block(Block.SLOTS).get("dense/kernel.accumulator");
      for (float sum : grown.floats()) {
        assertThat(sum).isGreaterThanOrEqualTo(0.1f);
      }
      model.backend("reference"); // closes the session
      assertThat(model.trainingState().block(Block.SLOTS).get("dense/kernel.accumulator"))
          .isEqualTo(grown);
      model.compile(new Adagrad(0.1), Loss.SPARSE_CATEGORICAL_CROSSENTROPY);
      assertThat(model.trainingState().block(Block.SLOTS).get("dense/kernel.accumulator").floats())
          .containsOnly(0.1f);
    }
  }

  @Test
  void weights_ofALostDevice_areMissedByNameUntilTheyAreSet() {
    Graph graph = Graph.path(Features.of(2), List.of("dense"), List.of(new Dense(3).rules()));
    ModelCompiler compiler = new ModelCompiler(graph, null, 1);
    TrainingState state = new TrainingState(new Turns("m"));
    state.initialize(graph);
    state.layout(compiler.state(), List.of());
    Map<String, Tensor> weights = state.namedWeights();
    Engine lost = new Engine(new LosingBackend(), compiler, 3);
    state.moveTo(lost);
    assertThatThrownBy(() -> state.moveToHost(lost)).isInstanceOf(DeviceLostException.class);
    assertThatThrownBy(state::namedWeights)
        .isInstanceOf(RunException.class)
        .hasMessageStartingWith("weights dense/kernel: expected numbers, received none");
    try (Engine engine =
        new Engine(Backends.open("reference", BackendOptions.DEFAULT), compiler, 3)) {
      assertThatThrownBy(() -> state.moveTo(engine)).isInstanceOf(RunException.class);
      state.setNamedWeights("model", weights);
      state.moveTo(engine);
      assertThat(state.namedWeights()).isEqualTo(weights);
    }
  }

  @Test
  void counters_unknownOrNegative_areRefusedByName() {
    TrainingState state = new TrainingState(new Turns("m"));
    state.setCounters(Map.of("iterations", 7L));
    assertThat(state.counters()).isEqualTo(Map.of("iterations", 7L, "epochs", 0L));
    state.setCounters(Map.of("iterations", 1L << 40));
    state.setCounters(state.counters());
    assertThat(state.iterations()).isEqualTo(1L << 40);
    for (Map<String, Long> bad :
        List.of(Map.of("iteration", 1L), Map.of("epochs", -1L), Map.of("epochs", 1L << 40))) {
      assertThatThrownBy(() -> state.setCounters(bad))
          .isInstanceOf(InputException.class)
          .hasMessageContaining("received " + bad.keySet().iterator().next());
    }
  }

  /** The reference, until its state is read. */
  private record LosingBackend() implements Backend {
    @Override
    public String name() {
      return "losing";
    }

    @Override
    public String device() {
      return "a device that gets lost";
    }

    @Override
    public int threads() {
      return 1;
    }

    @Override
    public Precision precision() {
      return Precision.FLOAT32;
    }

    @Override
    public Session open(State state) {
      Session session = Backends.open("reference", BackendOptions.DEFAULT).open(state);
      return new Session() {
        @Override
        public void write(int offset, float[] values) {
          session.write(offset, values);
        }

        @Override
        public void read(int offset, float[] values) {
          throw new DeviceLostException("the device is lost");
        }

        @Override
        public Resident upload(Tensor x, Tensor y, Tensor weights, float scale, float offset) {
          return session.upload(x, y, weights, scale, offset);
        }

        @Override
        public List<Executable> prepare(List<Program> programs) {
          return session.prepare(programs);
        }

        @Override
        public void close() {
          session.close();
        }
      };
    }
  }
}
