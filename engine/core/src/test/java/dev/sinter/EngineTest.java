package dev.sinter;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.backend.Backend;
import dev.sinter.backend.BackendOptions;
import dev.sinter.backend.Backends;
import dev.sinter.compile.Features;
import dev.sinter.compile.Graph;
import dev.sinter.compile.ModelCompiler;
import dev.sinter.layers.Dense;
import dev.sinter.optimizers.Adam;
import java.util.List;
import org.junit.jupiter.api.Test;

class EngineTest {
  /** Beyond 40 programs a new engine takes over, within the same training. */
  @Test
  void fit_withManyBatchSizes_goesOnFromEngineToEngine() {
    try (Model kept = Toy.compiled(new Adam());
        Model moved = Toy.compiled(new Adam())) {
      for (int batch = 1; batch <= 45; batch++) {
        Fit fit = Toy.fit(1).batchSize(batch);
        kept.fit(Toy.data(45), fit);
        moved.backend("reference").fit(Toy.data(45), fit);
      }
      assertThat(kept.getNamedWeights()).isEqualTo(moved.getNamedWeights());
      assertThat(kept.trainingState().iterations()).isEqualTo(moved.trainingState().iterations());
    }
  }

  @Test
  void isCrowded_beyondFortyPrograms_isTrue() {
    Graph graph = Graph.path(Features.of(2), List.of("dense"), List.of(new Dense(3).rules()));
    ModelCompiler compiler = new ModelCompiler(graph, null, 1);
    Backend reference = Backends.open("reference", BackendOptions.DEFAULT);
    try (Engine engine = new Engine(reference, compiler, 3)) {
      for (int batch = 1; batch <= 41; batch++) {
        assertThat(engine.isCrowded()).as("%d programs", batch - 1).isFalse();
        engine.prepare(List.of(new Engine.Request(Engine.Kind.PREDICT, batch, 0, false)));
      }
      assertThat(engine.isCrowded()).isTrue();
    }
  }
}
