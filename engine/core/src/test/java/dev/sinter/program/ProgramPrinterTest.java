package dev.sinter.program;

import static dev.sinter.testkit.ProgramFixture.temporary;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.optimizers.Adam;
import dev.sinter.testkit.ProgramFixture;
import dev.sinter.testkit.SmallNetwork;
import java.util.List;
import org.junit.jupiter.api.Test;

class ProgramPrinterTest {
  private final SmallNetwork network = new SmallNetwork(2, new Adam(), 1);

  @Test
  void print_trainingProgram_showsOperationsInOrder() {
    String text = ProgramPrinter.print(network.train(8));
    assertThat(text.lines().findFirst())
        .hasValue("program train[8]: batch 8, replicas 2, results [loss [1, 1], correct [1, 1]]");
    assertThat(text)
        .containsSubsequence(
            "Gather -> [x [8, 33], y [8, 1]]",
            "Dense(relu) [x [8, 33], dense/kernel [33, 31], dense/bias [1, 31]]"
                + " -> [dense/output [8, 31]]",
            "CrossEntropy(SOFTMAX_SPARSE, SPARSE_CATEGORICAL)",
            "DenseGradWeights [dense/output [8, 31], dense_1/dz [8, 10]]",
            "DenseGradInput(relu)",
            "Update(adam) s0 := ",
            "x0 := ",
            "x2... [momentum, velocity]",
            "state: ",
            "scratch: ");
  }

  @Test
  void print_memory_showsBytesAndLifetimes() {
    String text = ProgramPrinter.print(network.train(8));
    State state = network.state();
    assertThat(text)
        .contains(String.format(java.util.Locale.ROOT, "state: %,d bytes", 4L * state.size()));
    Value bias = state.parameters().get(1);
    assertThat(text.lines().map(String::trim))
        .contains(4L * state.offsetOf(bias) + "  dense/bias [1, 31]")
        .anyMatch(line -> line.startsWith("0  x [8, 33] ") && line.endsWith("operations 0 to 6"));
  }

  @Test
  void print_everyOtherOperation_isDescribed() {
    Value x = temporary("x", 4, 3);
    Value y = temporary("y", 4, 1);
    Value p = temporary("p", 4, 3);
    Value sum = temporary("sum", 4, 1);
    Value half = temporary("half", 4, 3);
    Value count = temporary("count", 1, 1);
    Program program =
        new ProgramFixture(network.state(), 4)
            .ops(
                new Op.Gather("gather", x, y),
                new Op.Softmax("softmax", x, p),
                new Op.Reduce("sum", Op.Reduction.SUM, p, sum),
                new Op.Elementwise("half", Expression.input(0).times(0.5), List.of(p), half),
                new Op.CountCorrect(
                    "count", Op.Accuracy.SPARSE_CATEGORICAL, half, y, null, 0.5, count))
            .results(count, sum)
            .build("all");
    assertThat(ProgramPrinter.print(program))
        .contains(
            "Softmax [x [4, 3]] -> [p [4, 3]]",
            "Reduce(SUM) [p [4, 3]] -> [sum [4, 1]]",
            "Elementwise (x0 * 0.5) [p [4, 3]] -> [half [4, 3]]",
            "CountCorrect(SPARSE_CATEGORICAL, 0.5)");
  }
}
