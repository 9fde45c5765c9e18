package dev.sinter.formats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.google.gson.JsonObject;
import com.google.gson.JsonPrimitive;
import dev.sinter.Fit;
import dev.sinter.Model;
import dev.sinter.Sequential;
import dev.sinter.data.Dataset;
import dev.sinter.data.Npz;
import dev.sinter.data.Tensor;
import dev.sinter.errors.InputException;
import dev.sinter.layers.Constraint;
import dev.sinter.layers.Dense;
import dev.sinter.layers.Input;
import dev.sinter.layers.Regularizer;
import dev.sinter.losses.Loss;
import dev.sinter.optimizers.Adam;
import dev.sinter.optimizers.CosineDecay;
import dev.sinter.optimizers.CosineDecayRestarts;
import dev.sinter.optimizers.ExponentialDecay;
import dev.sinter.optimizers.InverseTimeDecay;
import dev.sinter.optimizers.Nadam;
import dev.sinter.optimizers.OneCycle;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.optimizers.PiecewiseConstantDecay;
import dev.sinter.optimizers.PolynomialDecay;
import dev.sinter.optimizers.Schedule;
import dev.sinter.optimizers.Sgd;
import dev.sinter.saving.Formats;
import dev.sinter.saving.SavedModel;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Regularizers, constraints, schedules and the options of optimizers in Keras's files. */
class KerasOptionsTest {
  /** The same as options() of make_keras_fixtures.py. */
  private static final Optimizer ALL_OPTIONS =
      new Nadam()
          .learningRate(new CosineDecay(0.01, 20).alpha(0.1).warmup(0.05, 4))
          .weightDecay(0.1)
          .globalClipNorm(0.5)
          .average(0.75, 5)
          .accumulationSteps(3);

  @TempDir private Path folder;

  private static Dense first() {
    return new Dense(4)
        .tanh()
        .kernelRegularizer(Regularizer.l1l2(0.01, 0.02))
        .biasRegularizer(Regularizer.l1(1.0 / 64))
        .kernelConstraint(Constraint.maxNorm(0.75));
  }

  private static Dense second() {
    return new Dense(3)
        .softmax()
        .kernelRegularizer(Regularizer.l2(1.0 / 1024))
        .kernelConstraint(Constraint.unitNorm(1))
        .biasConstraint(Constraint.NON_NEGATIVE);
  }

  @Test
  void file_writtenByKeras_hasItsOptionsAndState() {
    Path file = KerasTest.fixture("options.keras");
    SavedModel saved = Formats.model(file).read(file);
    assertThat(saved.layers().get(0).layer()).isEqualTo(first().name("first"));
    assertThat(saved.layers().get(1).layer()).isEqualTo(second().name("last"));
    assertThat(saved.compilation().optimizer()).isEqualTo(ALL_OPTIONS);
    assertThat(saved.progress().iterations()).isEqualTo(8);
    Map<String, Tensor> recorded = Npz.read(KerasTest.fixture("options.npz"));
    List<Tensor> slots =
        IntStream.range(0, recorded.size())
            .mapToObj(i -> recorded.get("slot" + i))
            .filter(slot -> slot != null && slot.rank() > 0)
            .toList();
    assertThat(slots).hasSizeGreaterThanOrEqualTo(15);
    assertThat(saved.progress().slots().values()).containsAll(slots);
    try (Model model = Model.of(saved).backend("reference")) {
      Tensor predicted = model.predict(Dataset.of(recorded.get("x")));
      for (int i = 0; i < predicted.size(); i++) {
        assertThat(predicted.get(i)).isCloseTo(recorded.get("y").get(i), within(2e-6f));
      }
    }
  }

  @Test
  void model_savedBetweenTwoUpdates_goesOnAsIfNothingHadHappened() {
    Path file = folder.resolve("model.keras");
    float[][] x = new float[10][6];
    int[] y = new int[10];
    for (int i = 0; i < x.length; i++) {
      y[i] = i % 3;
      x[i][i % 6] = 1;
    }
    Dataset data = Dataset.of(x, y);
    try (Model model = Sequential.of(new Input(6), first(), second())) {
      model.backend("reference").seed(3).compile(ALL_OPTIONS, Loss.SPARSE_CATEGORICAL_CROSSENTROPY);
      Fit fit = Fit.epochs(1).batchSize(2).verbose(0); // 5 steps, 3 an update
      model.fit(data, fit);
      model.save(file);
      try (Model loaded = Model.load(file).backend("reference")) {
        assertThat(loaded.learningRate()).isEqualTo(model.learningRate());
        model.fit(data, fit);
        loaded.fit(data, fit);
        assertThat(loaded.getNamedWeights()).isEqualTo(model.getNamedWeights());
      }
    }
  }

  static List<Schedule> schedules() {
    return List.of(
        new ExponentialDecay(0.1, 10, 0.5, true),
        new InverseTimeDecay(0.1, 10, 0.5),
        new PolynomialDecay(0.1, 10, 0.01, 2, true),
        new PiecewiseConstantDecay(List.of(4L, 10L), List.of(0.3, 0.2, 0.1)),
        new CosineDecay(0.1, 20),
        new CosineDecayRestarts(0.1, 10, 1, 0.5, 0.1));
  }

  @ParameterizedTest
  @MethodSource("schedules")
  void schedule_written_isReadAgain(Schedule schedule) {
    Optimizer optimizer = new Adam().learningRate(schedule).clipValue(0.5);
    assertThat(KerasOptimizers.read("f", KerasOptimizers.write(optimizer))).isEqualTo(optimizer);
  }

  @Test
  void schedule_thatKerasLacks_isSavedWithoutTheCompilation() {
    Path file = folder.resolve("cycle.keras");
    try (Model model = Sequential.of(new Input(6), new Dense(3).softmax())) {
      model.compile(
          new Sgd().learningRate(new OneCycle(0.1, 20)), Loss.SPARSE_CATEGORICAL_CROSSENTROPY);
      model.save(file);
    }
    assertThat(Formats.model(file).read(file).compilation()).isNull();
  }

  @Test
  void read_whatSinterLacks_isRefusedByName() {
    JsonObject own = new JsonObject();
    own.addProperty("class_name", "Orthogonal");
    assertThatThrownBy(() -> KerasPenalties.regularizer("f, layer d", own))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("f, layer d: expected a regularizer of L1, L2, L1L2")
        .hasMessageContaining("Orthogonal");
    assertThatThrownBy(() -> KerasPenalties.constraint("f", new JsonPrimitive("min_max_norm")))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("min_max_norm");
    assertThatThrownBy(() -> KerasSchedules.read("f", own))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("Orthogonal");
  }
}
