package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Backends;
import dev.sinter.backend.Executable;
import dev.sinter.compile.Features;
import dev.sinter.compile.Graph;
import dev.sinter.compile.ModelCompiler;
import dev.sinter.compile.Objective;
import dev.sinter.layers.Dense;
import dev.sinter.losses.Loss;
import dev.sinter.optimizers.Adam;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineTest {
  @Test
  void tidy_afterManyBatchSizes_dropsProgramsAndKeepsTheState() {
    Graph graph = Graph.path(Features.of(2), List.of("dense"), List.of(new Dense(3).rules()));
    Objective objective = new Objective(new Adam().rule(), Loss.MEAN_SQUARED_ERROR, List.of());
    ModelCompiler compiler = new ModelCompiler(graph, objective, 1);
    try (Engine engine =
        new Engine(Backends.open("reference", BackendOptions.DEFAULT), compiler, 3)) {
      Value kernel = compiler.state().parameters().get(0);
      Value slot = compiler.state().block(State.Block.SLOTS).get(2);
      engine.write(kernel, new float[] {1, 2, 3, 4, 5, 6});
      engine.write(slot, new float[] {7, 8, 9, 10, 11, 12});
      Executable first = program(engine, 1);
      engine.tidy();
      assertThat(program(engine, 1)).as("few programs are kept").isSameAs(first);
      for (int batch = 2; batch <= 41; batch++) {
        program(engine, batch);
      }
      engine.tidy();
      assertThat(program(engine, 1)).as("too many are not").isNotSameAs(first);
      assertThat(engine.read(kernel)).containsExactly(1, 2, 3, 4, 5, 6);
      assertThat(engine.read(slot)).containsExactly(7, 8, 9, 10, 11, 12);
    }
  }

  private static Executable program(Engine engine, int batch) {
    return engine.prepare(List.of(new Engine.Request(Engine.Kind.TRAIN, batch, 3))).get(0);
  }
}
