package dev.sinter.testkit;

import static dev.sinter.testkit.ProgramFixture.temporary;
import static org.assertj.core.api.Assertions.assertThat;

import dev.sinter.backend.Chunk;
import dev.sinter.backend.Executable;
import dev.sinter.backend.Feed;
import dev.sinter.backend.Resident;
import dev.sinter.backend.Session;
import dev.sinter.data.Tensor;
import dev.sinter.program.Op;
import dev.sinter.program.Philox;
import dev.sinter.program.Program;
import dev.sinter.program.State;
import dev.sinter.program.Value;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * RandomUniform: the same numbers on every backend, different ones for each seed, stream, step and
 * element.
 */
interface RandomContract extends ContractTheme {
  @ParameterizedTest(name = "[{0}, {1}], {2} replicas")
  @CsvSource({"1, 1, 1", "3, 31, 3", "33, 32, 1", "129, 10, 3"})
  default void randomUniform_anySize_isPhiloxToTheBit(int batch, int columns, int replicas) {
    Value first = temporary("first", batch, columns);
    Value second = temporary("second", batch, columns);
    State state = new State(replicas, List.of(ProgramFixture.parameter("p", 1, 1)), List.of());
    Program program =
        new ProgramFixture(state, batch)
            .ops(
                new Op.RandomUniform("first", 0, first),
                new Op.RandomUniform("second", Philox.LAYER_STREAMS - 1, second))
            .results(first, second)
            .build("random");
    long[] seeds = {7, 0xFEDCBA9876543210L, -1};
    long iteration = 0x1_0000_0003L; // the step has more than 32 bits
    float[] whole = new float[4 * program.resultSize()];
    float[] cut = whole.clone();
    try (Session session = backend().open(state);
        Resident data = session.upload(Tensor.of(new float[1], 1, 1), null, 1, 0)) {
      Executable executable = session.prepare(List.of(program)).get(0);
      Feed feed = new Feed(data, new int[replicas * 4 * batch]);
      double[] rates = new double[replicas];
      long[] own = Arrays.copyOf(seeds, replicas);
      executable.run(feed, new Chunk(0, 4, iteration, rates, own), whole);
      for (int step = 0; step < 4; step++) {
        float[] one = new float[program.resultSize()];
        executable.run(feed, new Chunk(0, 1, iteration + step, rates, own), one);
        System.arraycopy(one, 0, cut, step * one.length, one.length);
      }
    }
    assertThat(cut).as("cut into chunks").isEqualTo(whole);
    int at = 0;
    Set<Float> different = new HashSet<>();
    for (long step = iteration + 1; step <= iteration + 4; step++) {
      for (int stream : new int[] {0, Philox.LAYER_STREAMS - 1}) {
        for (int replica = 0; replica < replicas; replica++) {
          Philox philox = Philox.layer(seeds[replica], stream, step);
          for (int i = 0; i < batch * columns; i++) {
            assertThat(whole[at])
                .as("step %d, stream %d, replica %d, element %d", step, stream, replica, i)
                .isEqualTo(philox.uniform(i))
                .isBetween(0f, 0x1.fffffep-1f);
            different.add(whole[at++]);
          }
        }
      }
    }
    assertThat(different).hasSizeGreaterThan(at * 99 / 100 - 1);
  }
}
