package dev.sinter.onednn;

import static dev.sinter.testkit.ProgramFixture.parameter;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RowOrderTest {
  /** The matrix is moved in stripes of columns, the last of them narrower. */
  @Test
  void arrange_largeMatrix_movesItsRowsInEveryRegionAndBack() {
    Value first = parameter("first/kernel", 3000, 500);
    Value second = parameter("second/kernel", 20, 3);
    State layout = new State(1, List.of(first, second), List.of("m"));
    float[] plain = new float[layout.size()];
    for (int i = 0; i < plain.length; i++) {
      plain[i] = i;
    }
    FloatBuffer state = FloatBuffer.wrap(plain.clone());
    int[] order = IntStream.range(0, 3000).map(place -> (place * 7 + 5) % 3000).toArray();
    RowOrder rows = new RowOrder(layout, state);
    rows.arrange(first, order);
    float[] expected = plain.clone();
    for (int region = 0; region < 3; region++) {
      int from = region * layout.regionSize();
      for (int place = 0; place < 3000; place++) {
        System.arraycopy(plain, from + order[place] * 500, expected, from + place * 500, 500);
      }
    }
    assertThat(Arrays.mismatch(state.array(), expected)).isEqualTo(-1);
    rows.restore();
    assertThat(Arrays.mismatch(state.array(), plain)).isEqualTo(-1);
  }
}
