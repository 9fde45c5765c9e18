package dev.sinter.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.Model;
import dev.sinter.errors.InputException;
import dev.sinter.metrics.Metric;
import dev.sinter.optimizers.Optimizer;
import dev.sinter.recipes.Recipe;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The predicted costs of the recipes. */
class CostModelTest {
  private static List<String> table(String name, String device) {
    Recipe recipe = Recipe.of(name);
    try (Model model = recipe.model(0)) {
      model.compile(Optimizer.of(recipe.optimizer()), recipe.loss(), Metric.ACCURACY);
      return new CudaProvider()
          .predict(
              device,
              recipe.batchSize(),
              (batch, fusion) -> model.trainingProgram(batch, recipe.labelColumns(), fusion))
          .lines()
          .toList();
    }
  }

  private static String[] line(List<String> table, int batch, String design) {
    return table.stream()
        .filter(line -> line.startsWith("%7d  %s ".formatted(batch, design)))
        .map(line -> line.substring(43).strip().split("\\s+"))
        .findFirst()
        .orElseThrow();
  }

  /** 128 x (784 x 512 + 512 x 10) forward and for the gradients, 128 x 512 x 10 backward. */
  @Test
  void predict_mnistDenseOnHopper_countsWhatAStepDoes() {
    List<String> table = table("mnist-dense", "h100");
    assertThat(table.get(0)).startsWith("Predicted for h100, not measured");
    String[] graph = line(table, 128, "graph of kernels");
    assertThat(graph).startsWith("4", "0", "104.7");
    String[] kernel = line(table, 128, "one cooperative kernel, float32");
    assertThat(kernel).startsWith("0", "2", "104.7");
    assertThat(Double.parseDouble(kernel[5])).isLessThan(Double.parseDouble(graph[5]));
    assertThat(table)
        .anyMatch(
            line -> line.contains("128  one block") && line.contains("no: 407104 parameters"));
  }

  @Test
  void predict_largerBatch_takesLongerForEveryDesign() {
    List<String> table = table("mnist-sigmoid", "RTX4090");
    for (String design : List.of("graph of kernels", "one cooperative kernel, float32")) {
      double small = Double.parseDouble(line(table, 100, design)[5]);
      assertThat(Double.parseDouble(line(table, 400, design)[5])).isGreaterThan(small);
    }
  }

  @Test
  void predict_unknownDevice_namesTheKnownOnes() {
    assertThatThrownBy(() -> table("digits01", "h101"))
        .isInstanceOf(InputException.class)
        .hasMessageContaining("h101")
        .hasMessageContaining("h100, rtx4090, t4");
  }
}
