package dev.sinter.nd4j;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.factory.Nd4j;

/** The counts belong to the process: other code in it must find them as they were. */
class ThreadCountsTest {
  private static List<Integer> counts() {
    return List.of(
        Nd4j.factory().blas().getMaxThreads(),
        Nd4j.getEnvironment().maxThreads(),
        Nd4j.getEnvironment().maxMasterThreads());
  }

  @Test
  void counts_afterRunsThatOverlap_areAsBefore() {
    Nd4j.factory().blas().setMaxThreads(2);
    List<Integer> before = counts();
    Threads first = new Threads(1);
    Threads second = new Threads(1);
    first.enter();
    second.enter();
    assertThat(counts().get(0)).isEqualTo(1);
    first.leave();
    second.leave();
    assertThat(counts()).isEqualTo(before);
  }
}
