package dev.sinter.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.sinter.cuda.nvidia.KernelUsage;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The arithmetic of occupancy, and the bounds. */
class KernelStatisticsTest {
  /** Worked out by hand from the limits in the CUDA programming guide. */
  @ParameterizedTest
  @CsvSource({
    "sm_90, 256, 32, 0, 100", // 8 blocks of 8 warps of 1 024 registers: all 64 warps
    "sm_90, 256, 33, 0, 75", // 1 280 registers a warp: 12 in each part, 6 blocks
    "sm_90, 256, 255, 0, 12", // 8 192 registers a warp: 2 in each part, 1 block
    "sm_80, 32, 8, 0, 50", // the most blocks: 32
    "sm_86, 32, 8, 0, 33", // 16 blocks of 48 warps
    "sm_75, 256, 64, 0, 100", // 32 warps of 2 048 registers
    "sm_75, 128, 16, 30736, 25", // 30 976 of 65 536 bytes: 2 blocks
    "sm_80, 128, 16, 30736, 31", // 31 872, 1 024 of them for CUDA, of 167 936 bytes: 5 blocks
    "sm_120, 512, 120, 144, 33", // 3 840 registers a warp: 4 in each part, 1 block
  })
  void occupancy_followsFromTheScarcestResource(
      String architecture, int threads, int registers, int sharedBytes, int expected) {
    assertThat(KernelStatistics.occupancy(architecture, threads, registers, sharedBytes))
        .isEqualTo(expected);
  }

  private static KernelStatistics statistics(
      String kernel, int registers, int spillBytes, int stackBytes) {
    String text = "void __launch_bounds__(256) " + kernel + "(float *x) {}";
    return new KernelStatistics(
        Map.of("a", text),
        List.of(new KernelUsage("a", kernel, "sm_90", registers, spillBytes, stackBytes, 0)));
  }

  private static List<String> violations(int registers, int spillBytes, int stackBytes) {
    return statistics("gather", registers, spillBytes, stackBytes).violations().stream()
        .filter(line -> line.startsWith("gather"))
        .toList();
  }

  @Test
  void violations_eachBound_namesKernelArchitectureAndNumbers() {
    assertThat(violations(32, 0, 0)).isEmpty();
    assertThat(violations(64, 0, 0))
        .containsExactly(
            "gather on sm_90: registers/spilled bytes/occupancy: expected 48/0/100,"
                + " received 64/0/50");
    assertThat(violations(32, 4, 0)).singleElement().asString().endsWith("received 32/4/100");
    assertThat(violations(32, 0, 72))
        .containsExactly("gather: expected at most 64 bytes of local memory, received 72");
  }

  @Test
  void violations_boundsAndKernels_belongTogether() {
    assertThat(statistics("another", 8, 0, 0).violations())
        .contains(
            "another: no bound; add one to KernelStatistics.BOUNDS",
            "gather: a bound of a kernel that is not compiled");
  }

  @Test
  void threads_withoutLaunchBounds_areAskedFor() {
    KernelUsage usage = new KernelUsage("a", "bare", "sm_90", 8, 0, 0, 0);
    assertThatThrownBy(
            () -> new KernelStatistics(Map.of("a", "void bare(float *x) {}"), List.of(usage)))
        .hasMessageContaining("kernel bare: expected __launch_bounds__");
  }
}
