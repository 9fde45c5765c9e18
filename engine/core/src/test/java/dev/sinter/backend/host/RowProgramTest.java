package dev.sinter.backend.host;

import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.compile.Features;
import dev.sinter.compile.Graph;
import dev.sinter.compile.ModelCompiler;
import dev.sinter.layers.Dense;
import dev.sinter.program.Program;
import dev.sinter.program.Value;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The product of one row: its order, its zeros, its special numbers. */
class RowProgramTest {
  private final Random random = new Random(3);

  private static Program program(int inputs, int units) {
    Graph graph = Graph.path(Features.of(inputs), List.of("d"), List.of(new Dense(units).rules()));
    return new ModelCompiler(graph, null, 1).predict(1);
  }

  /** Weights between -1 and 1: the kernel first, then the bias. */
  private Map<Value, float[][]> weights(Program program) {
    Map<Value, float[][]> weights = new HashMap<>();
    for (Value value : program.state().parameters()) {
      float[][] rows = new float[value.shape().rows()][value.shape().columns()];
      for (float[] row : rows) {
        for (int i = 0; i < row.length; i++) {
          row[i] = random.nextFloat() * 2 - 1;
        }
      }
      weights.put(value, rows);
    }
    return weights;
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "3, 2", "4, 10", "31, 33", "129, 17", "784, 10"})
  void run_anySize_addsFromTheBiasOnInTheOrderOfTheInputs(int inputs, int units) {
    Program program = program(inputs, units);
    Map<Value, float[][]> weights = weights(program);
    float[][] kernel = weights.get(program.state().parameters().get(0));
    float[] expected = weights.get(program.state().parameters().get(1))[0].clone();
    float[] row = new float[inputs];
    for (int i = 0; i < inputs; i++) {
      row[i] = random.nextInt(3) == 0 ? 0 : random.nextFloat() - 0.5f;
      for (int unit = 0; unit < units; unit++) {
        expected[unit] += row[i] * kernel[i][unit];
      }
    }
    assertThat(new RowProgram(program, weights).run(row)).isEqualTo(expected);
  }

  /** 0 times infinity is NaN, as everywhere. */
  @ParameterizedTest
  @ValueSource(floats = {Float.POSITIVE_INFINITY, Float.NaN})
  void run_weightThatIsNotFinite_countsForAnInputOfZero(float special) {
    Program program = program(5, 3);
    Map<Value, float[][]> weights = weights(program);
    weights.get(program.state().parameters().get(0))[4][1] = special;
    float[] answer = new RowProgram(program, weights).run(new float[] {1, 2, 3, 4, 0});
    assertThat(answer[1]).isNaN();
    assertThat(answer[0]).isFinite();
  }
}
