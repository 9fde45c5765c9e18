package dev.sinter.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.Model;
import dev.sinter.program.Fusion;
import dev.sinter.program.Op;
import dev.sinter.program.Program;
import dev.sinter.program.Value;
import dev.sinter.recipes.Recipe;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Parts of compiled programs. */
class CeilingProgramTest {
  private static Program step(String name) {
    return step(name, Fusion.NONE);
  }

  private static Program step(String name, Fusion fusion) {
    Recipe recipe = Recipe.of(name);
    try (Model model = recipe.model(0)) {
      model.compile(recipe.optimizer(), recipe.loss().toString(), "accuracy");
      return model.trainingProgram(128, recipe.labelColumns(), fusion);
    }
  }

  private static List<String> labels(Program program) {
    return program.ops().stream().map(Op::label).toList();
  }

  @Test
  void gemms_ofMnistDense_areItsFiveProducts() {
    assertThat(labels(CeilingProgram.gemms(step("mnist-dense"))))
        .containsExactly(
            "dense/forward",
            "dense_1/forward",
            "dense_1/grad-weights",
            "dense_1/grad-input",
            "dense/grad-weights");
  }

  @Test
  void parts_ofAProgramWithComposites_areThoseOfTheirParts() {
    Program fused = step("mnist-dense", (candidate, state, resultSize) -> true);
    Program plain = step("mnist-dense");
    assertThat(fused.ops()).hasAtLeastOneElementOfType(Op.Composite.class);
    assertThat(labels(CeilingProgram.gemms(fused)))
        .containsExactlyInAnyOrderElementsOf(labels(CeilingProgram.gemms(plain)));
    assertThat(CeilingProgram.spread(fused).rule()).isNull();
    assertThat(labels(CeilingProgram.update(fused))).containsExactly("update");
  }

  @Test
  void largeGemms_ofMnistDense_areThoseOfTheWideLayer() {
    assertThat(labels(CeilingProgram.largeGemms(step("mnist-dense"))))
        .containsExactly("dense/forward", "dense/grad-weights");
  }

  @ParameterizedTest
  @ValueSource(strings = {"mnist-dense", "mnist-sigmoid", "digits01"})
  void spread_ofEachRecipe_sharesNoMemory(String recipe) {
    Program step = step(recipe);
    Program spread = CeilingProgram.spread(step);
    assertThat(spread.rule()).isNull();
    assertThat(spread.ops()).hasSize(step.ops().size() - 1);
    int end = 0;
    for (Map.Entry<Value, Integer> place : spread.scratch().offsets().entrySet()) {
      assertThat(place.getValue()).as(place.getKey().name()).isGreaterThanOrEqualTo(end);
      end = place.getValue() + place.getKey().shape().replicaStride();
    }
    assertThat(spread.scratch().size()).isEqualTo(end);
  }

  @Test
  void copy_ofSomeBytes_movesTheFirstHalfOntoTheSecond() {
    Program copy = CeilingProgram.copy(step("digits01"), 1 << 20);
    assertThat(copy.scratch().size() * Float.BYTES).isEqualTo(1 << 20);
    assertThat(copy.scratch().offsets().values()).containsExactlyInAnyOrder(0, (1 << 20) / 8);
    assertThat(labels(copy)).containsExactly("copy");
    assertThat(CeilingProgram.copy(step("digits01"), 1).scratch().size()).isEqualTo(2 * 1024);
  }

  @Test
  void empty_ofAStep_hasNeitherOperationsNorResults() {
    Program empty = CeilingProgram.empty(step("digits01"));
    assertThat(empty.ops()).isEmpty();
    assertThat(empty.resultSize()).isZero();
    assertThat(empty.rule()).isNull();
  }
}
