package dev.sinter.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * What is set for natives, and what is left to the user; real backends' wishes are tested there.
 */
class EnvironmentTest {
  private static final Map<String, String> SPINS = Map.of("GOMP_SPINCOUNT", "3000");
  private static final Map<String, String> WAITS =
      Map.of("OMP_WAIT_POLICY", "passive", "OPENBLAS_THREAD_TIMEOUT", "4");

  @Test
  void missing_nothingSet_isAllThatIsWanted() {
    assertThat(Environment.missing(WAITS, Map.of("PATH", "/bin"))).isEqualTo(WAITS);
  }

  @Test
  void missing_setByTheUser_staysAsItIs() {
    assertThat(Environment.missing(SPINS, Map.of("GOMP_SPINCOUNT", ""))).isEmpty();
    assertThat(Environment.missing(WAITS, Map.of("OPENBLAS_THREAD_TIMEOUT", "9")))
        .containsOnlyKeys("OMP_WAIT_POLICY");
  }

  @Test
  void missing_waitingChosenOtherwise_isLeftAlone() {
    assertThat(Environment.missing(SPINS, Map.of("OMP_WAIT_POLICY", "active"))).isEmpty();
    assertThat(Environment.missing(WAITS, SPINS)).containsOnlyKeys("OPENBLAS_THREAD_TIMEOUT");
  }

  @Test
  void missing_backendThatWantsNothingOrIsUnknown_isNothing() {
    assertThat(Environment.missing("reference", Map.of())).isEmpty();
    assertThat(Environment.missing("nope", Map.of())).isEmpty();
  }

  @Test
  void relevant_variables_areThoseOfNatives() {
    Map<String, String> some =
        Map.of("OMP_NUM_THREADS", "2", "CUDA_VISIBLE_DEVICES", "0", "HOME", "/h", "XOMP_A", "1");
    assertThat(Environment.relevant(some))
        .containsOnlyKeys("OMP_NUM_THREADS", "CUDA_VISIBLE_DEVICES");
  }
}
