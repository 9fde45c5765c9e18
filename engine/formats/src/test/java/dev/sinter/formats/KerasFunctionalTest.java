package dev.sinter.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.sinter.Fit;
import dev.sinter.Functional;
import dev.sinter.History;
import dev.sinter.Model;
import dev.sinter.data.Dataset;
import dev.sinter.data.Npz;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.io.AtomicFile;
import dev.sinter.layers.Input;
import dev.sinter.program.State;
import dev.sinter.report.SummaryOptions;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functional models in .keras files: of two inputs, two outputs and a shared layer. */
class KerasFunctionalTest {
  private static final Fit ONE_EPOCH = Fit.epochs(1).batchSize(8).shuffle(false).verbose(0);

  @TempDir private Path folder;

  private final Map<String, Tensor> recorded = Npz.read(KerasTest.fixture("branches.npz"));

  private static Functional load(Path file) {
    Functional model = (Functional) Model.load(file);
    model.backend("reference");
    return model;
  }

  private Map<String, Tensor> labels() {
    return Map.of("kind", recorded.get("kind"), "size", recorded.get("size"));
  }

  private Dataset data(Functional model) {
    Map<String, Tensor> samples =
        Map.of("left", recorded.get("left"), "right", recorded.get("right"));
    return model.dataset(samples, labels());
  }

  private static void close(Tensor received, Tensor expected, float bound) {
    assertThat(received.shape()).isEqualTo(expected.shape());
    for (int i = 0; i < expected.size(); i++) {
      assertThat(received.get(i)).isCloseTo(expected.get(i), within(bound));
    }
  }

  @Test
  void file_writtenByKeras_predictsAndTrainsOnAsKerasDoes() {
    try (Functional model = load(KerasTest.fixture("branches.keras"))) {
      assertThat(model.inputs().stream().map(Input::name)).containsExactly("left", "right");
      assertThat(model.outputs()).containsExactly("kind", "size");
      Dataset data = data(model);
      close(model.predict(data), recorded.get("y"), 2e-6f);
      History history = model.fit(data, ONE_EPOCH);
      for (String name : model.resultNames()) {
        float expected = recorded.get("history/" + name).get(0);
        assertThat(history.last(name)).as(name).isCloseTo(expected, within(1e-5));
      }
      assertThat(model.resultNames())
          .containsExactly(
              "loss", "kind_loss", "kind_accuracy", "size_loss", "size_mean_absolute_error");
      close(model.predict(data), recorded.get("after"), 1e-5f);
    }
  }

  @Test
  void model_savedAndLoaded_goesOnAsIfNothingHadHappened() {
    Path file = folder.resolve("again.keras");
    try (Functional model = load(KerasTest.fixture("branches.keras"))) {
      Dataset data = data(model);
      model.fit(data, ONE_EPOCH);
      model.save(file);
      try (Functional loaded = load(file)) {
        assertThat(loaded.resultNames()).isEqualTo(model.resultNames());
        assertThat(loaded.summaryText(SummaryOptions.defaults().withoutDetails()))
            .isEqualTo(model.summaryText(SummaryOptions.defaults().withoutDetails()));
        model.fit(data, ONE_EPOCH);
        loaded.fit(data, ONE_EPOCH);
        assertThat(loaded.getNamedWeights()).isEqualTo(model.getNamedWeights());
        assertThat(loaded.trainingState().block(State.Block.SLOTS))
            .isEqualTo(model.trainingState().block(State.Block.SLOTS));
      }
    }
  }

  @Test
  void formatsOfChains_refuseBranches() {
    try (Functional model = load(KerasTest.fixture("branches.keras"))) {
      for (String name : List.of("model.h5", "model.onnx")) {
        Path file = folder.resolve(name);
        assertThatThrownBy(() -> model.save(file))
            .isInstanceOf(InputException.class)
            .hasMessageContainingAll("model branches", "each feeds the next", "as .keras");
        assertThat(file).doesNotExist();
      }
    }
  }

  @Test
  void config_thatIsNoGraph_isRefusedByTheNameOfTheLayer() {
    Map<String, String> changes = new LinkedHashMap<>();
    changes.put("\"keras_history\": [\"right\", 0, 0]", "layer shared: expected inputs");
    changes.put("\"input_layers\": [[\"left\"", "model: expected inputs of");
    changes.put("\"output_layers\": [[\"kind\"", "model: expected outputs of its layers");
    changes.forEach(
        (text, message) -> {
          String name = text.contains("right") ? "right" : text.contains("left") ? "left" : "kind";
          Path file = folder.resolve("changed-" + name + ".keras");
          Map<String, byte[]> entries =
              new LinkedHashMap<>(
                  Zip.read(
                      KerasTest.fixture("branches.keras"),
                      KerasFormat.EXPECTED,
                      List.of("config.json", "model.weights.h5", "metadata.json")));
          String config = new String(entries.get("config.json"), StandardCharsets.UTF_8);
          assertThat(config).contains(text);
          String changed = config.replace(text, text.replace("\"" + name + "\"", "\"gone\""));
          entries.put("config.json", changed.getBytes(StandardCharsets.UTF_8));
          AtomicFile.write(file, out -> Zip.write(out, entries));
          assertThatThrownBy(() -> Model.load(file))
              .isInstanceOf(InputException.class)
              .hasMessageContaining(message);
        });
  }
}
